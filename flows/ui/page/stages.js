// Each stage from the venue to ClickHouse: rate, lag, times, engine.

import { byId, el, setText } from "./dom.js";
import { ago, length, moment, number, rate } from "./format.js";
import { Table } from "./table.js";

export class Stages {
  /** `act(action, fields)` is called for a button. */
  constructor(act) {
    this.act = act;
    this.nowMs = 0;
    this.canAct = false;
    this.table = new Table(
      [
        { name: "Stage", text: (row) => row.stage, kind: "strong" },
        { name: "Rate /s", text: (row) => rate(row.rate), kind: "number" },
        { name: "Behind", draw: (cell, row) => this.behind(cell, row), kind: "number" },
        { name: "p50", text: (row) => length(row.p50_ms), kind: "number", wide: true },
        { name: "p99", text: (row) => length(row.p99_ms), kind: "number" },
        { name: "Engine", draw: (cell, row) => this.engine(cell, row), kind: "prose" },
        { name: "Writes", text: (row) => row.writes, kind: "faint roomy", wide: true },
      ],
      { key: (row) => row.stage, label: "Stages" },
    );
    this.fallback = el("button", { type: "button", hidden: true, onclick: () => act("fallback", {}) }, "All stages to Python…");
    const note =
      "Behind: what stands in the log and nothing was made of yet; for bars and after, that includes the bar that is " +
      "still open. p50 and p99: from the receipt of the tick to the writing of what it caused.";
    byId("stages").append(this.table.node, el("p", { class: "note" }, note), this.fallback);
  }

  update({ rows }, nowMs, canAct) {
    this.nowMs = nowMs;
    this.canAct = canAct;
    this.fallback.hidden = !canAct;
    this.table.update(rows);
  }

  behind(cell, row) {
    cell.title = row.behind_of ?? "";
    if (row.stage === "ingestor") setText(cell, row.newest_ms ? `tick ${ago(this.nowMs - row.newest_ms)}` : "–");
    else setText(cell, number(row.behind, 0) + (row.behind && row.behind_ms !== undefined ? ` · ${length(row.behind_ms)}` : ""));
  }

  engine(cell, row) {
    const said = row.engine_by ? `by ${row.engine_by}, ${moment(row.engine_ms)}: ${row.engine_reason}` : "";
    const shown = [row.engine ?? "–", said, row.fallen, this.canAct].join("|");
    if (cell.dataset.shown === shown) return;
    cell.dataset.shown = shown;
    const line = el("div", { class: "engine" }, el("span", {}, row.engine ?? "–"));
    cell.replaceChildren(line);
    if (row.fallen) line.append(el("span", { class: "fallen" }, "! fell back to python"));
    if (this.canAct && row.engine) {
      line.append(el("button", { type: "button", onclick: () => this.act("rollout", { stage: row.stage }) }, "Change…"));
    }
    if (said) cell.append(el("div", { class: "said" }, said));
  }
}
