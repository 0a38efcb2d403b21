// Why an order was sent, or was not: an explanation from the log, over the page.

import { byId, el, setText } from "./dom.js";
import { length, moment, number, words } from "./format.js";
import { scheme } from "./theme.js";

/** Takes up the dialog's buttons. */
export function start() {
  const [dialog, frame] = [byId("order"), byId("order-page")];
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => frame.removeAttribute("src"));
  frame.addEventListener("load", () => {
    frame.hidden = !frame.hasAttribute("src");
    if (!frame.hidden) setText(byId("order-wait"), "");
  });
}

/** An order's explanation: found in the log, and derived again from its beginning. `act(action, fields)`, if the page may
 * act, is called when an open one shall be cancelled. */
export function explain(order, act) {
  const digits = order.price_digits;
  const facts = [
    ["status", words(order.status || "sent") + (order.reason ? ` (${order.reason})` : "")],
    ["price", order.price ? number(order.price, digits) : "market"],
    ["filled", `${number(order.filled)} of ${number(order.quantity)}`],
    ["average", number(order.average, digits)],
    ["tick to sent", length(order.tick_to_sent_ms)],
    ["tick to report", length(order.tick_to_report_ms)],
    ["strategy", order.strategy],
    ["id", order.id],
  ];
  show(`Why ${order.side} ${order.quantity} ${order.instrument}?`, facts, `order/${encodeURIComponent(order.id)}`, {});
  if (act && order.open) offerCancel(() => act("cancel", { account: order.account, order: order.id }));
}

function offerCancel(cancel) {
  const button = byId("order").querySelector("[data-cancel]");
  button.hidden = false;
  button.onclick = () => {
    byId("order").close();
    cancel();
  };
}

/** What stopped a signal, with the others around it. */
export function explainRefusal(signal) {
  const facts = [
    ["refused", moment(signal.at_ms)],
    ["stopped by", signal.checks.map(([name]) => words(name)).join(", ")],
    ["strategy", signal.strategy],
  ];
  const title = `Why not ${signal.side} ${signal.quantity} ${signal.instrument}?`;
  show(title, facts, `why-not/${encodeURIComponent(signal.instrument)}`, { at: signal.signal_at });
}

/** How far the stages are; the text is empty while none runs. */
export function progress(text) {
  if (text && byId("order").open && byId("order-page").hidden) setText(byId("order-wait"), `Running the stages again: ${text}`);
}

/** What the page knows already stands there while the log is read. */
function show(title, facts, path, given) {
  setText(byId("order-title"), title);
  const shown = facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  byId("order-facts").replaceChildren(...shown);
  setText(byId("order-wait"), "Reading the log …");
  byId("order-page").hidden = true;
  byId("order").querySelector("[data-cancel]").hidden = true;
  byId("order-page").src = `${path}?${new URLSearchParams({ ...given, scheme: scheme() })}`;
  byId("order").showModal();
}
