// Runs every *.test.js of this folder in one process, so that all of them share one browser and one server.

import { readdirSync } from "node:fs";
import { after } from "node:test";

import { closeAll } from "./harness.js";

after(closeAll);

const only = process.env.ZHIDA_BROWSER_FILES?.split(",");
const files = readdirSync(new URL(".", import.meta.url)).sort();
const wanted = files.filter((file) => file.endsWith(".test.js") && (!only || only.includes(file)));
// As one module, which is loaded whole before any of it runs. Between two files that are imported one after the other,
// the runner would take it that all tests are over where those so far are left out by their names, and close everything.
const lines = wanted.map((file) => `import ${JSON.stringify(new URL(file, import.meta.url).href)};`);
await import(`data:text/javascript,${encodeURIComponent(lines.join(""))}`);
