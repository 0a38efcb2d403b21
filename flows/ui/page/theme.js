// Light or dark: as the system has it, until somebody chooses.

import { byId, el } from "./dom.js";

const KEY = "tapeflow-scheme";
const NEXT = { auto: "light", light: "dark", dark: "auto" };
const NAMES = { auto: ["◐", "Auto"], light: ["○", "Light"], dark: ["●", "Dark"] };

let chosen = "auto";

/** What explanations are told: light, dark, or auto. */
export const scheme = () => chosen;

/** Takes up the last choice, and the button that changes it. */
export function start() {
  use(read());
  byId("theme").addEventListener("click", () => {
    use(NEXT[chosen]);
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // A browser that keeps nothing: the choice holds until the page is closed.
    }
  });
}

function use(name) {
  chosen = name;
  document.documentElement.dataset.scheme = name;
  byId("theme").replaceChildren(NAMES[name][0], el("span", { class: "word" }, ` ${NAMES[name][1]}`));
  byId("theme").setAttribute("aria-label", `Colours: ${name}; change`);
}

function read() {
  try {
    const kept = localStorage.getItem(KEY);
    return kept in NEXT ? kept : "auto";
  } catch {
    return "auto";
  }
}
