// Puts the simulator together.

import { lang, setLang, setup, t } from "../chat/strings.js";
import * as log from "./log.js";
import * as provider from "./provider.js";
import { smsPhone } from "./sms.js";
import { wechatPhone } from "./wechat.js";

const connection = document.getElementById("connection");
const frame = document.querySelector("iframe");
const phones = { twilio: smsPhone(), wechat: wechatPhone() };
const selects = [...document.querySelectorAll("select[data-provider]")];
let connected = null;

function showConnection() {
  if (connected === null) return;
  connection.textContent = connected ? t("connected") : t("disconnected", { name: setup.fakes });
  connection.className = connected ? "good" : "bad";
}

function clear() {
  for (const phone of Object.values(phones)) phone.clear();
  log.clear();
}

async function showFaults() {
  const state = await provider.faults();
  for (const select of selects) select.value = state[select.dataset.provider].mode;
}

for (const select of selects) {
  select.addEventListener("change", () => provider.post("/_control", { provider: select.dataset.provider, mode: select.value }));
}
document.getElementById("clear").addEventListener("click", async () => {
  await provider.post("/_control", { reset: true });
  clear();
  await showFaults();
});
document.getElementById("language").addEventListener("click", () => {
  setLang(lang() === "zh" ? "en" : "zh");
  for (const phone of Object.values(phones)) phone.redraw();
  log.redraw();
  showConnection();
  frame.contentWindow.location.reload();
});

provider.follow({
  onEvent(event) {
    phones[event.provider]?.take(event);
    log.take(event);
  },
  onState(state) {
    if (state && connected !== true) showFaults().catch(() => {});
    connected = state;
    showConnection();
  },
  onReset: clear,
});
