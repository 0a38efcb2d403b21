// Why an order was sent: its explanation, over the page.

import { byId, el, setText } from "./dom.js";
import { length, number, words } from "./format.js";
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

/** Shows the order's explanation: found in the log, and derived again from its beginning. */
export function open(order) {
  setText(byId("order-title"), `Why ${order.side} ${order.quantity} ${order.instrument}?`);
  setText(byId("order-wait"), `${order.id}: reading the log, and running the stages over it again …`);
  byId("order-facts").replaceChildren(
    ...facts(order).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
  byId("order-page").hidden = true;
  byId("order-page").src = `order/${encodeURIComponent(order.id)}?scheme=${scheme()}`;
  byId("order").showModal();
}

/** How far the stages are; the text is empty while none runs. */
export function progress(text) {
  if (text && byId("order").open && byId("order-page").hidden) setText(byId("order-wait"), `Running the stages again: ${text}`);
}

/** What the page knows already: shown while the log is read. */
function facts(order) {
  const digits = order.price_digits;
  return [
    ["status", words(order.status || "sent") + (order.reason ? ` (${order.reason})` : "")],
    ["price", order.price ? number(order.price, digits) : "market"],
    ["filled", `${number(order.filled)} of ${number(order.quantity)}`],
    ["average", number(order.average, digits)],
    ["tick to sent", length(order.tick_to_sent_ms)],
    ["tick to report", length(order.tick_to_report_ms)],
    ["strategy", order.strategy],
    ["id", order.id],
  ];
}
