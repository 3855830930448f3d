// A host page for the widget: on another site than the server, under a policy that lets nothing pass but what the
// documentation says is needed.

import { createServer } from "node:http";

import { SHOP, atEnd, server } from "./harness.js";

/** The policy that docs/widget.md promises to be enough, and nothing beside it. */
const policy = (zhida) =>
  `default-src 'none'; script-src ${zhida}; connect-src ${zhida}; base-uri 'none'; form-action 'none'; ` +
  "require-trusted-types-for 'script'; trusted-types 'none'";

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);

function page(zhida, { lang, element, attributes }) {
  const written = (prefix) => Object.entries(attributes).map(([name, value]) => ` ${prefix}${name}="${escape(value)}"`).join("");
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shop</title><script src="${zhida}/widget.js" defer${element ? "" : written("data-")}></script></head>
<body><main><h1>Checkout</h1><p><a href="#order">Order</a> <button id="pay">Pay</button></p>
${"<p>Some text of the host page, which is longer than a window.</p>".repeat(40)}</main>
${element ? `<zhida-chat${written("")}></zhida-chat>` : ""}</body></html>`;
}

let started;

/**
 * Starts the host site and returns its address. Any path is a page that takes its options from the query,
 * `?options={"lang":…,"element":…,"attributes":{…},"server":…,"policy":…}`; `policy` is added to the strict one.
 */
export function host() {
  started ??= (async () => {
    const usual = await server();
    const site = createServer((request, response) => {
      const { searchParams } = new URL(request.url, SHOP);
      const options = { lang: "zh-CN", attributes: {}, server: usual, ...JSON.parse(searchParams.get("options") ?? "{}") };
      response.writeHead(200, {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy(options.server) + (options.policy ?? ""),
      });
      response.end(page(options.server, options));
    });
    const port = Number(new URL(SHOP).port);
    await new Promise((resolve, reject) => site.once("error", reject).listen(port, "127.0.0.1", resolve));
    atEnd(() => {
      site.closeAllConnections();
      return new Promise((resolve) => site.close(resolve));
    });
    return SHOP;
  })();
  return started;
}
