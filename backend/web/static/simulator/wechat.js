// The WeChat phone: passive replies, customer-service messages and news cards, told apart as WeChat itself never does.

import { setup, t } from "../chat/strings.js";
import { Phone, bubble, make } from "./phone.js";
import { post } from "./provider.js";

const LINK = /<a href="(https?:\/\/[^"]+)">([^<]*)<\/a>/g;
const byId = (id) => document.getElementById(id);

export function wechatPhone() {
  const phone = new Phone({ name: "wechat", contact: "oSimulator0000000000000001", draw });
  const send = (order) =>
    post("/_wechat/send", { openid: phone.contact, wait: false, ...order }).catch((error) =>
      phone.note(t("send-failed", { source: error.message })),
    );
  byId("wechat-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("wechat-text").value;
    if (!text.trim()) return;
    byId("wechat-text").value = "";
    send({ type: "text", text });
  });
  byId("follow").addEventListener("click", () => send({ type: "subscribe" }));
  byId("unfollow").addEventListener("click", () => send({ type: "unsubscribe" }));
  byId("lat").value = setup.lat;
  byId("lon").value = setup.lon;
  byId("place-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const [lat, lon, label] = ["lat", "lon", "label"].map((id) => byId(id).value);
    send({ type: "location", lat: Number(lat), lon: Number(lon), label });
  });
  return phone;
}

function draw(event) {
  switch (event.kind) {
    case "inbound":
      return inbound(event);
    case "passive": {
      const meta = event.attempt > 1 ? t("passive-retry", { n: event.attempt }) : t("passive");
      return bubble("theirs passive", content(event), meta);
    }
    case "customer_service":
      return bubble("theirs", content(event), t("customer-service", { left: event.left }));
    case "out_of_order":
      return make("li", "note", t("out-of-order"));
    case "refused":
      return make("li", "note", t("refused", { n: event.code, source: event.reason }));
    default:
      return null;
  }
}

function inbound({ msg_type: type, body }) {
  if (type === "subscribe") return make("li", "note quiet", t("followed"));
  if (type === "unsubscribe") return make("li", "note quiet", t("unfollowed"));
  return bubble("mine", type.startsWith("location") ? `◎ ${body}` : body);
}

function content(event) {
  if (!event.articles) return linked(event.body);
  const list = document.createDocumentFragment();
  for (const article of event.articles) {
    const safe = /^https?:\/\//.test(article.url);
    const card = safe ? anchor(article.url, "news") : make("div", "news");
    card.append(make("strong", "", article.title), make("span", "", article.description));
    list.append(card);
  }
  return list;
}

/** A text as WeChat shows it: links work, whatever else looks like HTML is text. */
function linked(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const link = anchor(found[1].replaceAll("&amp;", "&"), "");
    link.append(found[2]);
    parts.append(text.slice(end, found.index), link);
    end = found.index + found[0].length;
  }
  parts.append(text.slice(end));
  return parts;
}

function anchor(url, className) {
  const link = make("a", className);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}
