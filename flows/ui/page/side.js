// A side in shape and word; on a phone the word is only for those who hear the page.

import { el } from "./dom.js";

export function drawSide(cell, side) {
  if (cell.dataset.side === side) return;
  cell.dataset.side = side;
  const shape = el("span", { "aria-hidden": "true" }, side === "buy" ? "▲" : "▼");
  cell.replaceChildren(shape, el("span", { class: "word" }, ` ${side}`));
}
