// Times MiniSearch and node-nlp on the articles and questions of `zhida export`: peers.js ARTICLES QUERIES
"use strict";

const fs = require("node:fs");

const lines = (file) => fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const [articles, queries] = process.argv.slice(2).map(lines);

// Neither cuts Chinese; both get characters and pairs of them, as a site that uses them would give them.
function tokens(text) {
  const out = [];
  for (const run of text.toLowerCase().match(/\p{Script=Han}+|[\p{L}\p{N}]+/gu) ?? []) {
    if (/\p{Script=Han}/u.test(run)) {
      const chars = [...run];
      chars.forEach((c, i) => out.push(c, ...(i + 1 < chars.length ? [c + chars[i + 1]] : [])));
    } else {
      out.push(run);
    }
  }
  return out;
}

async function measure(name, ask) {
  for (const query of queries) await ask(query);
  const times = [];
  for (let round = 0; round < 3; round += 1) {
    for (const query of queries) {
      const start = process.hrtime.bigint();
      await ask(query);
      times.push(Number(process.hrtime.bigint() - start) / 1000);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(0);
  console.log(`| ${name} | ${at(0.5)} | ${at(0.99)} |`);
}

async function main() {
  const { default: MiniSearch } = await import("minisearch");
  const search = new MiniSearch({
    fields: ["title", "questions", "keywords", "markdown"],
    tokenize: tokens,
    searchOptions: { boost: { title: 3, questions: 2 }, fuzzy: 0.2, prefix: true },
  });
  search.addAll(articles.map((a, i) => ({ ...a, id: i, questions: a.questions.join("\n"), keywords: a.keywords.join("\n") })));
  await measure("MiniSearch 7, search", (query) => search.search(query.q).slice(0, 10));

  const { NlpManager } = require("node-nlp");
  const languages = [...new Set(articles.map((a) => a.locale.split("-")[0]))];
  const nlp = new NlpManager({ languages, nlu: { log: false }, autoSave: false, forceNER: false });
  for (const a of articles) {
    for (const question of a.questions) nlp.addDocument(a.locale.split("-")[0], question, a.id);
  }
  const start = Date.now();
  await nlp.train();
  console.error(`node-nlp learnt for ${((Date.now() - start) / 1000).toFixed(1)} s`);
  await measure("node-nlp 4.27, chat", (query) => nlp.process(query.locale.split("-")[0], query.q));
}

main();
