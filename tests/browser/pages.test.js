// The pages: they load, fit a phone, can be used by everybody, and their scripts run under the site's own policy.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, NARROW, PHONE, assertAccessible, assertFits, openPage, picture, server } from "./harness.js";

const PAGES = {
  home: "/zh-CN/",
  "home-en": "/en/",
  category: "/zh-CN/categories/errors",
  article: "/zh-CN/articles/errors/customer-retrying",
  "article-en": "/en/articles/account/recover-password",
  code: "/zh-CN/codes/E1101",
  codes: "/en/codes",
  contacts: "/zh-CN/contacts",
  missing: "/en/nothing",
  search: "/zh-CN/search?q=%E4%BB%98%E6%AC%BE%E5%A4%B1%E8%B4%A5",
  "search-nothing": "/en/search?q=zzzzqqqq",
  chat: "/zh-CN/chat",
};

for (const colorScheme of ["light", "dark"]) {
  test(`every page can be used by everybody, ${colorScheme}`, async (t) => {
    const page = await openPage(t, { colorScheme, reducedMotion: "reduce", expected: [/404/] });
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto((await server()) + path);
      await assertAccessible(page, `${name}, ${colorScheme}`);
      await picture(page, `page-${name}-${colorScheme}`, { fullPage: true });
    }
  });
}

test("every page fits from a small phone to a desktop", async (t) => {
  const page = await openPage(t, { expected: [/404/] });
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto((await server()) + path);
    for (const size of [NARROW, PHONE, DESKTOP]) {
      await page.setViewportSize(size);
      await assertFits(page, `${name} at ${size.width}`);
    }
    await picture(page, `page-${name}-desktop`);
  }
});

test("the home page finds an article by its suggestions, with the keyboard alone", async (t) => {
  const page = await openPage(t);
  await page.goto(`${await server()}/zh-CN/`);
  await page.locator("main input[name=q]").focus();
  await page.keyboard.type("充值");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  const chosen = await page.locator("[role=option][aria-selected=true]").innerText();
  assert.match(chosen, /充值/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/zh-CN\/(articles|search|categories|codes)/);
});

test("the other language is one tap away", async (t) => {
  const page = await openPage(t);
  await page.goto(`${await server()}/zh-CN/articles/errors/customer-retrying`);
  await page.getByRole("link", { name: "English" }).first().click();
  await page.waitForURL("**/en/articles/errors/customer-retrying");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
});

test("a search and an article work without JavaScript", async (t) => {
  const page = await openPage(t, { javaScriptEnabled: false });
  await page.goto(`${await server()}/zh-CN/`);
  await page.locator("main input[name=q]").fill("E1101");
  await page.locator("main input[name=q]").press("Enter");
  await page.waitForURL(/E1101/);
  await page.locator("main a[href*='/articles/']").first().click();
  await page.waitForURL("**/articles/**");
  await page.getByRole("heading", { level: 1 }).waitFor();
});

test("the reader's own choice of light or dark holds from page to page", async (t) => {
  const page = await openPage(t, { colorScheme: "light" });
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.goto(`${await server()}/zh-CN/`);
  const light = await paper();
  await page.getByRole("button", { name: "深色" }).click();
  const dark = await paper();
  assert.notEqual(dark, light);
  await page.goto(`${await server()}/en/contacts`);
  assert.equal(await paper(), dark);
  assert.equal(await page.getByRole("button", { name: "Dark" }).getAttribute("aria-pressed"), "true");
  await assertAccessible(page, "contacts, dark by choice");
  await page.getByRole("button", { name: "System" }).click();
  assert.equal(await paper(), light);
  assert.deepEqual(await page.context().cookies(), [], "no cookie is needed for it");
});

