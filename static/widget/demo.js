// The demo's buttons, and what the widget tells its host page.
"use strict";

document.getElementById("server").textContent = location.origin;

document.addEventListener("click", (event) => {
  const { do: action, set: option, value } = event.target.dataset;
  if (action) {
    window.zhida[action](value);
  } else if (option) {
    document.querySelector("zhida-chat").setAttribute(option, value);
  }
});

const list = document.getElementById("events");
for (const name of ["ready", "open", "message", "reply", "article", "handoff", "erase", "error", "close"]) {
  document.addEventListener(`zhida:${name}`, (event) => {
    const line = document.createElement("li");
    line.textContent = `zhida:${name} ${JSON.stringify(event.detail)}`;
    list.append(line);
  });
}
