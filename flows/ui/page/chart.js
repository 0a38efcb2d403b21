// Bars with what was signalled, ordered and filled on them. Shapes say buy and sell; colour only helps.

import { byId, el, setText, svg } from "./dom.js";
import { clock, interval, number, tone } from "./format.js";
import { linear, ticks, timeTicks } from "./scale.js";

const RIGHT = 74;
const BOTTOM = 20;
const TOP = 10;
const VOLUME_SHARE = 0.16;
const LEGEND = [
  ["candle up", "close above open"],
  ["candle down", "close below open"],
  ["average fast", "EMA fast"],
  ["average slow", "EMA slow"],
  ["signal buy", "signal"],
  ["fill buy", "bought"],
  ["fill sell", "sold"],
];

export class Chart {
  /** `choose(interval_ns)` is called for another length of the bars. */
  constructor(choose) {
    this.choose = choose;
    this.data = { bars: [] };
    this.at = null;
    this.picture = svg("svg", { role: "img", tabindex: "0" });
    byId("plot").append(this.picture);
    byId("legend").append(...LEGEND.map(([kind, name]) => el("li", {}, sample(kind), name)));
    new ResizeObserver(() => this.draw()).observe(byId("plot"));
    this.picture.addEventListener("pointermove", (event) => this.point(event));
    this.picture.addEventListener("pointerleave", () => this.mark(null));
    this.picture.addEventListener("blur", () => this.mark(null));
    this.picture.addEventListener("keydown", (event) => this.step(event));
  }

  update(data) {
    this.data = data;
    const { venue, instrument, bars } = data;
    setText(byId("chart-title"), instrument || "Bars");
    this.drawIntervals();
    const last = bars.at(-1);
    const said = last ? `last close ${number(last[4], data.price_digits)}` : "no bars yet";
    this.picture.setAttribute(
      "aria-label",
      `${bars.length} bars of ${instrument} at ${venue}, ${said}, ${data.signals?.length ?? 0} signals, ` +
        `${data.fills?.length ?? 0} fills. Left and right arrows read single bars.`,
    );
    this.draw();
  }

  drawIntervals() {
    const { intervals_ns: lengths = [], interval_ns: chosen } = this.data;
    const group = byId("intervals");
    if (group.dataset.shown !== lengths.join()) {
      group.dataset.shown = lengths.join();
      group.replaceChildren(
        ...lengths.map((ns) => el("button", { type: "button", "data-ns": ns, onclick: () => this.choose(ns) }, interval(ns))),
      );
    }
    for (const button of group.children) button.setAttribute("aria-pressed", String(Number(button.dataset.ns) === chosen));
  }

  draw() {
    const width = byId("plot").clientWidth;
    const height = byId("plot").clientHeight;
    const { interval_ns: ns = 0 } = this.data;
    const shown = Math.max(20, Math.floor((width - RIGHT) / 8));
    const bars = this.data.bars.slice(-shown).map(([ms, ...values]) => [ms, ...values.map(Number)]);
    this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    if (!bars.length || width < 50) return this.picture.replaceChildren();
    const step = ns / 1e6;
    const begin = bars[0][0];
    const end = bars.at(-1)[0] + step;
    const averages = (this.data.averages ?? []).filter(([ms]) => ms > begin && ms <= end + step);
    const fills = (this.data.fills ?? []).filter(([ms]) => ms >= begin && ms <= end + step);
    const prices = [
      ...bars.flatMap((bar) => [bar[2], bar[3]]),
      ...averages.flatMap((one) => [one[1], one[2]]).filter((value) => value !== null),
      ...fills.map((fill) => Number(fill[2])),
      this.last(bars),
    ];
    const margin = (Math.max(...prices) - Math.min(...prices)) * 0.07 || Math.abs(prices[0]) * 1e-4;
    const [low, high] = [Math.min(...prices) - margin, Math.max(...prices) + margin];
    const floor = height - BOTTOM;
    this.frame = { bars, begin, end, step, low, high, width, height, floor };
    this.x = linear(begin, end, 4, width - RIGHT);
    this.y = linear(low, high, floor - (floor - TOP) * VOLUME_SHARE, TOP);
    this.picture.replaceChildren(
      ...this.axes(),
      ...this.candles(),
      this.average(averages, 1, "fast"),
      this.average(averages, 2, "slow"),
      ...this.working(),
      ...this.signals(),
      ...this.fills(fills),
      ...this.lastPrice(),
      (this.cursor = svg("g", { class: "cursor" })),
    );
    this.drawCursor();
  }

