// The pages' markup, by the standard: a browser forgives a missing tag in its own way, a screen reader in another.

import assert from "node:assert/strict";
import { test } from "node:test";

import { HtmlValidate, StaticConfigLoader } from "html-validate";

import { server } from "./harness.js";

const PATHS = [
  "/zh-CN/",
  "/en/",
  "/zh-CN/categories/errors",
  "/en/articles/errors/customer-retrying",
  "/zh-CN/articles/account/recover-password",
  "/zh-CN/codes",
  "/en/codes/E1101",
  "/zh-CN/contacts",
  "/zh-CN/search?q=%E9%87%8D%E8%AF%95",
  "/en/search?q=zzzz",
  "/zh-CN/chat",
  "/en/nothing",
];

test("every page is valid HTML", async () => {
  const validator = new HtmlValidate(new StaticConfigLoader({ extends: ["html-validate:standard"] }));
  for (const path of PATHS) {
    const html = await (await fetch((await server()) + path)).text();
    const { results } = await validator.validateString(html, path);
    const told = results.flatMap((r) => r.messages).map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
    assert.deepEqual(told, [], path);
  }
});
