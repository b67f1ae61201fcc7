// Reads a booking's code with the camera, where the browser can; typing always works.
"use strict";

const LOOK_EVERY_MS = 200;
const form = document.querySelector("[data-scan]");
const button = form.querySelector("[data-camera]");
const view = form.querySelector("[data-view]");

function codeIn(text) {
  try {
    return new URL(text).searchParams.get("code") || "";
  } catch {
    return text; // a code alone
  }
}

async function scan() {
  button.disabled = true;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    button.hidden = true; // not allowed, or none there
    return;
  }
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  view.srcObject = stream;
  view.hidden = false;
  await view.play();
  const timer = setInterval(async () => {
    const [found] = await detector.detect(view).catch(() => []);
    const code = found && codeIn(found.rawValue);
    if (!code) return;
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    form.elements.code.value = code;
    form.requestSubmit();
  }, LOOK_EVERY_MS);
}

if ("BarcodeDetector" in window && navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener("click", scan);
}
