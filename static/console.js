// The look-up without loading pages: answers while the agent types; Enter looks up, Enter again copies the reply.
// Without this file the form is sent, and replies are copied by hand.
"use strict";

const PAUSE_MS = 250;

const form = document.querySelector(".lookup");
const box = form.elements.text;
const found = document.getElementById("_found");
const said = document.getElementById("_said");

let shown = null;
let under_way = null;
let timer = 0;

function firstCopy() {
  return found.querySelector(".copy");
}

function reveal() {
  found.querySelectorAll(".copy").forEach((button) => {
    button.hidden = false;
  });
}

async function lookUp() {
  clearTimeout(timer);
  const text = box.value.trim();
  if (text === shown) {
    return true;
  }
  if (under_way) {
    under_way.abort();
  }
  const request = new AbortController();
  under_way = request;
  try {
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, text, part: "1" });
    const response = await fetch("/agent", { method: "POST", body, signal: request.signal, redirect: "error" });
    if (!response.ok) {
      throw new Error(String(response.status));
    }
    found.innerHTML = await response.text();
    shown = text;
    reveal();
    return true;
  } catch (cause) {
    if (cause.name !== "AbortError") {
      // The session may have ended: the page knows what to say.
      form.submit();
    }
    return false;
  }
}

async function copy(button) {
  const reply = document.getElementById(button.dataset.reply);
  try {
    await navigator.clipboard.writeText(reply.value);
    said.textContent = form.dataset.copied;
    button.textContent = form.dataset.copied;
  } catch {
    reply.focus();
    reply.select();
    const done = document.execCommand("copy");
    said.textContent = done ? form.dataset.copied : form.dataset.failed;
    if (done) {
      button.textContent = form.dataset.copied;
      button.focus();
    }
  }
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(lookUp, PAUSE_MS);
});

box.addEventListener("keydown", async (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) {
    return;
  }
  event.preventDefault();
  if (await lookUp()) {
    const button = firstCopy();
    if (button) {
      button.focus();
    }
  }
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await lookUp()) {
    const button = firstCopy();
    if (button) {
      button.focus();
    }
  }
});

found.addEventListener("click", (event) => {
  const button = event.target.closest(".copy");
  if (button) {
    copy(button);
  }
});

reveal();
