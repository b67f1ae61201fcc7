// The raw requests below the phones, newest first.

import { t } from "../chat/strings.js";
import { make } from "./phone.js";

const LIMIT = 200;
const rows = document.getElementById("rows");
const empty = document.getElementById("rows-empty");
let events = [];

export function take(event) {
  if (event.kind !== "webhook" && event.kind !== "refused") return;
  events.push(event);
  if (events.length > LIMIT) {
    events.shift();
    rows.lastElementChild?.remove();
  }
  rows.prepend(row(event));
  empty.hidden = true;
}

export function clear() {
  events = [];
  redraw();
}

export function redraw() {
  rows.replaceChildren(...events.map(row).reverse());
  empty.hidden = events.length > 0;
}

function row(event) {
  const details = make("details", "entry");
  const summary = make("summary", "row");
  const good = event.kind === "webhook" && event.status >= 200 && event.status < 300;
  const what = event.kind === "webhook" ? `POST ${path(event.url)}` : t("refused", { n: event.code, source: event.reason });
  const attempt = event.attempt > 1 ? ` · ${t("attempt", { n: event.attempt })}` : "";
  summary.append(
    make("time", "", new Date(event.at).toLocaleTimeString()),
    make("span", `tag ${event.provider}`, event.provider),
    make("span", "contact", event.contact),
    make("span", "what", what + attempt),
    make("span", good ? "good" : "bad", String(event.status ?? event.code)),
    make("span", "ms", String(event.ms ?? "")),
  );
  details.append(summary);
  if (event.kind === "webhook") details.append(block(t("request"), event.request), block(t("response"), event.response));
  return details;
}

function block(title, content) {
  const box = make("div", "raw");
  box.append(make("h3", "", title), make("pre", "", readable(content)));
  return box;
}

function readable(content) {
  if (content && typeof content === "object") return Object.entries(content).map(([key, value]) => `${key}: ${value}`).join("\n");
  return String(content ?? "").replace(/(<xml>|<\/\w+>)(?=<)/g, "$1\n");
}

function path(url) {
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return url;
  }
}
