// The person's messages: stored before they are sent, sent in order, again with the same id until the server has taken them.

import { ApiError, send } from "./api.js";
import { messages, saveMessage } from "./store.js";

const WAIT_SECONDS = 8;
const MAX_PAUSE_MS = 30_000;

/** A random UUID, also where the page came over plain http from another machine and `randomUUID` is missing. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Outbox {
  /** `onChange(message)` after each change of state; `isLive()` tells whether the stream brings the replies. */
  constructor({ onChange, onSending, onReplies, onAccepted, onError, isLive }) {
    Object.assign(this, { onChange, onSending, onReplies, onAccepted, onError, isLive });
    this.failures = 0;
    this.running = false;
    this.timer = 0;
  }

  /** Queues a message; it is safe from this moment on. Returns it. */
  add(body) {
    const message = { id: newId(), role: "person", at: Date.now(), state: "sending", ...body };
    saveMessage(message);
    this.onChange(message);
    this.flush();
    return message;
  }

  /** The person tapped a message that failed. */
  retry(id) {
    const message = messages().find((m) => m.id === id);
    if (message && message.state !== "sent") this.change(message, "sending");
    this.failures = 0;
    this.flush();
  }

  /** Sends what waits, oldest first, one after the other. */
  async flush() {
    clearTimeout(this.timer);
    if (this.running) return;
    this.running = true;
    try {
      for (let message = this.next(); message; message = this.next()) {
        if (!navigator.onLine) {
          this.each("queued");
          return;
        }
        if (!(await this.attempt(message))) return;
      }
    } finally {
      this.running = false;
    }
  }

  next() {
    return messages().find((m) => m.role === "person" && m.state !== "sent" && m.state !== "refused");
  }

  /** One attempt; false when the rest has to wait. */
  async attempt(message) {
    if (message.state !== "sending") this.change(message, "sending");
    this.onSending();
    const { id, text, payload, location, lang } = message;
    const body = { client_message_id: id, text, payload, location, lang };
    try {
      const replies = await send(body, this.isLive() ? 0 : WAIT_SECONDS);
      this.failures = 0;
      this.change(message, "sent");
      this.onAccepted();
      this.onReplies(replies);
      return true;
    } catch (error) {
      const failure = error instanceof ApiError ? error : new ApiError(0);
      if (failure.passing) {
        this.failures += 1;
        this.each(navigator.onLine ? "failed" : "queued");
        // An expired session is opened again at once.
        const atOnce = failure.status === 401 && this.failures === 1;
        const pause = Math.max(failure.retryAfter * 1000, Math.min(MAX_PAUSE_MS, 1000 * 2 ** (this.failures - 1)));
        this.timer = setTimeout(() => this.flush(), atOnce ? 0 : pause);
        if (!atOnce) this.onError(failure);
        return false;
      }
      // The server will never take this one; the others need not wait for it.
      this.change(message, "refused");
      this.onError(failure);
      return true;
    }
  }

  each(state) {
    for (const message of messages()) {
      if (message.role === "person" && message.state !== "sent" && message.state !== "refused" && message.state !== state) {
        this.change(message, state);
      }
    }
  }

  change(message, state) {
    message.state = state;
    saveMessage(message);
    this.onChange(message);
  }
}
