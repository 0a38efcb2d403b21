"""The risk desk as its inbox, its decisions and its orders tell it: positions, orders, limits, kill switch."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flows.ui.holdings import Holdings, Place
from flows.ui.orders import Orders
from flows.ui.tape import Offsets, Row, Tape, between

INBOX, DECISIONS, ORDERS = "risk.inbox", "risk.decisions", "execution.orders"
# Records of each partition that are read at first; what was before them is summed up by ClickHouse.
WINDOWS = {INBOX: 8_000, DECISIONS: 1_000}
_SIGNALS_KEPT = 600
_DECISIONS_KEPT = 300

_NS = "toUnixTimestamp64Nano"
INBOX_ROWS = f"""
SELECT partition, offset, kind, {_NS}(produced_ns) AS produced_ns, origin_partition, origin_offset, origin_index,
    account, strategy, venue, instrument, interval_ns, {_NS}(event_ns) AS event_ns, {_NS}(receive_ns) AS receive_ns,
    side, quantity, price, reference_price, reason, client_order_id, venue_order_id, status, last_quantity, last_price,
    cumulative_quantity, fee, fee_asset, {_NS}(sent_ns) AS sent_ns, command, operator, log_id, max_order_quantity,
    max_position, max_order_notional, max_gross_notional, max_price_age_ns, stage, rust_percent, rust_keys, python_keys
FROM risk_inbox WHERE {{where}} ORDER BY partition, offset
"""
_DECISION_ROWS = f"""
SELECT partition, offset, {_NS}(produced_ns) AS produced_ns, origin_partition, origin_offset, account, strategy, venue,
    instrument, signal_partition, signal_offset, {_NS}(event_ns) AS event_ns, {_NS}(receive_ns) AS receive_ns, verdict,
    checks, client_order_id, side, quantity, price
FROM risk_decisions WHERE {{where}} AND kind = 'Decision' ORDER BY partition, offset
"""
ORDER_ROWS = f"""
SELECT partition, offset, kind, {_NS}(produced_ns) AS produced_ns, account, strategy, client_order_id, venue,
    instrument, side, order_type, time_in_force, quantity, price, reference_price, {_NS}(event_ns) AS event_ns,
    {_NS}(receive_ns) AS receive_ns, reason
FROM execution_orders WHERE {{where}} ORDER BY partition, offset
"""


@dataclass(slots=True)
class Standing:
    """What an operator said of an account."""

    opened: Row | None = None
    killed: Row | None = None
    """The command that stopped it; None while it may trade."""
    resumed: Row | None = None


@dataclass(slots=True)
class Desk:
    """Each reading adds what is new."""

    holdings: Holdings = field(default_factory=Holdings)
    orders: Orders = field(default_factory=Orders)
    accounts: dict[str, Standing] = field(default_factory=dict)
    limits: dict[Place, Row] = field(default_factory=dict)
    """The newest command that set them."""
    signals: deque[Row] = field(default_factory=lambda: deque(maxlen=_SIGNALS_KEPT))
    decisions: deque[Row] = field(default_factory=lambda: deque(maxlen=_DECISIONS_KEPT))
    stopped: Counter[str] = field(default_factory=Counter)
    """How often each check stopped a signal, since the window began; `accepted` counts those that passed."""
    undecided: dict[tuple[int, int], Row] = field(default_factory=dict)
    """Signals without a decision yet, by their place in the inbox."""

    def read(self, tape: Tape, topic: str, begins: Offsets, ends: Offsets) -> list[dict[str, Any]]:
        """Takes the new rows of one of the desk's topics, and gives them on."""
        sql = {INBOX: INBOX_ROWS, DECISIONS: _DECISION_ROWS, ORDERS: ORDER_ROWS}[topic]
        take = {INBOX: self.take_inbox, DECISIONS: self.take_decisions, ORDERS: self.take_orders}[topic]
        rows = tape.rows(sql.format(where=between(begins, ends)), topic)
        take(rows)
        return rows

    def take_orders(self, rows: Iterable[Row]) -> None:
        """New, Modify and Cancel."""
        for row in rows:
            if row["kind"] == "New":
                self.orders.add(row)
            elif row["kind"] == "Cancel" and row["client_order_id"] in self.orders.by_id:
                self.orders.by_id[row["client_order_id"]].is_cancel_asked = True

    def take_inbox(self, rows: Iterable[Row]) -> None:
        """Signals, marks, reports and commands, in the order of the log."""
        for row in rows:
            match row["kind"]:
                case "Mark":
                    self.holdings.mark(row)
                case "Signal":
                    self.signals.append(row)
                    self.undecided[row["partition"], row["offset"]] = row
                case "ExecutionReport":
                    if self.orders.is_news(row):
                        self.orders.report(row)
                        if row["last_quantity"]:
                            self.holdings.of(row).fill(row)
                case "Control":
                    self.obey(row)

    def take_decisions(self, rows: Iterable[Row]) -> None:
        decided: Offsets = {}
        for row in rows:
            self.decisions.append(row)
            decided[row["origin_partition"]] = row["origin_offset"]
            failed = [check["name"] for check in row["checks"] if not check["passed"]]
            self.stopped.update(failed or ["accepted"])
        # Decisions come in the order of the signals: one decides about all before it.
        self.undecided = {at: row for at, row in self.undecided.items() if at[1] > decided.get(at[0], -1)}

    def obey(self, row: Row) -> None:
        """Takes an operator's command."""
        account = self.accounts.setdefault(row["account"], Standing())
        match row["command"]:
            case "open":
                account.opened = account.opened or row
            case "kill":
                account.killed = row
            case "resume":
                account.killed, account.resumed = None, row
            case "limits":
                self.limits[row["account"], row["venue"], row["instrument"]] = row
                self.holdings.of(row)
