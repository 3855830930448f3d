// The widget on a page of another site, under the strictest policy: what customers do with it, and what goes wrong.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { DESKTOP, NARROW, PHONE, SHOP, assertAccessible, assertFits, openPage, picture, server, startServer } from "./harness.js";
import { host } from "./host.js";
import { openHost } from "./widget.js";
import { buildWidget, committedWidget } from "./widget-file.js";
import { XSS } from "./xss.js";

const NO_NETWORK = [/ERR_INTERNET_DISCONNECTED/];
const FAILED = [/Failed to load resource/];
// The groups of the card that is typed. One group alone may stand in a time or in an id.
const CARD = /4111[ -]?1111|1111[ -]?1111/;

test("the file is made of its parts, and is small", async () => {
  assert.equal(committedWidget(), buildWidget(), "static/widget.js is old; run tests/browser/build-widget");
  const response = await fetch(`${await server()}/widget.js`);
  const bytes = gzipSync(await response.text(), { level: 9 }).length;
  console.log(`# /widget.js: ${bytes} bytes as gzip`);
  assert.ok(bytes <= 12_000, `${bytes} bytes as gzip`);
  assert.equal(response.headers.get("cross-origin-resource-policy"), "cross-origin");
  assert.match(response.headers.get("cache-control"), /max-age=300/);
  const tag = response.headers.get("etag");
  assert.equal((await fetch(`${await server()}/widget.js`, { headers: { "if-none-match": tag } })).status, 304);
});

