// The conversation on the screen. Every message has one element, found by its id, so nothing is ever shown twice.

import { cardElement, emergencyCalls, offeredNumbers, sourceLine } from "./cards.js";
import { lang, t } from "./strings.js";
import { withPhones } from "./text.js";

const log = document.getElementById("log");
const scroller = document.getElementById("scroll");
const typing = document.getElementById("typing");
const newer = document.getElementById("newer");
const welcome = document.getElementById("welcome");
const shown = new Map();
const NEAR_BOTTOM = 80;
const TOP_MARGIN = 20;
const MAX_QUESTION = 150;

let onRetry = () => {};
let onChoice = () => {};

export function listen({ retry, choice }) {
  onRetry = retry;
  onChoice = choice;
  newer.addEventListener("click", () => toBottom());
  scroller.addEventListener("scroll", () => { if (atBottom()) newer.hidden = true; }, { passive: true });
}

/** Shows a stored message, or updates it where it is shown already. */
export function show(message) {
  const follow = atBottom() || message.role === "person";
  const known = shown.get(message.id);
  welcome.hidden = true;
  const element = message.role === "person" ? person(message, known) : city(message, known);
  if (!known) {
    place(element, message.at);
    shown.set(message.id, element);
    // The choices belong to the last answer; once something newer is there they are gone.
    for (const old of log.querySelectorAll(".choices")) {
      if (old.parentElement !== log.lastElementChild) old.remove();
    }
  }
  if (follow) reveal(element);
  else if (!known) newer.hidden = false;
}

export function has(id) {
  return shown.has(id);
}

/** Writes everything again, in the order of `messages`, for instance in another language. */
export function redraw(messages) {
  log.setAttribute("aria-live", "off");
  log.replaceChildren();
  shown.clear();
  welcome.hidden = messages.length > 0;
  for (const message of messages) show(message);
  toBottom();
  // What was there already is not read out; what comes from now on is.
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

export function showTyping(on) {
  if (typing.classList.contains("on") === on) return;
  const follow = atBottom();
  typing.classList.toggle("on", on);
  typing.textContent = on ? t("typing") : "";
  if (follow) toBottom();
}

function person(message, known) {
  const item = known ?? document.createElement("li");
  item.className = `person ${message.state}`;
  const bubble = make("div", "bubble");
  bubble.append(make("span", "sr", t("you-said")));
  bubble.append(message.location ? make("span", "pin", t("my-location")) : message.text);
  const state = document.createElement(message.state === "failed" || message.state === "refused" ? "button" : "span");
  state.className = "state";
  if (state.tagName === "BUTTON") {
    state.type = "button";
    state.addEventListener("click", () => onRetry(message.id));
  }
  state.textContent = t(`state-${message.state}`);
  item.replaceChildren(bubble, state);
  return item;
}

function city(message, known) {
  const item = known ?? document.createElement("li");
  item.className = "city";
  const { reply } = message;
  const offered = offeredNumbers(reply);
  const bubble = make("div", "bubble");
  bubble.lang = reply.lang === "zh" ? "zh-CN" : reply.lang || lang();
  bubble.append(make("span", "sr", t("city-said")));
  reply.text.split("\n").forEach((line, index) => {
    const paragraph = make("p", index === 0 && reply.text.includes("\n") ? "headline" : "");
    paragraph.append(withPhones(line, offered));
    bubble.append(paragraph);
  });
  const calls = emergencyCalls(reply);
  if (calls.length) {
    const list = make("div", "actions");
    list.append(...calls);
    bubble.querySelector("p").after(list);
    bubble.classList.add("urgent");
  }
  const parts = [bubble];
  const cards = reply.cards ?? [];
  // With cards each fact names its own source.
  const source = cards.length ? null : sourceLine(reply.source);
  if (source) bubble.append(source);
  if (cards.length) {
    const list = make("div", cards.length > 1 ? "cards many" : "cards");
    list.lang = bubble.lang;
    list.append(...cards.map((card) => cardElement(card, offered)));
    parts.push(list);
  }
  const choices = reply.quick_replies ?? [];
  if (choices.length && !known) {
    const list = make("div", "choices");
    list.lang = bubble.lang;
    list.append(...choices.map((choice) => chip(choice, reply.lang)));
    parts.push(list);
  }
  item.replaceChildren(...parts);
  return item;
}

function chip(choice, replyLang) {
  const button = make("button", "chip", choice.title);
  button.type = "button";
  button.addEventListener("click", () => {
    button.closest(".choices").remove();
    onChoice(choice, replyLang);
  });
  return button;
}

/** In order of time; mostly at the end. */
function place(element, at) {
  element.dataset.at = at;
  let before = null;
  for (let item = log.lastElementChild; item && Number(item.dataset.at) > at; item = item.previousElementSibling) before = item;
  log.insertBefore(element, before);
}

function atBottom() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM;
}

/** Scrolls to the end, but never past the question and the beginning of its answer: one reads from the top. */
function reveal(element) {
  newer.hidden = true;
  const before = element.previousElementSibling;
  const first = before?.classList.contains("person") && before.offsetHeight < MAX_QUESTION ? before : element;
  scroller.scrollTop = Math.min(scroller.scrollHeight, first.offsetTop - TOP_MARGIN);
}

function toBottom() {
  newer.hidden = true;
  scroller.scrollTop = scroller.scrollHeight;
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
