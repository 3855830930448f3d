// The agents' console in a browser: every screen fits and is accessible, in the light and in the dark, and two key
// presses lead from a pasted complaint to a copied reply.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

import { assertAccessible, assertFits, DESKTOP, NARROW, openPage, picture, startServer } from "./harness.js";

const folder = mkdtempSync(path.join(tmpdir(), "zhida-console-"));
const data = path.join(folder, "data");
const SECRET = "0123456789abcdef0123456789abcdef";
let started;
let password;

after(() => rmSync(folder, { recursive: true, force: true }));

function server() {
  started ??= (async () => {
    const env = { ZHIDA_DATA: data };
    const made = execFileSync(process.env.ZHIDA_BIN, ["agent", "add", "amy"], { cwd: folder, env, encoding: "utf8" });
    password = made.match(/password: (\S+)/)[1];
    return startServer({
      ZHIDA_DATA: data,
      ZHIDA_RATE_LIMIT: "off",
      ZHIDA_IDENTITY_SECRET: SECRET,
      // Nobody listens there: the login has the button, and says that the provider is away.
      ZHIDA_OIDC_ISSUER: "http://127.0.0.1:9",
      ZHIDA_OIDC_CLIENT_ID: "zhida",
    });
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

/** Signs who a customer is, as the host's backend does. */
function signed(sub) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub, aud: "zhida", exp: Math.floor(Date.now() / 1000) + 600 };
  const token = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${token}.${createHmac("sha256", SECRET).update(token).digest("base64url")}`;
}

async function post(where, body, customer) {
  const response = await fetch(`${await server()}/api/v1/${where}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(customer && { Authorization: `Bearer ${signed(customer)}` }) },
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

const PLACES = [
  "",
  "/tickets",
  "/tickets?state=undelivered",
  "/improve",
  "/content",
  "/content/articles",
  "/content/articles/zh-CN/errors/network-unstable",
  "/audit",
  "/keys",
  "/account",
];

test("the login offers the company's account, and a password where its provider is away", async (t) => {
  for (const [name, options] of [["light", {}], ["dark", { colorScheme: "dark", locale: "en", viewport: DESKTOP }]]) {
    const page = await openPage(t, { expected: [/503/], ...options });
    await page.goto(`${await server()}/agent/tickets`);
    await assertAccessible(page, `the login, ${name}`);
    await page.locator("a[href*='/agent/login/oidc']").click();
    await page.locator(".complaint").waitFor();
    await assertAccessible(page, `the login while the provider is away, ${name}`);
    await assertFits(page, `the login while the provider is away, ${name}`);
    await picture(page, `console-login-away-${name}`, { fullPage: true });
    await page.locator("#_name").fill("amy");
    await page.locator("#_password").fill(password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/agent/tickets");
  }
});

test("every screen fits, is accessible and looks right in the dark", async (t) => {
  await server();
  for (const message of ["E1101", "我要找人工", "今天的月亮有几斤重", "月亮有几斤重呀"]) {
    const turn = await post("chat", { message, locale: "zh-CN" });
    if (message === "我要找人工") {
      await post("handoff", { conversation_id: turn.conversation_id, contact: "li@example.com", note: "请尽快联系" });
    }
  }
  const vouched = await post("chat", { message: "E1303", locale: "zh-CN" }, "cus-20771");
  await post("handoff", { conversation_id: vouched.conversation_id, note: "钱没到账" }, "cus-20771");
  await post("chat", { message: "E1001", locale: "en" });
  await post("feedback", { article_id: "errors/network-unstable", helpful: false, locale: "zh-CN", comment: "看不懂" });
  for (const [name, options] of [
    ["light", { viewport: DESKTOP }],
    ["dark", { viewport: DESKTOP, colorScheme: "dark" }],
    ["narrow", { viewport: NARROW, locale: "en" }],
  ]) {
    const page = await signedIn(t, options);
    for (const place of PLACES) {
      await page.goto(`${await server()}/agent${place}`);
      const where = `/agent${place}, ${name}`;
      await assertAccessible(page, where);
      await assertFits(page, where);
      await picture(page, `console-${name}${place.replaceAll(/\W+/g, "-")}`, { fullPage: true });
    }
    for (const [nth, kind] of ["unverified", "verified"].entries()) {
      await page.goto(`${await server()}/agent/tickets`);
      await page.locator("tbody a").nth(nth).click();
      await page.locator("#_transcript").waitFor();
      await page.locator("details.why summary").first().click();
      assert.equal(await page.locator(".verified .trust").count(), kind === "verified" ? 1 : 0);
      await assertAccessible(page, `a ticket, ${kind}, ${name}`);
      await assertFits(page, `a ticket, ${kind}, ${name}`);
      await picture(page, `console-${name}-ticket-${kind}`, { fullPage: true });
    }
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
