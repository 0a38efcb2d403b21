// Open orders, and the newest of those that are done.

import { byId, el, setText } from "./dom.js";
import { clock, length, number, tone, words } from "./format.js";
import { drawSide } from "./side.js";
import { Table } from "./table.js";

export class Orders {
  /** `open(order)` is called for a row that is chosen. */
  constructor(open) {
    this.table = new Table(
      [
        { name: "Time", text: (row) => clock(row.at_ms), kind: "faint" },
        { name: "Instrument", text: (row) => row.instrument },
        { name: "Side", draw: (cell, row) => drawSide(cell, row.side), tone: (row) => tone(row.side === "buy" ? 1 : -1) },
        { name: "Quantity", text: (row) => number(row.quantity), kind: "number", wide: true },
        { name: "Price", text: (row) => (row.price ? number(row.price, row.price_digits) : "market"), kind: "number" },
        { name: "Filled", draw: filled, kind: "number" },
        { name: "Average", text: (row) => number(row.average, row.price_digits), kind: "number", wide: true },
        { name: "Status", draw: status },
        { name: "Terms", text: (row) => row.terms, kind: "faint roomy", wide: true },
        { name: "Strategy", text: (row) => row.strategy, kind: "faint cut", wide: true },
        { name: "Fee", text: (row) => (row.fee_asset ? `${number(row.fees)} ${row.fee_asset}` : "–"), kind: "number", wide: true },
        { name: "Tick to sent", text: (row) => length(row.tick_to_sent_ms), kind: "number", wide: true },
        { name: "Id", text: (row) => row.id, kind: "faint id roomy", wide: true },
      ],
      { key: (row) => row.id, open, label: "Orders; Enter explains one", empty: "No order yet." },
    );
    this.table.node.classList.add("tall");
    byId("orders").append(this.table.node);
  }

  update(rows) {
    const open = rows.filter((row) => row.open).length;
    setText(byId("orders-note"), `${open} open, the newest ${rows.length - open} done; choose one to see why`);
    this.table.update(rows);
    for (const line of this.table.rows.values()) line.node.classList.toggle("working", line.data.open);
  }
}

/** The quantity, and its share as a bar below it. */
function filled(cell, row) {
  const share = Number(row.filled) / (Number(row.quantity) || 1);
  if (!cell.firstChild) cell.append(el("span"), el("span", { class: "narrow" }), el("i", { class: "share", "aria-hidden": "true" }));
  setText(cell.firstChild, number(row.filled));
  setText(cell.children[1], `/${number(row.quantity)}`);
  cell.lastChild.style.width = `${Math.min(share, 1) * 100}%`;
}

function status(cell, row) {
  const name = row.cancel && row.open ? "cancel asked" : words(row.status || "sent");
  if (!cell.firstChild) cell.append(el("span"));
  cell.firstChild.className = `status ${row.status || "sent"}`;
  setText(cell.firstChild, name);
  cell.title = row.reason || "";
}
