// The chat API. The token travels in a header only: an address ends up in logs and histories.

import { get, set } from "./store.js";
import { lang } from "./strings.js";

const BASE = "/api/v1";
let opening = null;

/** An answer that is not a success. `status` 0 means the network; `text` is what the server says to the person, or empty. */
export class ApiError extends Error {
  constructor(status, text = "", retryAfter = 0) {
    super(`${status} ${text}`);
    this.status = status;
    this.text = text;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 401 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The token, opening a session when there is none. Several callers share one opening. */
export async function token() {
  const known = get("token");
  if (known) return known;
  opening ??= open().finally(() => { opening = null; });
  return opening;
}

async function open() {
  const answer = await call("/sessions", { method: "POST", body: JSON.stringify({ lang: lang() }) });
  const { token: fresh } = await answer.json();
  set("token", fresh);
  // The place in the stream belongs to the old conversation.
  set("cursor", null);
  return fresh;
}

/** fetch with the token. Throws ApiError. An expired session is dropped, the next call opens a new one. */
export async function authorised(path, options = {}) {
  const used = await token();
  const headers = { ...options.headers, Authorization: `Bearer ${used}` };
  try {
    return await call(path, { ...options, headers });
  } catch (error) {
    if (error.status === 401 && get("token") === used) set("token", null);
    throw error;
  }
}

/** Sends one message and waits up to `wait` seconds for the replies: [] where they will come by the stream. */
export async function send(body, wait) {
  const answer = await authorised("/chat/messages", {
    method: "POST",
    headers: wait ? { Prefer: `wait=${wait}` } : {},
    body: JSON.stringify(body),
    signal: AbortSignal.timeout((wait + 15) * 1000),
  });
  return (await answer.json()).replies ?? [];
}

/** Replies after the cursor: {messages, cursor}. */
export async function since(cursor) {
  const query = cursor ? `?after=${encodeURIComponent(cursor)}` : "";
  const answer = await authorised(`/chat/messages${query}`, { signal: AbortSignal.timeout(15_000) });
  return answer.json();
}

async function call(path, options) {
  const headers = { Accept: "application/json", "Accept-Language": lang(), ...options.headers };
  if (options.body) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(BASE + path, { ...options, headers, cache: "no-store", credentials: "omit" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0);
  }
  if (answer.ok) return answer;
  throw new ApiError(answer.status, await errorText(answer), Number(answer.headers.get("Retry-After")) || 0);
}

async function errorText(answer) {
  try {
    const body = await answer.json();
    const text = body.message ?? body.error?.message ?? body.detail ?? "";
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}
