// Replies as they come: server-sent events read with fetch (EventSource cannot send the token in a header), resumed after the cursor.

import { ApiError, authorised, since } from "./api.js";
import { get, set } from "./store.js";

const SILENCE_MS = 40_000;
const MAX_PAUSE_MS = 15_000;

/** Reads events from the text of a stream. Feed it chunks; it calls back with {id, event, data} for each whole event. */
export function parser(onEvent) {
  let rest = "";
  let event = { id: "", event: "message", data: [] };
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (event.data.length) onEvent({ ...event, data: event.data.join("\n") });
        event = { id: event.id, event: "message", data: [] };
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "data") event.data.push(value);
      else if (field === "id" || field === "event") event[field] = value;
    }
  };
}

/** Keeps the stream open for ever. `onReply` gets each reply, `onState(live, failures)` follows the connection. */
export class Stream {
  constructor(onReply, onState) {
    this.onReply = onReply;
    this.onState = onState;
    this.live = false;
    this.failures = 0;
    this.wake = () => {};
    this.abort = null;
  }

  async run() {
    for (;;) {
      try {
        await this.read();
      } catch (error) {
        this.failures += 1;
        // A proxy may hold a stream back but let a plain request through.
        if (error instanceof ApiError ? error.status !== 401 : true) await this.catchUp().catch(() => {});
      }
      this.state(false);
      await this.pause();
    }
  }

  /** Try again now: the network is back, or the page is looked at again. */
  nudge() {
    this.failures = 0;
    this.wake();
  }

  /** Drop the connection and open a new one, for instance because the network has changed under it. */
  restart() {
    this.abort?.abort();
    this.nudge();
  }

  /** Fetches what the stream has not brought. Throws ApiError. */
  async catchUp() {
    const { messages, cursor } = await since(get("cursor"));
    for (const reply of messages) this.onReply(reply);
    if (cursor) set("cursor", cursor);
  }

  async read() {
    const abort = new AbortController();
    this.abort = abort;
    const cursor = get("cursor");
    const query = cursor ? `?after=${encodeURIComponent(cursor)}` : "";
    const answer = await authorised(`/chat/stream${query}`, {
      headers: { Accept: "text/event-stream" },
      signal: abort.signal,
    });
    const feed = parser((event) => this.take(event));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    // The server says something every few seconds; a phone that changed networks hears nothing and gets no error.
    let silence = 0;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    listen();
    this.failures = 0;
    this.state(true);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        listen();
        feed(value);
      }
    } finally {
      clearTimeout(silence);
    }
  }

  take(event) {
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return;
    }
    for (const reply of data.messages ?? [data]) {
      if (reply.id !== undefined && typeof reply.text === "string") this.onReply(reply);
    }
    const cursor = event.id || data.cursor;
    if (cursor) set("cursor", String(cursor));
  }

  state(live) {
    this.live = live;
    this.onState(live, this.failures);
  }

  pause() {
    const limit = Math.min(MAX_PAUSE_MS, 500 * 2 ** this.failures);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limit * (0.5 + Math.random() / 2));
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
