// A line for each instrument, and the choice of the one that is drawn.

import { byId, svg } from "./dom.js";
import { ago, number, percent, tone } from "./format.js";
import { Table } from "./table.js";

const SPARK = { width: 72, height: 18 };

export class Watch {
  /** `choose(venue, instrument)` is called for a row that is clicked. */
  constructor(choose) {
    this.chosen = "";
    this.nowMs = 0;
    this.table = new Table(
      [
        { name: "Instrument", text: (row) => row.instrument, kind: "name" },
        { name: "Last", text: (row) => number(row.last, row.price_digits), kind: "number strong" },
        { name: "Change", text: (row) => percent(row.change), kind: "number", tone: (row) => tone(row.change) },
        { name: "", draw: spark, kind: "spark" },
        { name: "Bid", text: (row) => number(row.bid, row.price_digits), kind: "number", wide: true },
        { name: "Ask", text: (row) => number(row.ask, row.price_digits), kind: "number", wide: true },
        { name: "Spread", text: (row) => `${number(row.spread_bps, 2)} bp`, kind: "number", wide: true },
        { name: "Venue", text: (row) => row.venue, kind: "faint", wide: true },
        { name: "Heard", text: (row) => ago(this.nowMs - row.received_ms), kind: "number faint", wide: true },
        { name: "Gaps", text: (row) => number(row.gaps, 0), kind: "number faint", wide: true },
      ],
      {
        key: (row) => `${row.venue}/${row.instrument}`,
        open: (row) => choose(row.venue, row.instrument),
        label: "Instruments",
        empty: "No instrument has landed yet.",
      },
    );
    byId("watch").append(this.table.node);
  }

  /** `chosen` is `venue/instrument`. */
  update(rows, chosen, nowMs) {
    this.nowMs = nowMs;
    this.table.update(rows);
    for (const [name, line] of this.table.rows) {
      if (name === chosen) line.node.setAttribute("aria-current", "true");
      else line.node.removeAttribute("aria-current");
    }
  }
}

function spark(cell, row) {
  const { width, height } = SPARK;
  const low = Math.min(...row.closes);
  const span = Math.max(...row.closes) - low || 1;
  const x = (index) => (index / Math.max(row.closes.length - 1, 1)) * (width - 2) + 1;
  const points = row.closes.map((close, index) => `${x(index).toFixed(1)},${(height - 2 - ((close - low) / span) * (height - 4)).toFixed(1)}`);
  const line = svg("polyline", { points: points.join(" "), class: "line" });
  cell.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" }, line));
}
