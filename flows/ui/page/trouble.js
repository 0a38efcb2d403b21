// What could not be processed, and what shadows found to differ.

import { byId, el } from "./dom.js";
import { clock, moment, number, words } from "./format.js";
import { Table } from "./table.js";

export class Trouble {
  constructor() {
    this.letterNote = el("p", { class: "stopped" });
    this.letters = new Table(
      [
        { name: "Time", text: (row) => clock(row.at_ms), kind: "faint" },
        { name: "Stage", text: (row) => row.stage },
        { name: "Reason", text: (row) => words(row.reason) },
        { name: "From", text: (row) => row.source, kind: "faint", wide: true },
        { name: "Detail", text: (row) => row.detail, kind: "prose" },
      ],
      { key: (row) => `${row.partition}/${row.offset}`, label: "Dead letters", empty: "No dead letter." },
    );
    this.diffNote = el("div", { class: "runs" });
    this.diffs = new Table(
      [
        { name: "Time", text: (row) => clock(row.at_ms), kind: "faint" },
        { name: "Topic", text: (row) => row.compared_topic },
        { name: "Origin", text: (row) => `${row.origin_partition}:${row.origin_offset}.${row.origin_index}`, kind: "faint" },
        { name: "Difference", text: (row) => (row.field ? `${row.difference}: ${row.field}` : row.difference) },
        { name: "Baseline", text: (row) => row.baseline, kind: "cut", wide: true },
        { name: "Candidate", text: (row) => row.candidate, kind: "cut", wide: true },
        { name: "Run", text: (row) => row.run, kind: "faint", wide: true },
      ],
      {
        key: (row) => [row.run, row.compared_topic, row.origin_partition, row.origin_offset, row.origin_index, row.field].join("/"),
        label: "Shadow differences",
        empty: "No shadow found a difference.",
      },
    );
    for (const table of [this.letters, this.diffs]) table.node.classList.add("short");
    const title = (text) => el("h3", {}, text);
    byId("trouble").append(
      el("div", {}, title("Dead letters"), this.letterNote, this.letters.node),
      el("div", {}, title("Shadow differences"), this.diffNote, this.diffs.node),
    );
  }

  update(found) {
    const counts = found.letter_counts.map(([stage, reason, count]) => `${stage} ${words(reason)} ${number(count, 0)}`);
    this.letterNote.textContent = counts.length ? `${number(found.letters_total, 0)} in all: ${counts.join(", ")}` : "";
    this.letters.update(found.letters);
    this.diffNote.replaceChildren(...found.runs.map(run));
    this.diffs.update(found.diffs);
  }
}

function run({ run: name, at_ms: ms, differences }) {
  const counts = differences.map(([topic, difference, field, count]) => `${topic} ${difference}${field ? ` ${field}` : ""} ${number(count, 0)}`);
  return el("p", {}, el("b", {}, `run ${name}`), el("span", { class: "faint" }, `, last ${moment(ms)}: `), counts.join(", "));
}