  axes() {
    const { low, high, begin, end, width, height, floor } = this.frame;
    const right = width - RIGHT;
    const digits = this.data.price_digits;
    const last = this.y(this.last(this.frame.bars));
    const prices = ticks(low, high, Math.max(2, height / 55)).flatMap((price) => [
      svg("line", { class: "grid", x1: 0, x2: right, y1: this.y(price), y2: this.y(price) }),
      // The last price's tag covers what is beside it.
      svg("text", { x: right + 8, y: this.y(price) + 4 }, Math.abs(this.y(price) - last) < 15 ? "" : number(price, digits)),
    ]);
    const moments = timeTicks(begin, end, Math.max(2, width / 110)).flatMap((ms) => [
      svg("line", { class: "grid", x1: this.x(ms), x2: this.x(ms), y1: TOP, y2: floor }),
      svg("text", { x: this.x(ms), y: height - 5, "text-anchor": "middle" }, clock(ms)),
    ]);
    return [...prices, ...moments];
  }

  candles() {
    const { bars, step, floor } = this.frame;
    const wide = Math.max(1, Math.min(14, (this.x(step) - this.x(0)) * 0.66));
    const volume = linear(0, Math.max(...bars.map((bar) => bar[5])), 0, (floor - TOP) * VOLUME_SHARE);
    return bars.flatMap(([ms, open, high, low, close, traded]) => {
      const middle = this.x(ms + step / 2);
      const kind = close >= open ? "up" : "down";
      const top = this.y(Math.max(open, close));
      const body = { class: `body ${kind}`, x: middle - wide / 2, width: wide, y: top };
      return [
        svg("rect", { class: "volume", x: middle - wide / 2, width: wide, y: floor - volume(traded), height: volume(traded) }),
        svg("line", { class: `wick ${kind}`, x1: middle, x2: middle, y1: this.y(high), y2: top }),
        svg("line", { class: `wick ${kind}`, x1: middle, x2: middle, y1: this.y(Math.min(open, close)), y2: this.y(low) }),
        svg("rect", { ...body, height: Math.max(1, this.y(Math.min(open, close)) - top) }),
      ];
    });
  }

  average(rows, column, kind) {
    const points = rows
      .filter((row) => row[column] !== null)
      .map((row) => `${this.x(row[0] - this.frame.step / 2).toFixed(1)},${this.y(row[column]).toFixed(1)}`);
    return svg("polyline", { class: `average ${kind}`, points: points.join(" ") });
  }

  /** Hollow, below or above the bar that it came from. */
  signals() {
    const { bars, step } = this.frame;
    const byOpen = new Map(bars.map((bar) => [bar[0], bar]));
    return (this.data.signals ?? []).flatMap(([ms, side, price, strategy, reason]) => {
      const bar = byOpen.get(Math.floor((ms - 1) / step) * step);
      if (!bar) return [];
      const y = side === "buy" ? this.y(bar[3]) + 11 : this.y(bar[2]) - 11;
      const title = `${strategy}: ${side} at ${price}, ${reason}`;
      return [triangle(this.x(bar[0] + step / 2), y, side, 4, `signal ${side}`, title)];
    });
  }

  /** Full, where it traded. */
  fills(fills) {
    return fills.map(([ms, side, price, quantity, id]) =>
      triangle(this.x(ms), this.y(Number(price)), side, 5.5, `fill ${side}`, `${id}: ${side} ${quantity} at ${price}`),
    );
  }

