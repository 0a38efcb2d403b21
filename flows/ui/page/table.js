// Tables that keep their rows while their numbers change, and that a keyboard walks through.

import { el, setText } from "./dom.js";

/**
 * `columns`: name, text(row), and optionally kind ("number"), tone(row), wide (left out on a phone), draw(cell, row).
 * `key(row)` names a row; `open(row)` makes rows that are clicked, or chosen by arrow keys and Enter.
 */
export class Table {
  constructor(columns, { key, open = null, label, empty = "Nothing yet." }) {
    Object.assign(this, { columns, key, open, empty });
    this.rows = new Map();
    this.body = el("tbody");
    const names = columns.map((column) => el("th", { scope: "col", class: classes(column) }, column.name));
    this.table = el("table", { "aria-label": label }, el("thead", {}, el("tr", {}, ...names)), this.body);
    this.note = el("p", { class: "empty" }, empty);
    this.node = el("div", { class: "scroll" }, this.table, this.note);
    if (open) this.body.addEventListener("keydown", (event) => this.move(event));
  }

  update(rows) {
    const seen = new Set();
    let before = null;
    for (const row of rows) {
      const name = String(this.key(row));
      seen.add(name);
      const line = this.rows.get(name) ?? this.add(name);
      line.data = row;
      this.columns.forEach((column, index) => this.fill(line.cells[index], column, row));
      const place = before ? before.nextSibling : this.body.firstChild;
      if (place !== line.node) this.body.insertBefore(line.node, place);
      before = line.node;
    }
    for (const [name, line] of this.rows) {
      if (seen.has(name)) continue;
      line.node.remove();
      this.rows.delete(name);
    }
    this.note.hidden = rows.length > 0;
    this.table.hidden = rows.length === 0;
    if (this.open) this.giveTabStop();
  }

  add(name) {
    const cells = this.columns.map((column) => el("td", { class: classes(column) }));
    const node = el("tr", this.open ? { tabindex: "-1", class: "open" } : {}, ...cells);
    const line = { node, cells };
    if (this.open) node.addEventListener("click", () => this.open(line.data));
    this.rows.set(name, line);
    return line;
  }

  fill(cell, column, row) {
    if (column.draw) column.draw(cell, row);
    else setText(cell, column.text(row));
    if (column.tone) cell.className = `${classes(column)} ${column.tone(row)}`;
  }

  /** One row of the table is reached by Tab: the one that had the focus, else the first. */
  giveTabStop() {
    const nodes = [...this.body.children];
    if (!nodes.some((node) => node.tabIndex === 0) && nodes.length) nodes[0].tabIndex = 0;
  }

  move(event) {
    const row = event.target.closest("tr");
    const steps = { ArrowDown: row?.nextSibling, ArrowUp: row?.previousSibling };
    steps.Home = this.body.firstChild;
    steps.End = this.body.lastChild;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      [...this.rows.values()].filter((line) => line.node === row).forEach((line) => this.open(line.data));
    } else if (steps[event.key]) {
      event.preventDefault();
      row.tabIndex = -1;
      steps[event.key].tabIndex = 0;
      steps[event.key].focus();
    }
  }
}

const classes = (column) => [column.kind, column.wide ? "wide" : ""].filter(Boolean).join(" ");
