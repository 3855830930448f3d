// Light, dark or the system's choice. Kept in the browser alone; the server is not told.

const group = document.querySelector(".themes");
if (group) {
  const buttons = [...group.querySelectorAll("button")];
  const root = document.documentElement;
  const show = () => buttons.forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.theme === (root.dataset.theme || "")));
  });
  buttons.forEach((button) => button.addEventListener("click", () => {
    const wanted = button.dataset.theme;
    if (wanted) {
      root.dataset.theme = wanted;
    } else {
      delete root.dataset.theme;
    }
    try {
      // Storage may be refused; the choice then lasts as long as the page.
      if (wanted) {
        localStorage.setItem("theme", wanted);
      } else {
        localStorage.removeItem("theme");
      }
    } catch {}
    show();
  }));
  show();
  group.hidden = false;
}
