// The page: what the server sends goes to the part that shows it.

import { act } from "./actions.js";
import { Book } from "./book.js";
import { Chart } from "./chart.js";
import { byId } from "./dom.js";
import { clock } from "./format.js";
import { drawHead } from "./head.js";
import * as orderDialog from "./order_dialog.js";
import { Orders } from "./orders.js";
import { Positions } from "./positions.js";
import { Risk } from "./risk.js";
import { Stages } from "./stages.js";
import { Stream } from "./stream.js";
import * as theme from "./theme.js";
import { Trouble } from "./trouble.js";
import { Watch } from "./watch.js";

const parts = {};
const view = readView();
let nowMs = Date.now();
let canAct = false;

theme.start();
orderDialog.start();
const watch = new Watch((venue, instrument) => look({ venue, instrument }));
const chart = new Chart((interval_ns) => look({ interval_ns }));
const book = new Book();
const orders = new Orders((order) => orderDialog.explain(order, canAct ? act : null));
const positions = new Positions();
const risk = new Risk(act, orderDialog.explainRefusal);
const stages = new Stages(act);
const trouble = new Trouble();

const stream = new Stream(
  {
    explaining: orderDialog.progress,
    can: (found) => (canAct = found.actions),
    head(head) {
      nowMs = head.now_ms;
      drawHead(head, parts);
    },
    watch(rows) {
      parts.watch = rows;
      watch.update(rows, chosen(), nowMs);
    },
    chart(data) {
      parts.chart = data;
      chart.update(data);
      watch.update(parts.watch ?? [], chosen(), nowMs);
    },
    book: (data) => book.update(data),
    orders: (rows) => orders.update(rows),
    positions(found) {
      parts.positions = found;
      positions.update(found);
    },
    risk(found) {
      parts.risk = found;
      risk.update(found, canAct);
    },
    stages(found) {
      parts.stages = found;
      stages.update(found, nowMs, canAct);
    },
    trouble: (found) => trouble.update(found),
  },
  showStale,
);
stream.open(view);

/** What is drawn: the server chooses where the address does not. */
function chosen() {
  const { venue, instrument } = view.instrument ? view : (parts.chart ?? view);
  return `${venue}/${instrument}`;
}

/** Another instrument or interval; the address keeps it. */
function look(change) {
  const { venue = "", instrument = "" } = parts.chart ?? {};
  Object.assign(view, view.instrument ? {} : { venue, instrument }, change);
  history.replaceState(null, "", `?${new URLSearchParams(view)}`);
  stream.open(view);
}

function readView() {
  const given = new URLSearchParams(location.search);
  return Object.fromEntries(["venue", "instrument", "interval_ns"].map((name) => [name, given.get(name) ?? ""]));
}

/** The last picture stays, and says of when it is. */
function showStale(line) {
  const shown = byId("stale");
  shown.hidden = !line;
  document.body.classList.toggle("is-stale", Boolean(line));
  if (line && !shown.dataset.since) shown.dataset.since = String(nowMs);
  if (!line) delete shown.dataset.since;
  const text = line ? `Stale since ${clock(Number(shown.dataset.since))} UTC, the picture is as it was then. ${line}` : "";
  if (shown.textContent !== text) shown.textContent = text;
}
