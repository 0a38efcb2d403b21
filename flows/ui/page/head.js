// The line at the top: sources, accounts, profit, time.

import { byId, el, setText } from "./dom.js";
import { clock, number, signed, tone } from "./format.js";
import { stateWords } from "./risk.js";

// Of what stands on the page: an audit that is later than this shows the past.
const LATE_MS = 5000;

export function drawHead(head, parts) {
  setText(byId("clock"), `${clock(head.now_ms)} UTC`);
  byId("clock").title = head.data_dir;
  const audit = (parts.stages?.rows ?? []).find((row) => row.stage === "audit");
  const pills = head.sources.map((source) => pill(source.name.replace("the ", ""), source.fault ? "away" : "", source.fault));
  if (audit) pills.push(pill("audit", audit.behind_ms > LATE_MS ? "behind" : "", "", `${number(audit.behind, 0)} behind`));
  swap(byId("sources"), pills);
  const accounts = (parts.risk?.accounts ?? []).map((one) =>
    el("span", { class: `state ${one.state.replace(" ", "-")}` }, `${one.account} ${stateWords(one.state)}`),
  );
  swap(byId("accounts"), accounts);
  const totals = parts.positions?.totals ?? [];
  const several = new Set(totals.map((one) => one.account)).size > 1;
  const profits = totals.map((one) =>
    el("span", {}, several ? `${one.account} ` : "", el("b", { class: tone(one.net) }, signed(one.net, 2)), ` ${one.quote}`),
  );
  swap(byId("profit"), profits);
}

/** What is wrong is said in words and shape. */
function pill(name, state, fault, more = "") {
  const text = state ? `✕ ${name} ${more || state}` : `✓ ${name}${more ? ` ${more}` : ""}`;
  return el("li", { class: state, title: fault }, text);
}

function swap(node, children) {
  if (node.innerHTML !== el("div", {}, ...children.map((child) => child.cloneNode(true))).innerHTML) node.replaceChildren(...children);
}
