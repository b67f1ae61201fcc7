// The SMS phone: every message with its encoding, length, segments and how far its delivery has come.

import { t } from "../chat/strings.js";
import { Phone, bubble } from "./phone.js";
import { post } from "./provider.js";

export function smsPhone() {
  const phone = new Phone({ name: "sms", contact: "+15551230001", draw });
  const text = document.getElementById("sms-text");
  document.getElementById("sms-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const body = text.value;
    if (!body.trim()) return;
    text.value = "";
    post("/_sms/send", { from: phone.contact, body }).catch((error) => phone.note(t("send-failed", { source: error.message })));
  });
  return phone;
}

function draw(event, shown) {
  switch (event.kind) {
    case "inbound":
      return bubble("mine", event.body, size(event));
    case "message": {
      const item = bubble("theirs", event.body, `${size(event)} · ${t("status-queued")}`);
      shown.set(event.sid, { item, event });
      return item;
    }
    case "status": {
      const known = shown.get(event.sid);
      if (!known) return null;
      const status = `${t(`status-${event.status}`)}${event.code ? ` (${event.code})` : ""}`;
      known.item.querySelector(".meta").textContent = `${size(known.event)} · ${status}`;
      known.item.dataset.status = event.status;
      return null;
    }
    case "carrier":
      return bubble("theirs", event.body, t("carrier"));
    case "refused": {
      const item = bubble("note", t("refused", { n: event.code, source: event.reason }));
      return item;
    }
    default:
      return null;
  }
}

function size({ encoding, units, segments }) {
  const single = encoding === "GSM-7" ? 160 : 70;
  return `${encoding} · ${units}/${single} · ${t("segments", { n: segments })}`;
}
