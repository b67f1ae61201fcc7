// What the two provider phones have in common: one person's events on a screen.

import { t } from "../chat/strings.js";

export class Phone {
  /** `draw(event, shown)` makes or changes elements; `shown` maps names to elements of this screen. */
  constructor({ name, contact, draw }) {
    this.screen = document.getElementById(`${name}-screen`);
    this.input = document.getElementById(`${name}-contact`);
    this.draw = draw;
    this.events = [];
    this.shown = new Map();
    this.key = `simulator.${name}`;
    this.input.value = localStorage.getItem(this.key) ?? contact;
    this.input.addEventListener("change", () => {
      localStorage.setItem(this.key, this.contact);
      this.redraw();
    });
    this.redraw();
  }

  get contact() {
    return this.input.value.trim();
  }

  take(event) {
    this.events.push(event);
    if (this.events.length > 1000) this.events.shift();
    if (event.contact === this.contact) this.place(event);
  }

  clear() {
    this.events = [];
    this.redraw();
  }

  redraw() {
    this.shown.clear();
    this.screen.replaceChildren(make("li", "empty", t("empty")));
    for (const event of this.events) if (event.contact === this.contact) this.place(event);
  }

  note(text) {
    this.append(make("li", "note", text));
  }

  place(event) {
    const element = this.draw(event, this.shown);
    if (element) this.append(element);
  }

  append(element) {
    this.screen.querySelector(".empty")?.remove();
    this.screen.append(element);
    this.screen.scrollTop = this.screen.scrollHeight;
  }
}

/** A message bubble: `side` is mine or theirs, `meta` the small line below. */
export function bubble(side, content, meta) {
  const item = make("li", side);
  const body = make("div", "bubble");
  if (typeof content === "string") body.textContent = content;
  else body.append(content);
  item.append(body);
  if (meta) item.append(make("small", "meta", meta));
  return item;
}

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
