// Runs every *.test.js of this folder in one process, so that all of them share one browser and one server.

import { readdirSync } from "node:fs";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

import { closeAll } from "./harness.js";

after(closeAll);

const folder = fileURLToPath(new URL(".", import.meta.url));
const only = process.env.ZHIDA_BROWSER_FILES;
for (const file of readdirSync(folder).sort()) {
  if (file.endsWith(".test.js") && (!only || only.split(",").includes(file))) {
    await import(`./${file}`);
  }
}
