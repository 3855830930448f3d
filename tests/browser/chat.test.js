// The chat page: with JavaScript and without it, through a flow, and with words that try to be code.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, openPage, picture, server } from "./harness.js";
import { XSS } from "./xss.js";

async function openChat(t, options) {
  const page = await openPage(t, options);
  await page.goto(`${await server()}/zh-CN/chat`);
  const say = async (words) => {
    const before = await page.locator(".turn.bot").count();
    await page.locator("main textarea").fill(words);
    await page.locator("main textarea").press("Enter");
    await page.locator(".turn.bot:not(.waiting)").nth(before).waitFor();
  };
  return { page, say, latest: page.locator(".turn.bot").last() };
}

test("a customer goes through a flow to its end, by its buttons", async (t) => {
  const { page, say, latest } = await openChat(t);
  await say("充值失败");
  await page.locator(".quick .pill").first().waitFor();
  await picture(page, "chat-flow");
  let steps = 0;
  while ((await page.locator(".quick .pill").count()) > 0 && steps < 12) {
    const before = await page.locator(".turn.bot").count();
    await page.locator(".quick .pill").first().click();
    await page.locator(".turn.bot:not(.waiting)").nth(before).waitFor();
    steps += 1;
  }
  assert.ok(steps >= 2, "the flow has at least two steps");
  assert.notEqual((await latest.innerText()).trim(), "");
  await assertAccessible(page, "the chat after a flow");
});

test("a conversation goes on without JavaScript", async (t) => {
  const { page } = await openChat(t, { javaScriptEnabled: false });
  await page.locator("main textarea").fill("E1101 怎么办");
  await page.locator("main .composer button").click();
  await page.locator(".turn.customer").waitFor();
  await page.locator(".source").first().waitFor();
  await page.locator("main textarea").fill("你好");
  await page.locator("main .composer button").click();
  await page.locator(".turn.customer").nth(1).waitFor();
  assert.equal(await page.locator(".turn.customer").count(), 2);
  await picture(page, "chat-without-javascript", { fullPage: true });
});

test("a card number does not stay on the screen", async (t) => {
  const { page, say } = await openChat(t);
  await say("我的卡号是 4111 1111 1111 1111，付款失败了");
  assert.doesNotMatch(await page.locator(".chat-log").innerText(), /4111[ -]?1111|1111[ -]?1111/);
});

test("what a customer types is shown and never run", async (t) => {
  const { page, say } = await openChat(t);
  for (const words of XSS) {
    await say(words);
    assert.equal(await page.locator(".turn.customer .bubble").last().textContent(), words);
  }
  assert.equal(await page.evaluate(() => globalThis.broken), undefined);
  assert.equal(await page.locator(".chat-log :is(script, iframe, img, svg:not(.icon), object)").count(), 0);
});
