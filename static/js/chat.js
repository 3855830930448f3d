// The chat without loading pages: the same forms, sent to the API. Without this file they are sent to the page.
"use strict";

const TIMEOUT_MS = 20000;

const chat = document.querySelector(".chat");
const log = chat.querySelector(".chat-log");
const quick = chat.querySelector(".quick");
const composer = chat.querySelector(".composer");
const field = composer.querySelector("textarea");
const send = composer.querySelector(".send");
const complaint = composer.querySelector(".complaint");
const words = chat.dataset;

let conversation = composer.elements.conversation_id.value;
let busy = false;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = {
    class: "icon",
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.6",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  };
  Object.entries(attributes).forEach(([name, value]) => svg.setAttribute(name, value));
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const CHEVRON = "m9.5 5.5 6.5 6.5-6.5 6.5";
const SHIELD = "M12 3.5 5 6v5.5c0 4.2 2.8 7.4 7 9 4.2-1.6 7-4.8 7-9V6z m-3 8.25 2.25 2.25L15.25 10";
const NOTICE = "M12 4.5 3.5 19.5h17z M12 10v4.25 M12 16.75h.01";
const PERSON = "M8.25 8.25a3.75 3.75 0 1 0 7.5 0 3.75 3.75 0 1 0-7.5 0z M4.75 20c.6-3.9 3.4-6 7.25-6s6.65 2.1 7.25 6";

function turn(who, className) {
  const made = element("div", `turn ${className}`);
  const bubble = element("div", "bubble");
  made.append(element("span", "hidden", who), bubble);
  log.append(made);
  return { made, bubble };
}

function reveal(made) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  made.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function sourceCards(reply) {
  const label = { clarify: words.whichOne, fallback: words.nearMisses }[reply.kind] || words.readMore;
  const box = element("div", "sources");
  const list = element("ul");
  reply.sources.forEach((source) => {
    const item = element("li");
    const link = element("a", "source");
    link.href = source.url;
    link.append(element("span", "", source.title), icon(CHEVRON));
    item.append(link);
    list.append(item);
  });
  box.append(element("p", "sources-label", label), list);
  return box;
}

function offer(replies) {
  quick.querySelector(".quick-label")?.remove();
  quick.querySelector(".quick-row").replaceChildren(
    ...replies.map((reply) => {
      const button = element("button", "pill", reply.label);
      button.type = "submit";
      button.name = "message";
      button.value = reply.message;
      return button;
    }),
  );
}

/** Tells what is wrong right now for everybody, before the first answer that comes with it. */
function tell(notice, lang) {
  if ([...log.querySelectorAll(".told-text")].some((told) => told.textContent === notice.text)) {
    return;
  }
  const { bubble } = turn(words.assistant, `bot told ${notice.severity}`);
  const flag = element("p", "bubble-flag");
  flag.append(icon(NOTICE), { degraded: words.incidentDegraded, outage: words.incidentOutage }[notice.severity] || words.incidentNotice);
  const text = element("p", "told-text", notice.text);
  text.lang = lang;
  bubble.append(flag, text);
  if (notice.url) {
    const line = element("p");
    const link = element("a", "", words.incidentMore);
    link.href = notice.url;
    line.append(link);
    bubble.append(line);
  }
}

function answer(said) {
  const { reply } = said;
  if (said.notice) {
    tell(said.notice, said.locale);
  }
  const { made, bubble } = turn(words.assistant, `bot ${reply.kind}`);
  bubble.lang = said.locale;
  // The server's own markup, made safe there.
  bubble.innerHTML = reply.html;
  const flag = { safety: [SHIELD, words.urgent], handoff: [PERSON, words.handoff] }[reply.kind];
  if (flag) {
    const line = element("p", "bubble-flag");
    line.append(icon(flag[0]), flag[1]);
    bubble.prepend(line);
  }
  if (reply.sources.length > 0) {
    bubble.append(sourceCards(reply));
  }
  log.querySelectorAll(".to-person").forEach((link) => link.remove());
  if (reply.kind === "handoff") {
    const link = element("a", "button to-person", words.contact);
    link.href = `${words.contactUrl}?conversation=${encodeURIComponent(said.conversation_id)}`;
    log.append(link);
  }
  offer(reply.quick_replies);
  return made;
}

function failed(message, text) {
  const { made, bubble } = turn(words.assistant, "bot lost");
  const retry = element("button", "button quiet", words.retry);
  retry.type = "button";
  retry.addEventListener("click", () => {
    made.remove();
    say(message, true);
  });
  bubble.append(element("p", "", text), retry);
}

async function ask(message) {
  const response = await fetch(words.api, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message, conversation_id: conversation || undefined, locale: words.locale }),
    signal: AbortSignal.timeout?.(TIMEOUT_MS),
  });
  if (!response.ok) {
    throw new Error(`answered with ${response.status}`);
  }
  return response.json();
}

async function say(message, again) {
  if (busy) {
    return;
  }
  busy = true;
  send.disabled = true;
  complaint.textContent = "";
  offer([]);
  log.querySelectorAll(".lost").forEach((lost) => lost.remove());
  const mine = again ? log.querySelector(".customer:last-of-type") : turn(words.you, "customer").made;
  if (!again) {
    mine.querySelector(".bubble").textContent = message;
    reveal(mine);
  }
  const waiting = turn(words.assistant, "bot waiting");
  waiting.bubble.textContent = words.waiting;
  try {
    const said = await ask(message);
    conversation = said.conversation_id;
    chat.querySelectorAll("[name=conversation_id]").forEach((input) => {
      input.value = conversation;
    });
    waiting.made.remove();
    answer(said);
    if (mine) {
      // Card numbers, codes and passwords do not stay on the screen.
      mine.querySelector(".bubble").textContent = said.message;
      reveal(mine);
    }
  } catch {
    waiting.made.remove();
    failed(message, navigator.onLine ? words.failed : words.offline);
  } finally {
    busy = false;
    send.disabled = false;
  }
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const message = field.value.trim();
  if (message === "") {
    complaint.textContent = words.empty;
    field.focus();
  } else if (!busy) {
    field.value = "";
    field.dispatchEvent(new Event("input"));
    say(message, false);
  }
});

quick.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter) {
    say(event.submitter.value, false);
    field.focus({ preventScroll: true });
  }
});

field.addEventListener("keydown", (event) => {
  // 229: Safari ends a composition before it reports the Enter that ended it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

field.addEventListener("input", () => {
  complaint.textContent = "";
  if (!CSS.supports("field-sizing", "content")) {
    field.rows = Math.min(5, field.value.split("\n").length);
  }
});
