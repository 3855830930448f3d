// Making elements. Nothing here or elsewhere in the widget parses markup with the browser's parser or writes a style
// attribute, so that it runs under the strictest policy, trusted types among them.

/**
 * Makes an element: `h("p.note", { lang: "en" }, "Text")`. Of what follows the tag and its classes, plain objects hold
 * attributes and listeners, everything else is a child; what is false or empty is left out.
 */
function h(tag, ...parts) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  if (classes.length) {
    made.className = classes.join(" ");
  }
  parts.filter(Boolean).forEach((part) => {
    if (part.constructor !== Object) {
      made.append(part);
      return;
    }
    Object.entries(part).forEach(([key, value]) => {
      if (typeof value === "function") {
        made.addEventListener(key, value);
      } else if (value !== undefined) {
        made.setAttribute(key, value);
      }
    });
  });
  return made;
}

const DRAWINGS = {
  chat: "M4 5.75h16v10.5h-8.25L7.5 20v-3.75H4zM8 9.5h8M8 12.75h5",
  chevron: "m9.5 5.5 6.5 6.5-6.5 6.5",
  steps: "M9.5 6.5h10M9.5 12h10M9.5 17.5h10M4.75 6.5h.01M4.75 12h.01M4.75 17.5h.01",
  back: "M14.5 5.5 8 12l6.5 6.5",
  close: "m6 6 12 12M18 6 6 18",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  send: "M12 19.5v-15M5.75 10.5 12 4.25l6.25 6.25",
  shield: "M12 3.5 5 6v5.5c0 4.2 2.8 7.4 7 9 4.2-1.6 7-4.8 7-9V6zM9 11.75 11.25 14l4-4",
  notice: "M12 4.5 3.5 19.5h17zM12 10v4.25M12 16.75h.01",
  person: "M8.25 8.25a3.75 3.75 0 1 0 7.5 0 3.75 3.75 0 1 0-7.5 0zM4.75 20c.6-3.9 3.4-6 7.25-6s6.65 2.1 7.25 6",
};

/** Draws an icon, which screen readers pass over: words stand beside it or name its button. */
function icon(name) {
  const make = (tag, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const drawing = make("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" });
  drawing.append(make("path", { d: DRAWINGS[name] }));
  return drawing;
}

const TAGS = new Set(
  "a b blockquote br code dd del div dl dt em h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre s small span strong sub sup table tbody td th thead tr u ul".split(" "),
);
const ATTRIBUTES = new Set("alt aria-label class colspan id lang role rowspan scope start tabindex title".split(" "));
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

function decode(text) {
  return text.replace(/&(?:#(\d+)|([a-z]+));/g, (all, number, name) =>
    number ? String.fromCodePoint(Math.min(number, 0x10ffff)) : ENTITIES[name] || all,
  );
}

/** Returns an address that a link may have, or nothing. */
function address(written) {
  const url = attempt(() => new URL(written, SERVER));
  return url && /^(https?|mailto|tel):$/.test(url.protocol) ? url : null;
}

/**
 * Builds what the server's markup says. The server has made it safe; it is built from known parts all the same, so that
 * nothing in it can run even if something came between. `link` is told of each link.
 */
function markup(html, link) {
  const top = document.createDocumentFragment();
  const open = [top];
  const pattern = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>|[^<]+|</g;
  for (const [piece, closing, tag, attributes] of html.matchAll(pattern)) {
    const inner = open[open.length - 1];
    if (!tag) {
      inner.append(decode(piece));
    } else if (closing) {
      const at = open.map((element) => element.localName).lastIndexOf(tag);
      if (at > 0) {
        open.length = at;
      }
    } else if (TAGS.has(tag)) {
      const made = h(tag);
      for (const [, name, value] of attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)) {
        const text = decode(value || "");
        if (ATTRIBUTES.has(name)) {
          made.setAttribute(name, text);
        } else if (name === "href" && tag === "a") {
          const url = address(text);
          if (url) {
            made.href = url.href;
            link(made, url);
          }
        } else if (name === "src" && tag === "img" && text.startsWith("https://")) {
          made.src = text;
        }
      }
      inner.append(made);
      if (!/^(br|hr|img)$/.test(tag)) {
        open.push(made);
      }
    }
  }
  return top;
}
