// What a reader does with an article: copy a code or a link, share it, print it. Nothing of it is needed to read.

async function copy(text, button, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard; an old browser still copies what is selected.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hidden";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  announce(done);
  const words = button.querySelector("span") || button;
  const before = words.textContent;
  words.textContent = done;
  button.classList.add("done");
  setTimeout(() => {
    words.textContent = before;
    button.classList.remove("done");
  }, 2000);
}

const spoken = document.createElement("p");
spoken.className = "hidden";
spoken.setAttribute("role", "status");
document.querySelector("main").append(spoken);

// Has screen readers say what others see happen.
function announce(words) {
  spoken.textContent = "";
  setTimeout(() => { spoken.textContent = words; }, 50);
}

document.querySelectorAll("[data-copy-text]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => copy(button.dataset.copyText, button, button.dataset.copied));
});

document.querySelectorAll("[data-share]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const link = { title: document.title, url: location.href.split("#")[0] };
    if (navigator.share) {
      try {
        await navigator.share(link);
        return;
      } catch (refused) {
        if (refused.name === "AbortError") {
          return;
        }
      }
    }
    copy(link.url, button, button.dataset.copied);
  });
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

document.querySelectorAll(".prose[data-copy]").forEach((prose) => {
  const words = prose.dataset;
  prose.querySelectorAll("h2[id], h3[id]").forEach((heading) => {
    const anchor = document.createElement("a");
    anchor.className = "anchor";
    anchor.href = `#${heading.id}`;
    anchor.setAttribute("aria-label", words.link + heading.textContent);
    anchor.textContent = "#";
    anchor.addEventListener("click", () => {
      navigator.clipboard?.writeText(anchor.href).then(() => announce(words.copied), () => {});
    });
    heading.append(" ", anchor);
  });
  prose.querySelectorAll("pre").forEach((block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool copy-block";
    button.textContent = words.copy;
    const text = block.textContent;
    button.addEventListener("click", () => copy(text, button, words.copied));
    block.after(button);
  });
  prose.querySelectorAll(":not(pre) > code").forEach((code) => {
    code.tabIndex = 0;
    code.setAttribute("role", "button");
    code.setAttribute("aria-label", `${words.copy} ${code.textContent}`);
    code.title = words.copy;
    const text = code.textContent;
    const act = () => {
      navigator.clipboard?.writeText(text).catch(() => {});
      code.dataset.copied = words.copied;
      announce(words.copied);
      setTimeout(() => delete code.dataset.copied, 2000);
    };
    code.addEventListener("click", act);
    code.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        act();
      }
    });
  });
});

document.querySelectorAll(".feedback form").forEach((form) => {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const complaint = form.querySelector(".complaint");
    const buttons = form.querySelectorAll("button");
    complaint.textContent = "";
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const body = new URLSearchParams({ helpful: event.submitter?.value || "yes", comment: form.elements.comment.value });
      const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (response.type !== "opaqueredirect") {
        throw new Error(`answered with ${response.status}`);
      }
      const heading = form.parentElement.querySelector("h2");
      heading.textContent = form.dataset.thanks;
      form.remove();
      heading.focus();
    } catch {
      buttons.forEach((button) => { button.disabled = false; });
      complaint.textContent = form.dataset.failed;
    }
  });
});
