// Suggestions under every search box while somebody types. Without this file the boxes are plain forms.
// The pattern is the ARIA Authoring Practices' combobox with a list: the focus stays in the field.

const WAIT_MS = 120;

const ICONS = {
  article: "M6 3.5h8.5L18.5 8v12.5H6z M14 3.75V8.5h4.25",
  question: "M4 5.75h16v10.5h-8.25L7.5 20v-3.75H4z",
  code: "M9.75 4 7.5 20M16.5 4l-2.25 16M4.75 9h15.5M3.75 15h15.5",
  query: "M17.25 11a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0z m-1.4 4.8 4.7 4.7",
};

function drawing(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("fill", "none");
  svg.setAttribute("stroke", "currentColor");
  svg.setAttribute("stroke-width", "1.6");
  svg.setAttribute("stroke-linecap", "round");
  svg.setAttribute("stroke-linejoin", "round");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[kind] || ICONS.article);
  svg.append(path);
  return svg;
}

function suggestFor(form) {
  const input = form.querySelector(".search-input");
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label);
  list.hidden = true;
  form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let timer = 0;
  let asking = null;
  let active = -1;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    const options = [...list.children];
    active = index;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    if (index < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", options[index].id);
      options[index].scrollIntoView({ block: "nearest" });
    }
  }

  function show(suggestions) {
    list.replaceChildren(
      ...suggestions.map((suggestion, i) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${i}`;
        option.className = "suggestion";
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = suggestion.url;
        const words = document.createElement("span");
        words.textContent = suggestion.text;
        option.append(drawing(suggestion.kind), words);
        return option;
      }),
    );
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(suggestions.length > 0));
  }

  async function ask() {
    const typed = input.value.trim();
    asking?.abort();
    if (typed === "") {
      close();
      return;
    }
    asking = new AbortController();
    const { signal } = asking;
    const query = new URLSearchParams({ q: typed, locale: form.dataset.locale });
    try {
      const response = await fetch(`${form.dataset.suggest}?${query}`, { signal });
      const answer = response.ok ? await response.json() : { suggestions: [] };
      if (!signal.aborted && document.activeElement === input) {
        show(answer.suggestions);
      }
    } catch {
      // Suggestions are a convenience: the form still searches when they cannot be had.
      if (!signal.aborted) {
        close();
      }
    }
  }

  input.addEventListener("input", (event) => {
    // Half-typed pinyin is no query yet.
    if (event.isComposing) {
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (count === 0) {
        const first = document.querySelector(".entry-title a");
        if (event.key === "ArrowDown" && first && input.value.trim() === input.defaultValue.trim()) {
          // What is typed is what was searched for: the results are what it finds.
          event.preventDefault();
          first.focus();
        } else if (event.key === "ArrowDown") {
          ask();
        }
        return;
      }
      event.preventDefault();
      // One place more than there are lines: the field itself, with what was typed.
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && count > 0 && active >= 0) {
      event.preventDefault();
      location.assign(list.children[active].dataset.url);
    } else if (event.key === "Escape" && count > 0) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      close();
    }
  });
  // The field would lose the focus, and the list close, before the click arrives.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest(".suggestion");
    if (option) {
      location.assign(option.dataset.url);
    }
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", (event) => {
    if (input.value.trim() === "") {
      event.preventDefault();
      input.focus();
    }
  });
}

document.querySelectorAll("form.search").forEach(suggestFor);

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const input = document.querySelector(".search-input");
    if (input) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  }
});

// The arrows walk through the results, and from the first of them back into the field.
document.querySelector(".entries")?.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") {
    return;
  }
  const results = [...document.querySelectorAll(".entry-title a")];
  const at = results.indexOf(event.target);
  if (at < 0) {
    return;
  }
  const next = event.key === "ArrowDown" ? results[at + 1] : results[at - 1] || document.querySelector("main .search-input");
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
