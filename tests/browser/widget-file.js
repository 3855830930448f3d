// Makes static/widget.js of its parts in static/widget: one file, small, in words that browsers of 2019 understand.

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { transformSync } from "esbuild";

const folder = new URL("../../static/", import.meta.url);
const part = (name) => readFileSync(new URL(`widget/${name}`, folder), "utf8");

// In an order in which each may use those before it.
const PARTS = ["memory", "dom", "look", "server", "panel", "host"];

/** Returns the file; the server puts what differs from site to site in the place of `__SITE__`. */
export function buildWidget() {
  const style = transformSync(part("widget.css"), { loader: "css", minify: true, target: ["chrome80", "safari14", "firefox78"] });
  // While it runs at first, the script knows itself; a module or a late copy is found by its name.
  const script = `(() => {
    "use strict";
    const SCRIPT = document.currentScript || document.querySelector('script[src*="/widget.js"]');
    const SERVER = new URL(SCRIPT.src).origin;
    const SITE = __SITE__;
    const STYLE = ${JSON.stringify(style.code.trim())};
    ${PARTS.map((name) => part(`${name}.js`)).join("\n")}
  })();`;
  return transformSync(script, { minify: true, target: "es2019", charset: "utf8" }).code;
}

/** Returns the file as it is in the repository. */
export const committedWidget = () => readFileSync(new URL("widget.js", folder), "utf8");

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(new URL("widget.js", folder), buildWidget());
}
