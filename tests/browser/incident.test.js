// An incident that lasts: the banner on the pages, the chat that tells it before its first answer, the widget that tells
// it before anything is asked. All in the dark too.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { DESKTOP, NARROW, SHOP, assertAccessible, assertFits, openPage, picture, startServer } from "./harness.js";
import { openHost } from "./widget.js";

const TEXT = { zh: "充值服务正在抢修，预计 18:00 恢复，钱不会丢。", en: "Top-ups are being repaired and should be back by 18:00. No money is lost." };
const folder = mkdtempSync(path.join(tmpdir(), "zhida-incident-"));
let started;

after(() => rmSync(folder, { recursive: true, force: true }));

function server() {
  started ??= (async () => {
    const content = path.join(folder, "content");
    cpSync(fileURLToPath(new URL("../../content", import.meta.url)), content, { recursive: true });
    const lines = [
      'severity = "outage"',
      'article = "errors/system-maintenance"',
      `text = { "zh-CN" = ${JSON.stringify(TEXT.zh)}, en = ${JSON.stringify(TEXT.en)} }`,
    ];
    writeFileSync(path.join(content, "incident.toml"), `${lines.join("\n")}\n`);
    return startServer({ ZHIDA_CONTENT: content, ZHIDA_RATE_LIMIT: "off", ZHIDA_WIDGET_ORIGINS: SHOP });
  })();
  return started;
}

for (const colorScheme of ["light", "dark"]) {
  test(`the chat tells an incident before its first answer, once, ${colorScheme}`, async (t) => {
    const page = await openPage(t, { colorScheme, reducedMotion: "reduce" });
    await page.goto(`${await server()}/zh-CN/chat`);
    assert.equal(await page.locator("aside.incident").count(), 1);
    for (const words of ["E1101 怎么办", "谢谢"]) {
      const turns = await page.locator(".turn").count();
      await page.locator("main textarea").fill(words);
      await page.locator("main textarea").press("Enter");
      await page.locator(".turn.bot:not(.waiting)").nth(turns === 1 ? 2 : 3).waitFor();
    }
    const order = await page.locator(".turn").evaluateAll((turns) => turns.map((turn) => turn.className.trim()));
    assert.deepEqual(order.slice(1, 4), ["turn customer", "turn bot told outage", "turn bot answer"]);
    assert.equal(await page.locator(".told").count(), 1);
    assert.match(await page.locator(".told").innerText(), /充值服务正在抢修/);
    await assertAccessible(page, `the chat with an incident, ${colorScheme}`);
    await picture(page, `chat-incident-${colorScheme}`, { fullPage: true });
  });
}

test("the chat tells an incident without JavaScript too", async (t) => {
  const page = await openPage(t, { javaScriptEnabled: false, locale: "en", viewport: NARROW });
  await page.goto(`${await server()}/en/chat`);
  await page.locator("main textarea").fill("E1101");
  await page.locator("main .composer button").click();
  await page.locator(".told").waitFor();
  assert.match(await page.locator(".told").innerText(), /No money is lost/);
  await assertFits(page, "the chat with an incident");
  await picture(page, "chat-incident-without-javascript", { fullPage: true });
});

test("an incident that comes up in mid-conversation is told with the next answer", async (t) => {
  const page = await openPage(t);
  let notice;
  await page.route("**/api/v1/chat", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), notice } });
  });
  await page.goto(`${await server()}/zh-CN/chat`);
  const ask = async (words, turn) => {
    await page.locator("main textarea").fill(words);
    await page.locator("main textarea").press("Enter");
    await page.locator(".turn.bot:not(.waiting)").nth(turn).waitFor();
  };
  await ask("E1101 怎么办", 1);
  assert.equal(await page.locator(".told").count(), 0);
  notice = { severity: "degraded", text: "到账变慢。", url: null };
  await ask("谢谢", 3);
  const order = await page.locator(".turn").evaluateAll((turns) => turns.map((turn) => turn.className.trim()));
  assert.deepEqual(order.slice(3, 5), ["turn customer", "turn bot told degraded"]);
});

test("the widget tells an incident before anything is asked", async (t) => {
  const widget = await (await openHost(t, { server: await server() })).open();
  await widget.within(".incident").waitFor();
  assert.match(await widget.within(".incident").innerText(), /服务公告\s+充值服务正在抢修/);
  await assertAccessible(widget.page, "the widget with an incident at the start");
  await picture(widget.page, "widget-incident-start");
  await widget.say("E1101 怎么办");
  assert.equal(await widget.within(".incident").count(), 1);
});

test("the home page and an article carry the banner", async (t) => {
  const page = await openPage(t, { viewport: DESKTOP, locale: "en" });
  for (const [name, where] of [["home", "/en/"], ["article", "/en/articles/errors/network-unstable"]]) {
    await page.goto((await server()) + where);
    assert.match(await page.locator("aside.incident").innerText(), /Service down\s+Top-ups are being repaired/);
    await assertAccessible(page, `${name} with an incident`);
    await picture(page, `page-${name}-incident`);
  }
});
