// Puts the parts of the chat page together.

import { readLocation } from "./location.js";
import { Outbox } from "./outbox.js";
import * as preferences from "./preferences.js";
import * as store from "./store.js";
import { Stream } from "./stream.js";
import { lang, t } from "./strings.js";
import * as view from "./view.js";

const TYPING_MS = 30_000;
const CATCH_UP_MS = 4_000;

const form = document.getElementById("form");
const question = document.getElementById("question");
const notice = document.getElementById("notice");
const locate = document.getElementById("locate");
let noticeKey = null;
let typingTimer = 0;
let catchUpTimer = 0;
let waiting = false;
let lastLang = lang();

const stream = new Stream(onReply, (live, failures) => {
  if (live && noticeKey === "reconnecting") say(null);
  else if (failures > 1 && navigator.onLine && !noticeKey) say("reconnecting");
});

const outbox = new Outbox({
  onChange: view.show,
  onReplies: (replies) => replies.forEach(onReply),
  onSending: () => typing(true),
  onAccepted,
  onError: (error) => {
    typing(false);
    if (navigator.onLine) say(errorKey(error), error.text);
  },
  isLive: () => stream.live,
});

function onReply(reply) {
  lastLang = reply.lang || lastLang;
  const id = `reply-${reply.id}`;
  if (view.has(id)) return;
  const message = { id, role: "city", at: Date.now(), reply };
  store.saveMessage(message);
  clearTimeout(catchUpTimer);
  typing(false);
  view.show(message);
}

function onAccepted() {
  if (noticeKey?.startsWith("error-")) say(null);
  clearTimeout(catchUpTimer);
  // Should the stream have died unnoticed, a plain request brings the answer.
  if (waiting) catchUpTimer = setTimeout(() => stream.catchUp().catch(() => stream.restart()), CATCH_UP_MS);
}

function typing(on) {
  waiting = on;
  clearTimeout(typingTimer);
  view.showTyping(on);
  if (on) typingTimer = setTimeout(() => view.showTyping(false), TYPING_MS);
}

/** A sentence above the input field: the server's own words where it gave some, else ours. */
function say(key, text = "") {
  noticeKey = key;
  notice.textContent = key ? text || t(key) : "";
  notice.classList.toggle("on", Boolean(key));
}

function errorKey(error) {
  if (error.status === 0) return "error-network";
  if (error.status === 413) return "error-too-long";
  if (error.status === 429 || error.status === 503) return "error-busy";
  return error.passing ? "error-server" : "error-other";
}

function submit() {
  const text = question.value.trim();
  if (!text) return;
  question.value = "";
  fit();
  outbox.add({ text });
}

/** The field grows with what is in it, up to the limit of the style sheet. */
function fit() {
  question.style.height = "auto";
  question.style.height = `${question.scrollHeight}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
  question.focus();
});
question.addEventListener("input", fit);
question.addEventListener("keydown", (event) => {
  // While a Chinese input method is composing, Enter picks a word.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    submit();
  }
});
for (const example of document.querySelectorAll("[data-example]")) {
  example.addEventListener("click", () => outbox.add({ text: example.textContent }));
}
locate.addEventListener("click", async () => {
  locate.disabled = true;
  say("location-busy");
  try {
    const location = await readLocation();
    say(null);
    if (location) outbox.add({ location, lang: lastLang });
  } catch (error) {
    say(error.message === "denied" ? "location-denied" : "location-failed");
  } finally {
    locate.disabled = false;
  }
});
view.listen({
  retry: (id) => outbox.retry(id),
  choice: (choice, replyLang) => outbox.add({ text: choice.title, payload: choice.payload, lang: replyLang }),
});
preferences.start(() => {
  lastLang = lang();
  view.redraw(store.messages());
  if (noticeKey) say(noticeKey);
});
store.onOtherTab(view.show);

function online() {
  say(null);
  stream.restart();
  outbox.failures = 0;
  outbox.flush();
}
addEventListener("online", online);
addEventListener("offline", () => say("offline"));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    // While the page slept, another tab may have taken answers in.
    for (const message of store.messages()) if (!view.has(message.id)) view.show(message);
    stream.nudge();
    outbox.flush();
  }
});

store.prune();
view.redraw(store.messages());
if (!navigator.onLine) say("offline");
stream.run();
outbox.flush();
