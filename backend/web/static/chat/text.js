// Text to nodes, with telephone numbers as links. Nothing here ever parses HTML.

// Numbers in their usual forms: +86 335 8901890, 0335-8901890, (0335)8901890, 400-123-4567, 139 0335 1234.
const FULL = [
  "\\+\\d{1,3}[ -]?\\d(?:[ -]?\\d){6,12}",
  "[(\uff08]?0\\d{2,3}[)\uff09]?[ -]?\\d{7,8}",
  "[48]00[ -]?\\d{3}[ -]?\\d{4}",
  "1[3-9]\\d[ -]?\\d{4}[ -]?\\d{4}",
].join("|");
// What makes a number in a text something else than a telephone number.
const BEFORE = "(^|[^\\d.,:/\u00a5\uffe5-])";
const AFTER = "(?!\\d|[.,:]\\d|\\s*(?:元|米|公里|千米|分|小时|块|%|m\\b|km\\b|min|yuan|CNY|RMB))";

/** The digits one dials for a `tel:` link, or "" when it is not one. */
export function dialled(url) {
  const match = /^tel:(\+?[\d() .-]{3,20})$/.exec(url);
  return match ? match[1].replace(/[^\d+]/g, "") : "";
}

export function phoneLink(number, label) {
  const link = document.createElement("a");
  link.href = `tel:${number.replace(/[^\d+]/g, "")}`;
  link.className = "phone";
  link.textContent = label ?? number;
  return link;
}

/**
 * A fragment with the text. Full numbers become links; another one (120, 12345) only when the reply itself offers to call it,
 * for "120" may as well be a price or a distance.
 */
export function withPhones(text, offered = new Set()) {
  const known = [...offered].sort((a, b) => b.length - a.length).map((number) => number.replace("+", "\\+"));
  const pattern = new RegExp(`${BEFORE}(${[FULL, ...known].join("|")})${AFTER}`, "g");
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const start = match.index + match[1].length;
    fragment.append(text.slice(from, start), phoneLink(match[2]));
    from = start + match[2].length;
  }
  fragment.append(text.slice(from));
  return fragment;
}
