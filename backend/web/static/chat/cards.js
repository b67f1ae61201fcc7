// One card of a reply: title, facts, calls, a way to the map, and where the facts come from.

import { t } from "./strings.js";
import { dialled, phoneLink, withPhones } from "./text.js";

const SAFE_LINK = /^(https:\/\/|geo:|tel:)/i;
// Pictures are maps this server draws; nothing is loaded from elsewhere.
const OUR_PICTURE = /^\/maps\/(?!.*\.\.)[\w:,.\/?&=%-]+$/;
// A longer source is folded away: it is for who wants to check, not for who wants to go.
const SHORT_SOURCE = 24;

/** The numbers a reply offers to call. */
export function offeredNumbers(reply) {
  const urls = (reply.cards ?? []).flatMap((card) => (card.links ?? []).map((link) => link.url ?? ""));
  return new Set(urls.map(dialled).filter(Boolean));
}

/** The calls to emergency services (three digits) a reply offers, as large buttons; each number once. */
export function emergencyCalls(reply) {
  const calls = new Map();
  for (const link of (reply.cards ?? []).flatMap((card) => card.links ?? [])) {
    if (isEmergency(link)) calls.set(dialled(link.url), linkElement(link));
  }
  return [...calls.values()];
}

function isEmergency(link) {
  return dialled(link.url ?? "").length === 3;
}

/** A card without its emergency calls: those stand at the top of the answer. */
export function cardElement(card, offered) {
  const element = document.createElement("article");
  element.className = "card";
  element.append(make("h3", "", card.title));
  if (OUR_PICTURE.test(card.image?.url ?? "")) element.append(pictureElement(card.image));
  for (const line of card.lines ?? []) {
    const paragraph = make("p", "");
    paragraph.append(withPhones(line, offered));
    element.append(paragraph);
  }
  const actions = make("div", "actions");
  for (const link of card.links ?? []) {
    if (SAFE_LINK.test(link.url ?? "") && !isEmergency(link)) actions.append(linkElement(link));
  }
  const map = card.place && mapUrl(card.place);
  const mapped = (card.links ?? []).some((link) => /^(geo:|https:\/\/(uri\.amap|api\.map\.baidu|maps\.apple)\.com)/.test(link.url ?? ""));
  if (map && !mapped) actions.append(linkElement({ title: t("map"), url: map }));
  if (actions.childElementCount) element.append(actions);
  const source = sourceLine(card.source);
  if (source) element.append(source);
  return element;
}

/** A link that opens the place in a map; the datum goes along, for the maps disagree by hundreds of metres. */
export function mapUrl({ name, lat, lon, datum }) {
  if (!Number.isFinite(lat) || !Number.isFinite(lon)) return null;
  const label = encodeURIComponent(name ?? "");
  if (datum === "GCJ-02") return `https://uri.amap.com/marker?position=${lon},${lat}&name=${label}&coordinate=gaode`;
  if (datum === "WGS-84") return `https://uri.amap.com/marker?position=${lon},${lat}&name=${label}&coordinate=wgs84`;
  if (datum === "BD-09") {
    return `https://api.map.baidu.com/marker?location=${lat},${lon}&title=${label}&content=${label}&output=html&coord_type=bd09ll`;
  }
  return null;
}

/** The picture of a card; a tap opens it by itself, where it can be enlarged. What cannot be loaded leaves no gap. */
function pictureElement({ url, alt }) {
  const link = make("a", url.startsWith("/maps/route") ? "picture route" : "picture");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener";
  const image = document.createElement("img");
  image.addEventListener("error", () => link.remove());
  image.loading = "lazy";
  image.alt = alt ?? "";
  image.src = url;
  link.append(image);
  return link;
}

function linkElement({ title, url }) {
  const number = dialled(url);
  if (number) {
    const link = phoneLink(number, title || t("call", { n: number }));
    // Three digits are an emergency number: the largest thing on the screen.
    link.className = number.length === 3 ? "action emergency" : "action";
    return link;
  }
  const link = make("a", "action", title || url);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

/** Where a fact comes from, when it was checked, how far to trust it; null when nothing is known. */
export function sourceLine(source) {
  if (!source) return null;
  if (typeof source === "string") return make("p", "source", t("source", { source }));
  const parts = [];
  const name = source.source ?? "";
  const long = name.length > SHORT_SOURCE;
  if (name) parts.push(long ? t("source-short") : t("source", { source: name }));
  if (source.as_of) parts.push(t("as-of", { date: source.as_of }));
  const known = ["high", "medium", "low"].includes(source.confidence);
  const line = make(long ? "summary" : "p", "source", parts.join(" · "));
  if (known) {
    const badge = make("span", `confidence ${source.confidence}`, t(`confidence-${source.confidence}`));
    line.append(parts.length ? " · " : "", badge);
  }
  if (!long) return line.textContent ? line : null;
  const details = make("details", "source");
  details.append(line, make("p", "", name));
  return details;
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
