// The console works without this file; with it, opening hours are checked while typing, a broadcast is watched as it goes,
// and no text is left behind by mistake.
"use strict";

const PAUSE_MS = 350;
const PROGRESS_MS = 1500;

function watchHours(panel) {
  const input = document.getElementById(panel.dataset.for);
  if (!input) return;
  let timer = 0;
  let latest = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const number = ++latest;
      const answer = await fetch(`${panel.dataset.week}?text=${encodeURIComponent(input.value)}`, { credentials: "same-origin" });
      // A slow answer must not overwrite that of a later key; a sign-in page is not an answer.
      if (number === latest && answer.ok && !answer.redirected) panel.innerHTML = await answer.text();
    }, PAUSE_MS);
  });
}

function watchForm(form) {
  let unsaved = document.querySelector("[data-unsaved]") !== null;
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
}

function sendOnce(form) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button:not([name])")) setTimeout(() => { button.disabled = true; });
  });
  // Coming back with the browser's "Back" finds the buttons as the page had them.
  window.addEventListener("pageshow", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  });
}

function watchProgress(panel) {
  const over = () => ["done", "cancelled", "draft"].includes(panel.querySelector("[data-state]")?.dataset.state);
  const look = async () => {
    if (over()) return;
    const answer = await fetch(panel.dataset.progress, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.redirected) panel.innerHTML = await answer.text();
    setTimeout(look, PROGRESS_MS);
  };
  setTimeout(look, PROGRESS_MS);
}

document.querySelectorAll("[data-progress]").forEach(watchProgress);
document.querySelectorAll("[data-week]").forEach(watchHours);
document.querySelectorAll("form[data-watch]").forEach(watchForm);
document.querySelectorAll("form[method=post]").forEach(sendOnce);
document.querySelector(".is-invalid")?.focus();
