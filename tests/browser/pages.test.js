// The pages: they load, fit a phone, can be used by everybody, and their scripts run under the site's own policy.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, NARROW, PHONE, assertAccessible, assertFits, openPage, picture, server } from "./harness.js";

const PAGES = {
  home: "/zh-CN/",
  "home-en": "/en/",
  category: "/zh-CN/categories/errors",
  article: "/zh-CN/articles/errors/customer-retrying",
  code: "/zh-CN/codes/E1101",
  search: "/zh-CN/search?q=%E4%BB%98%E6%AC%BE%E5%A4%B1%E8%B4%A5",
  "search-nothing": "/en/search?q=zzzzqqqq",
  chat: "/zh-CN/chat",
};

for (const colorScheme of ["light", "dark"]) {
  test(`every page can be used by everybody, ${colorScheme}`, async (t) => {
    const page = await openPage(t, { colorScheme, reducedMotion: "reduce" });
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto((await server()) + path);
      await assertAccessible(page, `${name}, ${colorScheme}`);
      await picture(page, `page-${name}-${colorScheme}`, { fullPage: true });
    }
  });
}

test("every page fits from a small phone to a desktop", async (t) => {
  const page = await openPage(t);
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
