// What is held, what it made, and how the profit went.

import { byId, el, svg } from "./dom.js";
import { number, signed, tone } from "./format.js";
import { linear } from "./scale.js";
import { Table } from "./table.js";

const CURVE = { width: 600, height: 88 };

export class Positions {
  constructor() {
    this.totals = el("div", { class: "totals" });
    const amount = (name, field, more = {}) => ({
      name,
      text: (row) => signed(row[field], 2),
      kind: "number",
      tone: (row) => tone(row[field]),
      ...more,
    });
    this.table = new Table(
      [
        { name: "Instrument", text: (row) => row.instrument },
        { name: "Position", text: (row) => signed(row.position), kind: "number", tone: (row) => tone(row.position) },
        { name: "Average", text: (row) => number(row.average, 2), kind: "number roomy", wide: true },
        { name: "Mark", text: (row) => number(row.mark, 2), kind: "number", wide: true },
        amount("Value", "value", { tone: null, wide: true, kind: "number roomy" }),
        amount("Realised", "realised"),
        amount("Unrealised", "unrealised", { wide: true }),
        { name: "Fees", text: (row) => number(row.fees, 2), kind: "number", wide: true },
        amount("Net", "net", { kind: "number strong" }),
        { name: "Fills", text: (row) => number(row.fills, 0), kind: "number faint roomy", wide: true },
        { name: "Account", text: (row) => row.account, kind: "faint roomy", wide: true },
      ],
      {
        key: (row) => [row.account, row.venue, row.instrument].join("/"),
        label: "Positions",
        empty: "No fill yet.",
      },
    );
    byId("positions").append(this.totals, this.table.node);
  }

  update({ rows, totals }) {
    this.table.update(rows);
    this.totals.replaceChildren(...totals.map(total));
  }
}

function total(one) {
  const figures = [
    ["net, after fees", one.net],
    ["realised", one.realised],
    ["unrealised", one.unrealised],
    ["fees", -Number(one.fees)],
  ].map(([name, value], index) =>
    el(
      "div",
      { class: index ? "figure" : "figure first" },
      el("span", { class: "faint" }, `${name}${index ? "" : `, ${one.quote}, account ${one.account}`}`),
      el("b", { class: tone(value) }, signed(value, 2)),
    ),
  );
  return el("div", { class: "total" }, el("div", { class: "figures" }, ...figures), curve(one));
}

/** Net profit since the page's window began, with the line of no profit. */
function curve({ curve: points, quote }) {
  const { width, height } = CURVE;
  if (points.length < 2) return el("p", { class: "empty" }, "The curve begins with the second mark.");
  const values = points.map((point) => point[1]);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const x = linear(points[0][0], points.at(-1)[0], 1, width - 1);
  const y = linear(low, high, height - 4, 4);
  const path = points.map(([ms, value]) => `${x(ms).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const said = `Net profit from ${signed(values[0], 2)} to ${signed(values.at(-1), 2)} ${quote}`;
  return svg(
    "svg",
    { class: "curve", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": said },
    svg("polygon", { class: `area ${tone(values.at(-1))}`, points: `1,${y(0)} ${path} ${width - 1},${y(0)}` }),
    svg("line", { class: "zero", x1: 0, x2: width, y1: y(0), y2: y(0) }),
    svg("polyline", { class: `line ${tone(values.at(-1))}`, points: path }),
  );
}
