// The agents' console in a browser: every screen fits and is accessible, in the light and in the dark, and two key
// presses lead from a pasted complaint to a copied reply.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

import { assertAccessible, assertFits, DESKTOP, NARROW, openPage, picture, startServer } from "./harness.js";

const folder = mkdtempSync(path.join(tmpdir(), "zhida-console-"));
const data = path.join(folder, "data");
let started;
let password;

after(() => rmSync(folder, { recursive: true, force: true }));

function server() {
  started ??= (async () => {
    const env = { ZHIDA_DATA: data };
    const made = execFileSync(process.env.ZHIDA_BIN, ["agent", "add", "amy"], { cwd: folder, env, encoding: "utf8" });
    password = made.match(/password: (\S+)/)[1];
    return startServer({ ZHIDA_DATA: data, ZHIDA_RATE_LIMIT: "off" });
  })();
  return started;
}

async function signedIn(t, options) {
  const page = await openPage(t, options);
  await page.goto(`${await server()}/agent`);
  await page.locator("#_name").fill("amy");
  await page.locator("#_password").fill(password);
  await page.keyboard.press("Enter");
  await page.locator(".lookup").waitFor();
  return page;
}

async function post(where, body) {
  const response = await fetch(`${await server()}/api/v1/${where}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${where}: ${response.status}`);
  return response.json();
}

test("two key presses lead from a pasted complaint to a copied reply", async (t) => {
  const page = await signedIn(t, { viewport: DESKTOP, permissions: ["clipboard-read", "clipboard-write"] });
  await page.evaluate(() => navigator.clipboard.writeText("客户说付款的时候提示 E1101，网络一直不稳定"));
  await page.locator("#_text").focus();
  await page.keyboard.press("Control+V");
  let presses = 0;
  const press = async (key) => {
    presses += 1;
    await page.keyboard.press(key);
  };
  await press("Enter");
  await page.locator(".copy:focus").waitFor();
  const reply = await page.locator("#_reply1").inputValue();
  await press("Enter");
  await page.waitForFunction(() => document.getElementById("_said").textContent !== "");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), reply);
  assert.match(reply, /E1101/);
  assert.match(reply, /\n1\. /);
  assert.equal(presses, 2);
  await assertAccessible(page, "the look-up");
  await picture(page, "console-lookup");
});

test("a reply is in the customer's language", async (t) => {
  const page = await signedIn(t);
  await page.locator("#_text").fill("my payment failed with E1101");
  await page.locator("#_reply1").waitFor();
  assert.match(await page.locator("#_reply1").inputValue(), /[a-z]{4,} [a-z]{2,}/);
});

test("every screen fits, is accessible and looks right in the dark", async (t) => {
  await server();
  for (const message of ["E1101", "我要找人工", "今天的月亮有几斤重", "月亮有几斤重呀"]) {
    const turn = await post("chat", { message, locale: "zh-CN" });
    if (message === "我要找人工") {
      await post("handoff", { conversation_id: turn.conversation_id, contact: "li@example.com", note: "请尽快联系" });
    }
  }
  await post("chat", { message: "E1001", locale: "en" });
  await post("feedback", { article_id: "errors/network-unstable", helpful: false, locale: "zh-CN", comment: "看不懂" });
  for (const [name, options] of [
    ["light", { viewport: DESKTOP }],
    ["dark", { viewport: DESKTOP, colorScheme: "dark" }],
    ["narrow", { viewport: NARROW, locale: "en" }],
  ]) {
    const page = await signedIn(t, options);
    for (const place of ["", "/tickets", "/tickets?state=undelivered", "/improve", "/content", "/audit", "/keys", "/account"]) {
      await page.goto(`${await server()}/agent${place}`);
      const where = `/agent${place}, ${name}`;
      await assertAccessible(page, where);
      await assertFits(page, where);
      await picture(page, `console-${name}${place.replaceAll(/\W+/g, "-")}`, { fullPage: true });
    }
    await page.goto(`${await server()}/agent/tickets`);
    await page.locator("tbody a").first().click();
    await page.locator("#_transcript").waitFor();
    await page.locator("details.why summary").first().click();
    await assertAccessible(page, `a ticket, ${name}`);
    await assertFits(page, `a ticket, ${name}`);
    await picture(page, `console-${name}-ticket`, { fullPage: true });
  }
});

test("the console works without JavaScript", async (t) => {
  const page = await signedIn(t, { javaScriptEnabled: false });
  await page.locator("#_text").fill("E1101");
  await page.locator(".lookup button").click();
  assert.match(await page.locator("#_reply1").inputValue(), /E1101/);
});

test("a customer who asks for a person gets to the contact form from the chat", async (t) => {
  const page = await openPage(t);
  await page.goto(`${await server()}/zh-CN/chat`);
  await page.locator("main textarea").fill("我要找人工");
  await page.keyboard.press("Enter");
  await page.locator(".to-person").click();
  await page.locator("#_contact").fill("13812345678");
  await assertAccessible(page, "the contact form");
  await picture(page, "contact");
  await page.locator(".contact-form button").click();
  assert.match(await page.locator(".ticket-number strong").textContent(), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
});
