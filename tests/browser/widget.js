// Using the widget in a test as a customer does: by its launcher, its field and its buttons.

import { openPage } from "./harness.js";
import { host } from "./host.js";

/**
 * Opens a host page that embeds the widget. `options`: `path`, `lang`, `element` (a `<zhida-chat>` in place of the
 * script's attributes), `attributes`, `server`; the others are for the page.
 */
export async function openHost(t, { path = "/", lang = "zh-CN", element = false, attributes = {}, server, ...options } = {}) {
  const page = await openPage(t, { reducedMotion: "reduce", ...options });
  const query = new URLSearchParams({ options: JSON.stringify({ lang, element, attributes, server }) });
  await page.goto(`${await host()}${path}?${query}`);
  const widget = new Widget(page);
  await widget.within(attributes.launcher === "none" ? ".launcher" : ".launcher:visible").waitFor({ state: "attached" });
  return widget;
}

export class Widget {
  constructor(page) {
    this.page = page;
    this.field = this.within(".composer textarea");
    this.launcher = this.within(".launcher");
    this.panel = this.within(".panel");
    this.log = this.within(".log");
    this.answers = this.within(".turn.bot:not(.waiting)");
    this.mine = this.within(".turn.customer .bubble");
    this.chips = this.within(".quick .chip");
    this.sheet = this.within(".sheet");
  }

  /** Finds something in the widget's shadow tree. */
  within(selector) {
    return this.page.locator(`zhida-chat ${selector}`);
  }

  button(name) {
    return this.panel.getByRole("button", { name, exact: true });
  }

  async open() {
    await this.launcher.click();
    await this.field.waitFor();
    return this;
  }

  /** Says something and waits for the answer; returns the answer's turn. */
  async say(words) {
    const before = await this.answers.count();
    await this.field.fill(words);
    await this.field.press("Enter");
    return this.next(before);
  }

  /** Taps a quick reply and waits for the answer. */
  async tap(label) {
    const before = await this.answers.count();
    await this.within(`.quick .chip:text-is("${label}")`).click();
    return this.next(before);
  }

  async next(before) {
    await this.answers.nth(before).waitFor();
    return this.answers.nth(before);
  }

  /** Listens to the events of a name on the host page; `events()` of the result returns their details so far. */
  async listen(name) {
    await this.page.evaluate((type) => {
      globalThis.heard ??= {};
      globalThis.heard[type] = [];
      document.addEventListener(type, (event) => globalThis.heard[type].push(event.detail));
    }, name);
    return { events: () => this.page.evaluate((type) => globalThis.heard[type], name) };
  }

  /** Tells what has the focus: a description of the element, inside the shadow tree or out. */
  focused() {
    return this.page.evaluate(() => {
      const outer = document.activeElement;
      const inner = outer?.shadowRoot?.activeElement ?? outer;
      return inner.className || inner.id || inner.localName;
    });
  }
}
