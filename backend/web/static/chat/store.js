// What the page remembers: the session, the place in the stream, and the conversation, one storage key for each message, so that two
// open tabs never overwrite each other's words. Where the browser refuses storage, memory has to do.

const KEEP = 200;
// A frame of the simulator is another person than the same browser's own tab.
const profile = new URLSearchParams(location.search).get("as") ?? "";
const prefix = /^[a-z]+$/.test(profile) ? `concierge.${profile}.` : "concierge.";

const memory = new Map();
const storage = usable() ? localStorage : {
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => memory.set(key, value),
  removeItem: (key) => memory.delete(key),
};

function usable() {
  try {
    localStorage.setItem("concierge.probe", "1");
    localStorage.removeItem("concierge.probe");
    return true;
  } catch {
    return false;
  }
}

function keys() {
  return storage === localStorage ? Object.keys(localStorage) : [...memory.keys()];
}

export function get(name) {
  return storage.getItem(prefix + name);
}

export function set(name, value) {
  if (value === null) storage.removeItem(prefix + name);
  else write(prefix + name, value);
}

/** Stores a message: {id, role: "person" | "city", at, …}. */
export function saveMessage(message) {
  write(`${prefix}message.${message.id}`, JSON.stringify(message));
}

export function messages() {
  const start = `${prefix}message.`;
  const found = [];
  for (const key of keys()) {
    const message = key.startsWith(start) ? parse(storage.getItem(key)) : null;
    if (message) found.push(message);
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Calls back with a message that another tab stored. */
export function onOtherTab(callback) {
  addEventListener("storage", (event) => {
    if (event.key?.startsWith(`${prefix}message.`) && event.newValue) {
      const message = parse(event.newValue);
      if (message) callback(message);
    }
  });
}

/** Forgets the oldest messages beyond what is kept; never one that is not sent yet. */
export function prune() {
  const old = messages().slice(0, -KEEP);
  for (const message of old) {
    if (message.role === "city" || message.state === "sent") storage.removeItem(`${prefix}message.${message.id}`);
  }
}

function write(key, value) {
  try {
    storage.setItem(key, value);
  } catch {
    // Full: old answers can be asked for again, the person's words cannot.
    for (const message of messages().filter((m) => m.role === "city").slice(0, 50)) {
      storage.removeItem(`${prefix}message.${message.id}`);
    }
    try {
      storage.setItem(key, value);
    } catch {
      memory.set(key, value);
    }
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
