// Price levels with their depth, and the newest trades.

import { byId, el, setText } from "./dom.js";
import { clock, number, tone } from "./format.js";

const LEVELS = 15;
const TRADES = 31;
// So many stay on a phone.
const FEW = 8;

export class Book {
  constructor() {
    this.lines = [];
    this.spread = el("div", { class: "spread" });
    const ladder = el("div", { class: "ladder" });
    for (let index = LEVELS - 1; index >= 0; index -= 1) ladder.append(this.line("ask", index));
    ladder.append(this.spread);
    for (let index = 0; index < LEVELS; index += 1) ladder.append(this.line("bid", index));
    this.note = el("p", { class: "note" }, "Not whole: levels that have not changed for long are missing.");
    byId("book").append(this.note, head("Price", "Quantity", "Sum"), ladder);
    this.trades = el("div", { class: "ladder trades" });
    byId("trades").append(head("Time", "Price", "Quantity"), this.trades);
  }

  line(side, index) {
    const cells = [0, 1, 2].map(() => el("span"));
    const depth = el("i", { "aria-hidden": "true" });
    this.lines.push({ side, index, cells, depth });
    return el("div", { class: `level ${side}${index < FEW ? "" : " deep"}` }, depth, ...cells);
  }

  update(book) {
    const sums = { ask: summed(book.asks), bid: summed(book.bids) };
    const deepest = Math.max(...sums.ask, ...sums.bid, 1e-12);
    const digits = quantityDigits(book);
    for (const { side, index, cells, depth } of this.lines) {
      const level = (side === "ask" ? book.asks : book.bids)[index];
      setText(cells[0], level ? number(level[0], book.price_digits) : "");
      setText(cells[1], level ? number(level[1], digits) : "");
      setText(cells[2], level ? number(sums[side][index], digits) : "");
      depth.style.width = level ? `${((sums[side][index] / deepest) * 100).toFixed(1)}%` : "0";
    }
    this.note.hidden = book.whole || !book.bids.length;
    this.drawSpread(book);
    this.drawTrades(book, digits);
  }

  drawSpread(book) {
    const [ask, bid] = [book.asks[0]?.[0], book.bids[0]?.[0]];
    const spread = ask && bid ? Number(ask) - Number(bid) : null;
    setText(this.spread, spread === null ? "no best bid and ask" : `spread ${number(spread, book.price_digits ?? 2)}`);
  }

  drawTrades(book, digits) {
    const rows = book.trades.slice(0, TRADES).map(([ms, price, quantity, taker], index) => {
      const mark = taker === "buy" ? "▲" : "▼";
      const cells = [clock(ms), `${mark} ${number(price, book.price_digits)}`, number(quantity, digits)];
      const [time, at, size] = cells.map((text) => el("span", {}, text));
      time.className = "faint";
      at.className = tone(taker === "buy" ? 1 : -1);
      at.title = `taker ${taker === "buy" ? "bought" : "sold"}`;
      return el("div", { class: index < 2 * FEW + 1 ? "level" : "level deep" }, time, at, size);
    });
    this.trades.replaceChildren(...rows);
  }
}

const head = (...names) => el("div", { class: "level names" }, ...names.map((name) => el("span", {}, name)));

const summed = (levels) => {
  let sum = 0;
  return levels.slice(0, LEVELS).map((level) => (sum += Number(level[1])));
};

/** A lot size of 0.00001 for a market that trades thousands fills the column with digits that nobody reads. */
function quantityDigits(book) {
  const largest = Math.max(0, ...[...book.asks, ...book.bids].map((level) => Number(level[1])));
  const enough = largest >= 1000 ? 1 : largest >= 10 ? 3 : 5;
  return Math.min(book.quantity_digits ?? enough, enough);
}
