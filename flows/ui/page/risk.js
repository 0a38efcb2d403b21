// Accounts, limits with what is used of them, and what they stopped.

import { byId, el } from "./dom.js";
import { clock, moment, number, tone, words } from "./format.js";
import { drawSide } from "./side.js";
import { Table } from "./table.js";

const NEAR = 0.8;

export class Risk {
  /** `act(action, fields)` is called for a button; there are none if the page only shows. `open(signal)` is called for
   * a refused signal that is chosen. */
  constructor(act, open) {
    this.act = act;
    this.accounts = el("div", { class: "accounts" });
    this.limits = el("div", { class: "limits scroll" });
    this.stopped = el("p", { class: "stopped" });
    this.refused = new Table(
      [
        { name: "Time", text: (row) => clock(row.at_ms), kind: "faint" },
        { name: "Refused", text: (row) => `${row.instrument} ${number(row.quantity)}` },
        { name: "Side", draw: (cell, row) => drawSide(cell, row.side), tone: (row) => tone(row.side === "buy" ? 1 : -1), wide: true },
        { name: "Why", text: (row) => row.checks.map(why).join("; "), kind: "prose" },
        { name: "Strategy", text: (row) => row.strategy, kind: "faint cut", wide: true },
      ],
      {
        key: (row) => `${row.at_ms}/${row.instrument}/${row.strategy}/${row.side}`,
        open,
        label: "Signals that risk refused; Enter explains one",
        empty: "No signal was refused.",
      },
    );
    this.refused.node.classList.add("short");
    byId("risk").append(this.accounts, this.limits, this.stopped, this.refused.node);
  }

  update({ accounts, limits, stopped, refused, undecided }, canAct) {
    this.drawAccounts(accounts, canAct);
    this.limits.replaceChildren(...(limits.length ? [limitTable(limits)] : []));
    const counts = stopped.map(([name, count]) => `${words(name)} ${number(count, 0)}`);
    if (undecided) counts.push(`undecided ${number(undecided, 0)}`);
    this.stopped.textContent = counts.length ? `Newest decisions: ${counts.join(", ")}` : "No decision yet.";
    this.refused.update(refused);
  }

  /** A line is made anew only when it says something new: a button keeps the focus that it has. */
  drawAccounts(accounts, canAct) {
    const shown = JSON.stringify([accounts, canAct]);
    if (this.accounts.dataset.shown === shown) return;
    this.accounts.dataset.shown = shown;
    this.accounts.replaceChildren(...accounts.map((one) => this.account(one, canAct)));
    if (!accounts.length) this.accounts.append(el("p", { class: "empty" }, "No account was opened: tapeflow control open."));
  }

  account(one, canAct) {
    const killed = one.state === "killed";
    const button = el(
      "button",
      { type: "button", class: killed ? "" : "danger", onclick: () => this.act(killed ? "resume" : "kill", { account: one.account }) },
      killed ? "Resume…" : "Kill…",
    );
    return el(
      "div",
      { class: "account" },
      el("b", {}, one.account),
      el("span", { class: `state ${one.state.replace(" ", "-")}` }, stateWords(one.state)),
      el("span", { class: "faint" }, one.at_ms ? `by ${one.operator}, ${moment(one.at_ms)}${one.reason ? `: ${one.reason}` : ""}` : ""),
      canAct ? button : null,
    );
  }
}

/** With a shape of its own each: colour is not needed to tell them apart. */
export const stateWords = (state) => ({ killed: "■ killed", trading: "● trading" })[state] ?? `○ ${state}`;

function limitTable(limits) {
  const names = limits[0].uses.map((use) => el("th", { scope: "col" }, words(use.name)));
  const rows = limits.map((one) =>
    el("tr", {}, el("th", { scope: "row" }, one.instrument), ...one.uses.map((use) => el("td", { "data-name": words(use.name) }, ...meter(use)))),
  );
  const head = el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Limit"), ...names));
  return el("table", { "aria-label": "Limits and their use" }, head, el("tbody", {}, ...rows));
}

function meter({ measured, limit, share }) {
  const level = share === null ? "" : share > 1 ? "over" : share >= NEAR ? "near" : "";
  const fill = el("i", { class: level });
  fill.style.width = `${Math.min(share ?? 0, 1) * 100}%`;
  const warn = level ? el("span", { class: level }, level === "over" ? "! over" : "! near") : null;
  return [
    el("div", { class: "use" }, el("span", {}, el("b", {}, value(measured)), ` of ${value(limit)}`), warn),
    el("div", { class: "meter", role: "img", "aria-label": share === null ? "nothing measured" : `${Math.round(share * 100)} % used` }, fill),
  ];
}

const value = (found) => (Number.isFinite(Number(found)) && found !== null ? number(found, Math.abs(Number(found)) >= 100 ? 0 : null) : found ?? "–");

const why = ([name, measured, limit]) => `${words(name)}: ${value(measured)} against ${value(limit)}`;
