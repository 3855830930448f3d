// What the browser tests stand on: the real program over the shipped content, one Chromium, and fresh contexts in it.
//
// A page that a test opens is watched: an uncaught error, a complaint of the content security policy or any other error
// in the console fails the test, unless the test says that it expects it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const pictures = fileURLToPath(new URL("pictures/", import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const PHONE = { width: 390, height: 844 };
export const NARROW = { width: 320, height: 640 };
export const DESKTOP = { width: 1280, height: 860 };

// What must be undone at the end, last first.
const endings = [];

/** Sees to it that `end` is called when all tests are over. */
export function atEnd(end) {
  endings.push(end);
}

/** Starts the program with some settings on top of the usual ones; returns its address, without a slash at the end. */
export async function startServer(settings = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "zhida-browser-"));
  const child = spawn(process.env.ZHIDA_BIN, ["serve"], {
    cwd: folder,
    env: {
      ZHIDA_CONTENT: path.join(repository, "content"),
      ZHIDA_DATA: path.join(folder, "data"),
      ZHIDA_LISTEN: "127.0.0.1:0",
      ZHIDA_LOG: "warn",
      ...settings,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  endings.push(async () => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const [ready] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    once(child, "exit").then(([code]) => {
      throw new Error(`${process.env.ZHIDA_BIN} ended with ${code} before it was ready`);
    }),
  ]);
  return ready.trim().split(" ").at(-1).replace(/\/$/, "");
}

// Where the host pages are, which is to say: on another site than the server.
const HOST_PORT = 18_473;
export const SHOP = `http://shop.test:${HOST_PORT}`;
let shared;

/** Returns the address of the server that most tests share. Rate limits are off: all tests come from one address. */
export function server() {
  // A server that runs already, such as one under a debugger.
  if (process.env.ZHIDA_URL) {
    return Promise.resolve(process.env.ZHIDA_URL);
  }
  shared ??= startServer({ ZHIDA_RATE_LIMIT: "off", ZHIDA_WIDGET_ORIGINS: SHOP });
  return shared;
}

let launched;

function browser() {
  launched ??= (async () => {
    const started = await chromium.launch({
      executablePath: process.env.CHROMIUM,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Pages on sites of their own, which all lead to this machine.
        "--host-resolver-rules=MAP *.test 127.0.0.1",
      ],
    });
    endings.push(() => started.close());
    return started;
  })();
  return launched;
}

/** Ends everything that was started. */
export async function closeAll() {
  for (const end of endings.reverse()) {
    await end();
  }
}

/**
 * Opens an empty page in a context of its own, and closes it with the test.
 *
 * `options` are Playwright's for a context, and `expected`: patterns of console errors that the test provokes.
 */
export async function openPage(t, { expected = [], ...options } = {}) {
  const context = await (await browser()).newContext({ viewport: PHONE, locale: "zh-CN", ...options });
  context.setDefaultTimeout(5_000);
  const page = await context.newPage();
  const complaints = [];
  const complain = (text) => {
    if (!expected.some((pattern) => pattern.test(text))) {
      complaints.push(text);
    }
  };
  page.on("pageerror", (error) => complain(`uncaught: ${error.stack ?? error}`));
  page.on("console", (message) => {
    if (message.type() === "error") {
      complain(`console: ${message.text()} (${message.location().url})`);
    }
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, [], "the browser complains");
  });
  return page;
}

/** Fails with what axe-core finds on a page as it is now, shadow trees included. */
export async function assertAccessible(page, where, tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]) {
  // Evaluated, not added as a script: the page's content security policy stays as it is.
  await page.evaluate(axeSource);
  const found = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), tags);
  const told = found.violations.map(
    (v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => `${n.target.flat().join(" ")} ${n.failureSummary}`).join("\n    ")}`,
  );
  assert.equal(told.length, 0, `axe-core on ${where}:\n  ${told.join("\n  ")}`);
}

/** Keeps a picture of the page for people to look at, in tests/browser/pictures. */
export async function picture(page, name, options = {}) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`), animations: "disabled", ...options });
}

/** Fails when the page is wider than its window: people would have to scroll sideways. */
export async function assertFits(page, where) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= window, `${where} is ${wide} px wide in a window of ${window}`);
}