test("nothing but the script is loaded before a customer comes near", async (t) => {
  const page = await openPage(t);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${await host()}/`);
  await page.locator("zhida-chat .launcher").waitFor();
  assert.deepEqual(asked.filter((path) => path !== "/" && path !== "/favicon.ico"), ["/widget.js"]);
});

test("an answer comes with its article, which opens in place", async (t) => {
  const widget = await (await openHost(t)).open();
  const replies = await widget.listen("zhida:reply");
  const answer = await widget.say("E1201 怎么办");
  await answer.locator(".card").click();
  await widget.within("article h2").first().waitFor();
  assert.equal(await widget.focused(), "h2");
  assert.match(await widget.sheet.locator(".sheet-head").innerText(), /资金未到账/);
  // A link within the article opens in place too.
  await widget.page.keyboard.press("Escape");
  assert.equal(await widget.sheet.count(), 0);
  assert.equal(await widget.focused(), "card");
  const [reply] = await replies.events();
  assert.equal(reply.kind, "answer");
  assert.equal(reply.sources.length, 1);
});

test("a flow can be gone through by its buttons", async (t) => {
  const widget = await (await openHost(t)).open();
  await widget.say("充值失败");
  const step = await widget.tap("银行卡");
  assert.match(await step.innerText(), /卡/);
  assert.ok((await widget.chips.count()) >= 2);
  assert.equal(await widget.focused(), "textarea");
});

test("a conversation goes on after the page is loaded again", async (t) => {
  const widget = await (await openHost(t)).open();
  await widget.say("充值失败");
  await widget.page.reload();
  await widget.open();
  assert.deepEqual(await widget.mine.allInnerTexts(), ["充值失败"]);
  const step = await widget.tap("话费");
  assert.match(await step.innerText(), /话费|手机/);
});

test("where storage is forbidden it works all the same", async (t) => {
  const page = await openPage(t);
  await page.addInitScript(() => {
    for (const kind of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(globalThis, kind, {
        get() {
          throw new DOMException("forbidden", "SecurityError");
        },
      });
    }
  });
  await page.goto(`${await host()}/`);
  await page.locator("zhida-chat .launcher").click();
  await page.locator("zhida-chat textarea").fill("E1101");
  await page.locator("zhida-chat textarea").press("Enter");
  await page.locator("zhida-chat .card").waitFor();
});

test("a web view from before style sheets could be made gets the same look", async (t) => {
  const page = await openPage(t);
  await page.addInitScript(() => {
    globalThis.CSSStyleSheet = class {
      constructor() {
        throw new TypeError("Illegal constructor");
      }
    };
  });
  const options = { policy: "; style-src 'unsafe-inline'", attributes: { accent: "#5b3df5" } };
  await page.goto(`${await host()}/?${new URLSearchParams({ options: JSON.stringify(options) })}`);
  const style = await page.locator("zhida-chat .launcher").evaluate((e) => {
    const { position, backgroundColor, color } = getComputedStyle(e);
    return [position, backgroundColor, color];
  });
  assert.deepEqual(style, ["fixed", "rgb(91, 61, 245)", "rgb(255, 255, 255)"]);
});

test("in an app it fills the screen, raises no keyboard by itself, and tells when it is closed", async (t) => {
  const widget = await openHost(t, { isMobile: true, hasTouch: true, attributes: { launcher: "none", open: "" } });
  await widget.field.waitFor();
  const { width, height } = await widget.panel.boundingBox();
  assert.deepEqual([width, height], [PHONE.width, PHONE.height]);
  assert.equal(await widget.panel.getAttribute("aria-modal"), "true");
  assert.equal(await widget.focused(), "panel", "a focus in the field would raise the keyboard");
  const closes = await widget.listen("zhida:close");
  const before = await widget.answers.count();
  await widget.chips.first().tap();
  await widget.next(before);
  assert.equal(await widget.focused(), "panel");
  await widget.button("关闭").tap();
  assert.equal((await closes.events()).length, 1);
  assert.equal(await widget.panel.isVisible(), false);
});

test("without a network nothing that was typed is lost, and it is sent when the network is back", async (t) => {
  const widget = await (await openHost(t, { expected: NO_NETWORK })).open();
  await widget.page.context().setOffline(true);
  const told = await widget.say("E1101 怎么办");
  assert.match(await told.innerText(), /没有联网/);
  assert.equal(await widget.mine.innerText(), "E1101 怎么办");
  await picture(widget.page, "widget-offline");
  await widget.field.fill("还有一个问题");
  await widget.page.context().setOffline(false);
  await widget.within(".turn.answer").waitFor();
  assert.equal(await widget.within(".unsent, .lost").count(), 0);
  assert.equal(await widget.field.inputValue(), "还有一个问题");
});

test("opened without a network it says so, and can be tried again", async (t) => {
  const widget = await openHost(t, { expected: NO_NETWORK });
  await widget.page.context().setOffline(true);
  await widget.launcher.click();
  await widget.within(".bare").waitFor();
  assert.match(await widget.panel.innerText(), /没有联网/);
  await assertAccessible(widget.page, "the widget opened without a network");
  await picture(widget.page, "widget-opened-offline");
  await widget.page.context().setOffline(false);
  await widget.button("再试一次").click();
  await widget.field.waitFor();
});

test("an outage and too many questions are said in words, and can be tried again", async (t) => {
  const widget = await (await openHost(t, { expected: FAILED })).open();
  const answers = [
    { status: 503, contentType: "application/problem+json", body: "{}" },
    { status: 429, contentType: "application/problem+json", body: "{}", headers: { "retry-after": "7" } },
  ];
  await widget.page.route("**/api/v1/chat", async (route) => {
    const answer = answers.shift();
    const shared = { "access-control-allow-origin": SHOP, "access-control-expose-headers": "retry-after" };
    await (answer ? route.fulfill({ ...answer, headers: { ...shared, ...answer.headers } }) : route.fallback());
  });
  const down = await widget.say("E1101");
  assert.match(await down.innerText(), /服务器暂时不能回答/);
  await widget.button("再试一次").click();
  await widget.within(".lost", { hasText: "7" }).getByText("请过 7 秒再试").waitFor();
  await picture(widget.page, "widget-too-many");
  await assertAccessible(widget.page, "the widget after a refusal");
  await widget.button("再试一次").click();
  await widget.within(".turn.answer").waitFor();
  assert.deepEqual(await widget.mine.allInnerTexts(), ["E1101"]);
});

test("while an answer is awaited it says so, and takes the next question", async (t) => {
  const widget = await (await openHost(t)).open();
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await widget.page.route("**/api/v1/chat", async (route) => {
    await held;
    await route.fallback();
  });
  await widget.field.fill("E1101");
  await widget.field.press("Enter");
  await widget.within(".waiting").waitFor();
  assert.equal(await widget.within("[role=status]").first().innerText(), "正在查找答案……");
  await widget.field.fill("下一个");
  await widget.field.press("Enter");
  assert.equal(await widget.field.inputValue(), "下一个", "it waits in the field");
  await assertAccessible(widget.page, "the widget that waits");
  await picture(widget.page, "widget-waiting");
  release();
  await widget.within(".turn.answer").waitFor();
  assert.equal(await widget.within(".waiting").count(), 0);
});

test("Enter that ends a composition sends nothing, in the order of each browser", async (t) => {
  const widget = await (await openHost(t)).open();
  await widget.field.fill("ni hao");
  // [type, key, keyCode, isComposing]: what browsers report when Enter picks a word of an input method.
  const orders = {
    "Chrome and Firefox": [["keydown", "Enter", 229, true], ["compositionend"], ["keyup", "Enter", 13, false]],
    "older Firefox": [["keydown", "Process", 229, true], ["compositionend"], ["keyup", "Enter", 13, true]],
    Safari: [["compositionend"], ["keydown", "Enter", 229, false], ["keyup", "Enter", 13, false]],
  };
  for (const [browser, events] of Object.entries(orders)) {
    await widget.field.evaluate((field, list) => {
      field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      for (const [type, key, keyCode, isComposing] of list) {
        field.dispatchEvent(
          type === "compositionend"
            ? new CompositionEvent(type, { bubbles: true, data: "你好" })
            : new KeyboardEvent(type, { key, keyCode, isComposing, bubbles: true, cancelable: true, composed: true }),
        );
      }
    }, events);
    assert.equal(await widget.mine.count(), 0, browser);
  }
  // A real input method, as far as Chromium's debugger can play one.
  await widget.field.fill("");
  await widget.field.focus();
  const debug = await widget.page.context().newCDPSession(widget.page);
  await debug.send("Input.imeSetComposition", { text: "你好", selectionStart: 2, selectionEnd: 2 });
  await debug.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Process", windowsVirtualKeyCode: 229 });
  await debug.send("Input.insertText", { text: "你好" });
  assert.equal(await widget.mine.count(), 0);
  assert.equal(await widget.field.inputValue(), "你好");
  // Shift and Enter begin a line; Enter alone sends.
  await widget.field.press("Shift+Enter");
  assert.equal(await widget.mine.count(), 0);
  await widget.say("你好");
  assert.equal(await widget.mine.count(), 1);
});

test("the keyboard reaches everything, stays in the panel, and goes back where it came from", async (t) => {
  const widget = await openHost(t, { viewport: DESKTOP });
  await widget.launcher.focus();
  await widget.page.keyboard.press("Enter");
  await widget.field.waitFor();
  assert.equal(await widget.focused(), "textarea");
  const seen = new Set();
  for (let i = 0; i < 20; i += 1) {
    await widget.page.keyboard.press("Tab");
    seen.add(await widget.focused());
  }
  assert.deepEqual([...seen].sort(), ["chip", "head-button", "icon-button", "scroller", "send", "textarea"]);
  await widget.page.keyboard.press("Shift+Tab");
  await widget.button("更多").focus();
  await widget.page.keyboard.press("Enter");
  await widget.page.keyboard.press("Tab");
  assert.equal(await widget.page.evaluate(() => document.querySelector("zhida-chat").shadowRoot.activeElement.innerText), "删除这次对话");
  await widget.page.keyboard.press("Escape");
  assert.equal(await widget.within(".menu").isVisible(), false);
  await widget.page.keyboard.press("Escape");
  assert.equal(await widget.panel.isVisible(), false);
  assert.equal(await widget.focused(), "launcher");
});

test("what a customer or an answer says is shown and never run", async (t) => {
  const widget = await (await openHost(t)).open();
  for (const words of XSS) {
    await widget.say(words);
    assert.equal(await widget.mine.last().textContent(), words);
  }
  // As if something had come between the server and the page.
  await widget.page.route("**/api/v1/chat", async (route) => {
    const response = await route.fetch();
    const turn = await response.json();
    turn.reply.html = XSS.join("") + "<p onclick=\"globalThis.broken=1\">safe <strong>words</strong> &lt;3</p>";
    turn.reply.sources = [{ id: "a/b", title: "<img src=x onerror=globalThis.broken=1>", url: "javascript:globalThis.broken=1" }];
    turn.reply.quick_replies = [{ label: XSS[1], message: XSS[1] }];
    await route.fulfill({ response, json: turn });
  });
  const answer = await widget.say("x");
  assert.match(await answer.innerText(), /safe words <3/);
  assert.equal(await answer.locator("script, iframe, svg:not(.icon), img, [onclick], [href^=javascript]").count(), 0);
  assert.equal(await widget.page.evaluate(() => globalThis.broken), undefined);
});

test("what is kept on the device has no card number", async (t) => {
  const widget = await (await openHost(t)).open();
  await widget.say("卡号 4111 1111 1111 1111 付款失败");
  assert.doesNotMatch(await widget.log.innerText(), CARD);
  await widget.field.fill("密码是 hunter2");
  await widget.button("关闭").click();
  const kept = await widget.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.match(kept, /付款失败/);
  assert.doesNotMatch(kept, CARD);
  assert.doesNotMatch(kept, /hunter2/);
});

test("a vote goes to the server, with the comment of the customer who says what was missing", async (t) => {
  const widget = await (await openHost(t)).open();
  const sent = [];
  widget.page.on("request", (request) => request.url().endsWith("/feedback") && request.method() === "POST" && sent.push(request));
  await widget.say("E1201 怎么办");
  await widget.button("没有").click();
  await widget.within(".rating textarea").fill("没说要等多久");
  await assertAccessible(widget.page, "the widget that asks what was missing");
  await picture(widget.page, "widget-rating");
  await widget.within(".rating").getByRole("button", { name: "提交" }).click();
  await widget.within(".rating").getByText("谢谢，已经记下。").waitFor();
  await widget.say("E1101");
  await widget.button("有").click();
  await widget.within(".rating").nth(1).getByText("谢谢").waitFor();
  const bodies = sent.map((request) => request.postDataJSON());
  assert.deepEqual(bodies.map((b) => [b.helpful, b.comment]), [[false, "没说要等多久"], [true, undefined]]);
  for (const request of sent) {
    assert.equal((await request.response()).status(), 202);
  }
});

test("a vote counts without its comment when the customer goes on", async (t) => {
  const widget = await (await openHost(t)).open();
  await widget.say("E1201 怎么办");
  await widget.button("没有").click();
  const vote = widget.page.waitForRequest((request) => request.url().endsWith("/feedback") && request.method() === "POST");
  await widget.say("你好");
  assert.equal((await vote).postDataJSON().helpful, false);
});

test("a person is one tap away, before anything was said too", async (t) => {
  const widget = await (await openHost(t)).open();
  const handoffs = await widget.listen("zhida:handoff");
  await widget.button("人工").click();
  await widget.sheet.getByLabel("手机号或邮箱").fill("li@example.com");
  await widget.sheet.getByLabel("还想补充什么").fill("退款一直没到");
  await assertAccessible(widget.page, "the widget's form");
  await picture(widget.page, "widget-handoff-form");
  await widget.button("转给人工客服").click();
  await widget.log.getByText("已转给人工客服，编号").waitFor();
  const [{ ticketId }] = await handoffs.events();
  assert.ok((await widget.log.innerText()).includes(ticketId));
  await picture(widget.page, "widget-handed-over");
  await widget.page.reload();
  await widget.open();
  assert.ok((await widget.log.innerText()).includes(ticketId), "the number is there after the page was loaded again");
});

test("a conversation can be deleted, on the server and on the device", async (t) => {
  const widget = await (await openHost(t)).open();
  const replies = await widget.listen("zhida:reply");
  await widget.say("E1101 怎么办");
  const [{ conversationId }] = await replies.events();
  const kept = `${await server()}/api/v1/conversations/${conversationId}`;
  assert.equal((await fetch(kept)).status, 200);
  await widget.button("更多").click();
  await picture(widget.page, "widget-menu");
  await assertAccessible(widget.page, "the widget's menu");
  await widget.button("删除这次对话").click();
  await assertAccessible(widget.page, "the question before deleting");
  await picture(widget.page, "widget-delete");
  await widget.button("删除").click();
  await widget.log.getByText("对话已删除。").waitFor();
  assert.equal(await widget.mine.count(), 0);
  assert.equal((await fetch(kept)).status, 404);
  assert.equal(await widget.page.evaluate(() => Object.keys(localStorage).filter((key) => !key.includes("words")).length), 0);
});

test("a new conversation begins where the customer asks for one", async (t) => {
  const widget = await (await openHost(t)).open();
  await widget.say("E1101 怎么办");
  await widget.button("更多").click();
  await widget.button("新的对话").click();
  assert.equal(await widget.mine.count(), 0);
  assert.ok((await widget.chips.count()) > 0);
});

test("an incident is told once, before the first answer", async (t) => {
  const widget = await (await openHost(t)).open();
  await widget.page.route("**/api/v1/chat", async (route) => {
    const response = await route.fetch();
    const notice = { severity: "outage", text: "充值服务正在抢修，稍后再试。", url: "/zh-CN/articles/errors/system-maintenance" };
    await route.fulfill({ response, json: { ...(await response.json()), notice } });
  });
  await widget.field.fill("充值失败");
  await widget.field.press("Enter");
  await widget.within(".turn.step").waitFor();
  assert.match(await widget.answers.nth(1).innerText(), /服务公告\s+充值服务正在抢修/);
  await assertAccessible(widget.page, "the widget with an incident");
  await picture(widget.page, "widget-incident");
  await widget.tap("银行卡");
  assert.equal(await widget.within(".incident").count(), 1);
  await widget.within(".incident a").click();
  await widget.within("article").waitFor();
});

test("the page decides what is suggested", async (t) => {
  const first = async (path) => {
    const widget = await (await openHost(t, { path })).open();
    return widget.chips.first().innerText();
  };
  const [usual, topUp] = [await first("/"), await first("/app/top-up")];
  assert.match(topUp, /充值/);
  assert.notEqual(usual, topUp);
});

test("the host page opens, asks, listens and closes", async (t) => {
  const widget = await openHost(t, { element: true, attributes: { launcher: "none", locale: "en" }, lang: "zh-CN" });
  assert.equal(await widget.launcher.isVisible(), false);
  const heard = await Promise.all(["open", "message", "reply", "close"].map((name) => widget.listen(`zhida:${name}`)));
  await widget.page.locator("#pay").focus();
  await widget.page.evaluate(() => window.zhida.ask("E1101"));
  await widget.within(".turn.answer").waitFor();
  await widget.page.evaluate(() => window.zhida.close());
  assert.equal(await widget.panel.isVisible(), false);
  assert.equal(await widget.focused(), "pay", "the focus is back where the host page had it");
  assert.deepEqual(await Promise.all(heard.map(async (of) => (await of.events()).length)), [1, 1, 1, 1]);
});

test("calls that come before the script are not lost", async (t) => {
  const page = await openPage(t);
  await page.addInitScript(() => {
    window.zhida = [["ask", "E1101"]];
  });
  await page.goto(`${await host()}/`);
  await page.locator("zhida-chat .turn.answer").waitFor();
});

test("where an identity is required it asks to sign in, and sends the question once the customer has", async (t) => {
  const secret = "0123456789abcdef0123456789abcdef";
  const strict = await startServer({ ZHIDA_WIDGET_ORIGINS: SHOP, ZHIDA_IDENTITY_SECRET: secret, ZHIDA_IDENTITY_REQUIRED: "on" });
  const sign = (sub) => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const exp = Math.floor(Date.now() / 1000) + 300;
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub, aud: "zhida", exp })}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
  const widget = await (await openHost(t, { server: strict, expected: FAILED })).open();
  const errors = await widget.listen("zhida:error");
  const told = await widget.say("E1101 怎么办");
  assert.match(await told.innerText(), /请先登录/);
  assert.deepEqual((await errors.events())[0], { status: 401, reason: "signIn" });
  await picture(widget.page, "widget-sign-in");
  const signIn = (sub) => widget.page.evaluate((token) => window.zhida.identify(token), sub && sign(sub));
  await signIn("anna");
  await widget.within(".turn.answer").waitFor();
  assert.deepEqual(await widget.mine.allInnerTexts(), ["E1101 怎么办"]);
  // The next customer at this device sees nothing of it, and neither does anybody after signing out.
  await signIn("bert");
  await widget.within(".quick .chip").first().waitFor();
  assert.equal(await widget.mine.count(), 0);
  await signIn("anna");
  await widget.within(".quick .chip").first().waitFor();
  assert.equal(await widget.mine.count(), 0);
});

test("an answer that comes when the panel is closed is marked on the launcher", async (t) => {
  const widget = await (await openHost(t)).open();
  let release;
  await widget.page.route("**/api/v1/chat", async (route) => {
    await new Promise((resolve) => {
      release = resolve;
    });
    await route.fallback();
  });
  await widget.field.fill("E1101");
  await widget.field.press("Enter");
  await widget.within(".waiting").waitFor();
  await widget.button("关闭").click();
  release();
  await widget.within(".launcher.unread").waitFor();
  await picture(widget.page, "widget-unread");
});

test("another site is refused by the browser, and told why in the console", async (t) => {
  const page = await openPage(t, { expected: [/CORS policy/, /Failed to load resource/] });
  const warnings = [];
  page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  await page.goto(`${(await host()).replace("shop.test", "other.test")}/`);
  await page.locator("zhida-chat .launcher").click();
  await page.locator("zhida-chat .bare").waitFor();
  assert.ok(warnings.some((text) => text.includes("widget_origins")), warnings.join("\n"));
});

const SAYINGS = {
  "zh-CN": {
    answer: "E1201 怎么办",
    step: "充值失败",
    safety: "我的账户被盗了",
    handoff: "转人工",
    fallback: "你们公司的股票代码是多少",
    smalltalk: "你好",
  },
  en: {
    answer: "What does E1201 mean?",
    step: "my top-up failed",
    safety: "my account was stolen",
    handoff: "talk to a person",
    fallback: "do you sell bicycles",
    smalltalk: "hello",
  },
};

for (const colorScheme of ["light", "dark"]) {
  for (const [lang, sayings] of Object.entries(SAYINGS)) {
    test(`every state can be used by everybody: ${lang}, ${colorScheme}`, async (t) => {
      const widget = await openHost(t, { colorScheme, lang });
      const look = async (state) => {
        await assertAccessible(widget.page, `the widget: ${state}, ${lang}, ${colorScheme}`);
        await picture(widget.page, `widget-${state}-${lang}-${colorScheme}`);
      };
      await look("launcher");
      await widget.open();
      await look("opened");
      await widget.page.route("**/api/v1/chat", async (route) => {
        const response = await route.fetch();
        const turn = await response.json();
        const sources = ["network-unstable", "account-info-mismatch"].map((slug) => ({
          id: `errors/${slug}`,
          title: `${slug} 网络`,
          url: `/${lang}/articles/errors/${slug}`,
        }));
        // What is asked back about depends on the content; how it looks does not.
        turn.reply = { ...turn.reply, kind: "clarify", sources, quick_replies: [{ label: sources[0].title, message: "a" }] };
        await route.fulfill({ response, json: turn });
      });
      await widget.say("?");
      assert.equal(await widget.within(".clarify .card").count(), 1, "what a quick reply offers is no card as well");
      await look("clarify");
      await widget.page.unroute("**/api/v1/chat");
      for (const [kind, words] of Object.entries(sayings)) {
        const answer = await widget.say(words);
        assert.match(await answer.getAttribute("class"), new RegExp(`\\b${kind}\\b`), words);
        await look(kind);
      }
      await widget.within(".card").first().click();
      await widget.within("article").waitFor();
      await look("article");
      await widget.page.keyboard.press("Escape");
      await widget.page.setViewportSize(DESKTOP);
      await look("desktop");
    });
  }
}

test("it fits a small phone, a phone on its side and a desktop, on both sides", async (t) => {
  const widget = await openHost(t, { lang: "en", attributes: { position: "left", accent: "#ffd400" } });
  for (const [name, size] of Object.entries({ NARROW, PHONE, SIDE: { width: 740, height: 360 }, DESKTOP })) {
    await widget.page.setViewportSize(size);
    await picture(widget.page, `widget-launcher-${name.toLowerCase()}`);
    await assertFits(widget.page, name);
    await widget.open();
    if (name === "NARROW") {
      await widget.say("my top-up failed");
    }
    const box = await widget.panel.boundingBox();
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height, name);
    const inside = await widget.within(".scroller").evaluate((e) => e.scrollWidth <= e.clientWidth);
    assert.ok(inside, `${name} scrolls sideways`);
    await assertAccessible(widget.page, `the widget at ${size.width}`);
    await picture(widget.page, `widget-fits-${name.toLowerCase()}`);
    await widget.button("Close").click();
  }
});

test("the demo page works on its own server and is accessible", async (t) => {
  const page = await openPage(t, { viewport: DESKTOP });
  await page.goto(`${await server()}/widget/demo`);
  await page.getByRole("button", { name: "提一个问题" }).click();
  await page.locator("zhida-chat .turn.bot:not(.waiting)").nth(1).waitFor();
  await page.locator("#events li", { hasText: "zhida:reply" }).waitFor();
  await assertAccessible(page, "the demo page");
  await picture(page, "widget-demo");
});