  working() {
    const right = this.frame.width - RIGHT;
    return (this.data.working ?? []).flatMap(([side, price, left]) => {
      const y = this.y(Number(price));
      if (y < TOP || y > this.frame.floor) return [];
      const label = `${side} ${left}`;
      return [
        svg("line", { class: `working ${side}`, x1: 0, x2: right, y1: y, y2: y }),
        svg("text", { class: "working", x: right - 6, y: y - 4, "text-anchor": "end" }, label),
      ];
    });
  }

  /** Of the newest trade: the bar that it belongs to is still open. */
  last(bars) {
    return Number(this.data.last ?? bars.at(-1)[4]);
  }

  lastPrice() {
    const { bars, width } = this.frame;
    const last = this.last(bars);
    const y = this.y(last);
    const kind = last >= bars.at(-1)[4] ? "up" : "down";
    return [
      svg("line", { class: `last ${kind}`, x1: 0, x2: width - RIGHT, y1: y, y2: y }),
      svg("rect", { class: `tag ${kind}`, x: width - RIGHT + 2, y: y - 9, width: RIGHT - 4, height: 18, rx: 3 }),
      svg("text", { class: "tag", x: width - RIGHT + 8, y: y + 4 }, number(last, this.data.price_digits)),
    ];
  }

  point(event) {
    if (!this.frame) return;
    const { begin, step } = this.frame;
    const box = this.picture.getBoundingClientRect();
    const ms = linear(4, this.frame.width - RIGHT, begin, this.frame.end)(event.clientX - box.left);
    this.mark(Math.floor(ms / step) * step);
  }

  step(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1 };
    if (!(event.key in moves) || !this.frame) return;
    event.preventDefault();
    const opens = this.frame.bars.map((bar) => bar[0]);
    const now = opens.includes(this.at) ? opens.indexOf(this.at) : opens.length;
    this.mark(opens[Math.max(0, Math.min(opens.length - 1, now + moves[event.key]))]);
  }

  mark(ms) {
    this.at = ms;
    this.drawCursor();
  }

  drawCursor() {
    if (!this.frame) return;
    const bar = this.frame.bars.find((one) => one[0] === this.at);
    const [ms, open, high, low, close, traded] = bar ?? this.frame.bars.at(-1);
    const digits = this.data.price_digits;
    const values = [["O", open], ["H", high], ["L", low], ["C", close]].map(
      ([name, value]) => el("span", { class: tone(close - open) }, el("b", {}, name), number(value, digits)),
    );
    const size = el("span", {}, el("b", {}, "V"), number(traded, traded < 100 ? 3 : 0));
    byId("readout").replaceChildren(el("span", { class: "faint" }, clock(ms)), ...values, size);
    const x = this.x(ms + this.frame.step / 2);
    this.cursor.replaceChildren(...(bar ? [svg("line", { x1: x, x2: x, y1: TOP, y2: this.frame.floor })] : []));
  }
}

function triangle(x, y, side, size, kind, title) {
  const up = side === "buy" ? 1 : -1;
  const points = [[x - size, y + size * up], [x + size, y + size * up], [x, y - size * up]];
  return svg("polygon", { class: kind, points: points.map((one) => one.map((value) => value.toFixed(1)).join()).join(" ") }, svg("title", {}, title));
}

function sample(kind) {
  const [what, how] = kind.split(" ");
  const drawn = {
    candle: () => [
      svg("line", { class: `wick ${how}`, x1: 8, x2: 8, y1: 1, y2: 13 }),
      svg("rect", { class: `body ${how}`, x: 5, y: 3, width: 6, height: 8 }),
    ],
    average: () => [svg("line", { class: kind, x1: 0, x2: 16, y1: 7, y2: 7 })],
    signal: () => [triangle(8, 7, how, 4, kind, "")],
    fill: () => [triangle(8, 7, how, 5, kind, "")],
  };
  return svg("svg", { viewBox: "0 0 16 14", width: 16, height: 14, "aria-hidden": "true" }, ...drawn[what]());
}
