// Language and size of the text, at the top of the page.

import { get, set } from "./store.js";
import { lang, setLang } from "./strings.js";

/** Wires the two buttons; `onLanguage` is called after the words have changed. */
export function start(onLanguage) {
  const larger = document.getElementById("larger");
  const language = document.getElementById("language");
  const size = (on) => {
    document.documentElement.classList.toggle("larger", on);
    larger.setAttribute("aria-pressed", String(on));
  };
  size(get("larger") === "yes");
  larger.addEventListener("click", () => {
    const on = larger.getAttribute("aria-pressed") !== "true";
    set("larger", on ? "yes" : null);
    size(on);
  });
  language.addEventListener("click", () => {
    language.lang = lang() === "zh" ? "zh-CN" : "en";
    setLang(lang() === "zh" ? "en" : "zh");
    onLanguage();
  });
}
