// Why an order was sent: its explanation, over the page.

import { byId, setText } from "./dom.js";
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
  byId("order-page").hidden = true;
  byId("order-page").src = `order/${encodeURIComponent(order.id)}?scheme=${scheme()}`;
  byId("order").showModal();
}
