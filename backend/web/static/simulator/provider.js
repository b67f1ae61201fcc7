// The fake providers: what they tell (server-sent events) and what the phones ask of them.

import { setup } from "../chat/strings.js";

/** Follows the feed. `onEvent(event)`, `onState(connected)`, `onReset()` when the providers have started anew. */
export function follow({ onEvent, onState, onReset }) {
  const source = new EventSource(`${setup.fakes}/_feed/stream?since=0`);
  let last = 0;
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.seq <= last) onReset();
    last = event.seq;
    onEvent(event);
  };
}

/** Posts JSON; throws an Error with the provider's reason. */
export async function post(path, body) {
  const answer = await fetch(setup.fakes + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error ?? String(answer.status));
  return result;
}

export async function faults() {
  return (await fetch(`${setup.fakes}/_control`)).json();
}
