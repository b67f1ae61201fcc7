// The page's words. Both languages came with the page, so changing language asks nobody.

const data = JSON.parse(document.getElementById("page-data").textContent);
let current = data.lang;

export const setup = data.setup ?? {};

export function lang() {
  return current;
}

/** The text of a key in the page's language; `{n}` and its like are replaced from `values`. */
export function t(key, values = {}) {
  const text = data.texts[current][key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (slot, name) => (name in values ? String(values[name]) : slot));
}

/** Changes the page's language, remembers it for the server (cookie) and rewrites every element that names its text. */
export function setLang(next) {
  current = next;
  document.cookie = `lang=${next}; path=/; max-age=31536000; samesite=lax`;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  document.title = t("title");
  for (const [attribute, target] of [["t", null], ["tLabel", "aria-label"], ["tTitle", "title"], ["tPlaceholder", "placeholder"]]) {
    const selector = `[data-${attribute.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)}]`;
    for (const element of document.querySelectorAll(selector)) {
      const text = t(element.dataset[attribute]);
      if (target) element.setAttribute(target, text);
      else element.textContent = text;
    }
  }
}
