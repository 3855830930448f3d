// What the host page sees: the element, `window.zhida`, and an element of our own where the page has none.

const OPTIONS = ["locale", "position", "accent", "theme", "label", "launcher", "open", "identity"];
const ACTIONS = ["open", "close", "toggle", "ask", "identify", "reset"];

class ZhidaChat extends HTMLElement {
  static get observedAttributes() {
    return OPTIONS;
  }

  constructor() {
    super();
    const widget = mount(this, this.attachShadow({ mode: "open" }));
    // Not as methods of the class: they would share names with attributes that a host page's framework sets.
    Object.defineProperty(this, "zhida", { value: widget });
  }

  connectedCallback() {
    this.zhida.connect();
  }

  attributeChangedCallback(name, before, now) {
    if (this.isConnected && before !== now) {
      this.zhida.change(name, now);
    }
  }
}

if (!customElements.get("zhida-chat")) {
  customElements.define("zhida-chat", ZhidaChat);

  const present = () => {
    let element = document.querySelector("zhida-chat");
    if (!element) {
      element = document.createElement("zhida-chat");
      OPTIONS.forEach((name) => {
        if (SCRIPT.dataset[name] !== undefined) {
          element.setAttribute(name, SCRIPT.dataset[name]);
        }
      });
      document.body.append(element);
    }
    return element.zhida;
  };
  // Calls that came before this file: `window.zhida = [["ask", "…"]]`.
  const early = Array.isArray(window.zhida) ? window.zhida : [];
  window.zhida = {};
  ACTIONS.forEach((name) => {
    window.zhida[name] = (...values) => present()[name](...values);
  });
  const begin = () => {
    present();
    early.forEach(([name, ...values]) => ACTIONS.includes(name) && window.zhida[name](...values));
  };
  if (document.readyState === "loading") {
    addEventListener("DOMContentLoaded", begin);
  } else {
    begin();
  }
}
