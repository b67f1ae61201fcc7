// Where the person is: asked for in words before the first time, read once for each press of the button.

import { get, set } from "./store.js";

const dialog = document.getElementById("consent");

/** The position in WGS-84, as browsers give it; null when the person says no. Throws Error("denied") or Error("failed"). */
export async function readLocation() {
  if (get("location-consent") !== "yes") {
    if (!(await ask())) return null;
    set("location-consent", "yes");
  }
  if (!navigator.geolocation) throw new Error("failed");
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: round(coords.latitude), lon: round(coords.longitude), datum: "WGS-84" }),
      (error) => reject(new Error(error.code === error.PERMISSION_DENIED ? "denied" : "failed")),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}

function ask() {
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function round(degrees) {
  // Five decimals are about a metre: as much as an answer needs.
  return Math.round(degrees * 1e5) / 1e5;
}