test("slash finds the search box, and the arrows walk through the results", async (t) => {
  const page = await openPage(t);
  await page.goto(`${await server()}/zh-CN/search?q=%E9%87%8D%E8%AF%95`);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.name), "q");
  await page.keyboard.press("Escape");
  const results = page.locator(".entry-title a");
  await results.first().focus();
  await page.keyboard.press("ArrowDown");
  const second = await results.nth(1).getAttribute("href");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), second);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.evaluate(() => document.activeElement.name), "q");
  await results.nth(1).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === second.split("#")[0]);
});

test("a topic narrows the results and stays chosen", async (t) => {
  const page = await openPage(t);
  await page.goto(`${await server()}/en/search?q=payment`);
  await page.getByRole("navigation", { name: "Filter by topic" }).getByRole("link", { name: "Fixes" }).click();
  await page.waitForURL(/category=fixes/);
  assert.equal(await page.locator(".filters [aria-current]").innerText(), "Fixes");
  const links = await page.locator(".entry-title a").evaluateAll((found) => found.map((a) => a.pathname));
  assert.ok(links.length > 0 && links.every((path) => path.startsWith("/en/articles/fixes/")), links.join());
});

test("an error code and the link to a section are copied", async (t) => {
  const page = await openPage(t, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`${await server()}/en/codes/E1101`);
  await page.getByRole("button", { name: "Copy the code" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "E1101");
  await page.getByRole("button", { name: "Copied" }).waitFor();
  await page.goto(`${await server()}/en/articles/errors/customer-retrying`);
  const anchor = page.locator(".prose h2 .anchor").first();
  await anchor.focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
  assert.match(page.url(), /#./);
});

for (const javaScriptEnabled of [true, false]) {
  test(`what was sent is checked against the official contacts, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async (t) => {
    const page = await openPage(t, { javaScriptEnabled });
    await page.goto(`${await server()}/zh-CN/`);
    await page.getByRole("link", { name: "这真的是" }).click();
    await page.getByLabel("收到的链接").fill("您的账户异常，请点击 https://gopay-verify.example/x 处理");
    await page.getByRole("button", { name: "核对" }).click();
    // Nothing is declared for GOpay: the page vouches for nothing, and says so.
    await page.locator(".finding.caution").waitFor();
    assert.match(await page.locator(".finding").innerText(), /gopay-verify\.example/);
    await picture(page, `contacts-checked-${javaScriptEnabled ? "script" : "plain"}`, { fullPage: true });
  });
}

test("an article is printed without what can only be tapped", async (t) => {
  const page = await openPage(t);
  await page.goto(`${await server()}/en/articles/errors/customer-retrying`);
  await page.emulateMedia({ media: "print" });
  for (const hidden of [".top", ".foot", ".tools", ".stuck"]) {
    assert.equal(await page.locator(hidden).isVisible(), false, hidden);
  }
  assert.ok(await page.locator(".prose").isVisible());
});

test("nothing comes from another host, and no page sets a cookie", async (t) => {
  const page = await openPage(t);
  const origin = await server();
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) {
      foreign.push(request.url());
    }
  });
  for (const path of Object.values(PAGES).filter((path) => path !== PAGES.missing)) {
    await page.goto(origin + path);
  }
  assert.deepEqual(foreign, []);
  assert.deepEqual(await page.context().cookies(), []);
});

for (const javaScriptEnabled of [true, false]) {
  test(`a reader says whether an article helped, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async (t) => {
    const page = await openPage(t, { javaScriptEnabled });
    await page.goto(`${await server()}/zh-CN/articles/errors/network-unstable`);
    await page.locator(".feedback summary").click();
    await page.getByLabel("补充说明").fill("<img src=x onerror=globalThis.broken=1>");
    await page.getByRole("button", { name: "没有帮助" }).click();
    await page.getByRole("heading", { name: "谢谢，已经收到。" }).waitFor();
    if (javaScriptEnabled) {
      assert.equal(await page.evaluate(() => globalThis.broken), undefined);
      assert.equal(await page.evaluate(() => document.activeElement.id), "_helpful");
      await assertAccessible(page, "an article after a verdict");
    }
  });
}
