"""Orders and their lives: what was asked, and what the venue said of it."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from decimal import Decimal

from flows.ui.tape import Row

# Orders that are done; those that are open all stay.
_DONE_KEPT = 300
_FILLS_KEPT = 600
_REPORTS_REMEMBERED = 20_000
_OPEN = ("", "accepted", "partially_filled")


@dataclass(slots=True)
class Order:
    """One New, and where it stands."""

    row: Row
    status: str = ""
    """Empty until the first report."""
    filled: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    """Sum of price x quantity of its fills."""
    fees: Decimal = Decimal(0)
    fee_asset: str = ""
    reason: str = ""
    venue_order_id: str | None = None
    sent_ns: int | None = None
    first_report_ns: int | None = None
    last_report_ns: int | None = None
    is_cancel_asked: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in _OPEN

    @property
    def remaining(self) -> Decimal:
        """What may still fill."""
        return max(self.row["quantity"] - self.filled, Decimal(0)) if self.is_open else Decimal(0)

    def report(self, row: Row) -> None:
        """Takes what the venue said."""
        self.status, self.reason = row["status"], row["reason"]
        self.filled = row["cumulative_quantity"]
        self.paid += row["last_quantity"] * (row["last_price"] or 0)
        self.fees += row["fee"]
        self.fee_asset = row["fee_asset"] or self.fee_asset
        self.venue_order_id = row["venue_order_id"] or self.venue_order_id
        self.sent_ns = self.sent_ns or row["sent_ns"]
        self.first_report_ns = self.first_report_ns or row["receive_ns"]
        self.last_report_ns = row["receive_ns"]


@dataclass(slots=True)
class Orders:
    """The open ones and the newest of those that are done, by client id, oldest first."""

    by_id: OrderedDict[str, Order] = field(default_factory=OrderedDict)
    fills: deque[Row] = field(default_factory=lambda: deque(maxlen=_FILLS_KEPT))
    """Reports of fills, oldest first."""
    _numbers: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _early: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, row: Row) -> Order:
        """A New."""
        order = self.by_id[row["client_order_id"]] = Order(row)
        for report in self._early.pop(row["client_order_id"], []):
            order.report(report)
        self._forget()
        return order

    def is_news(self, report: Row) -> bool:
        """Whether a report has not been seen: those of one order are numbered, and one that a router repeats after a
        crash keeps its number."""
        id, number = report["client_order_id"], report["origin_index"]
        if number <= self._numbers.get(id, -1):
            return False
        self.seen(id, number)
        return True

    def seen(self, id: str, number: int) -> None:
        """Notes an order's highest report number."""
        self._numbers[id] = number
        self._numbers.move_to_end(id)
        if len(self._numbers) > _REPORTS_REMEMBERED:
            self._numbers.popitem(last=False)

    def report(self, row: Row) -> None:
        """Takes a new report. The order itself may land later: topics land apart."""
        if row["last_quantity"]:
            self.fills.append(row)
        order = self.by_id.get(row["client_order_id"])
        if order is not None:
            order.report(row)
        else:
            self._early.setdefault(row["client_order_id"], []).append(row)
            if len(self._early) > _DONE_KEPT:
                del self._early[next(iter(self._early))]

    def open(self) -> list[Order]:
        return [order for order in self.by_id.values() if order.is_open]

    def remaining(self, account: str, venue: str, instrument: str, side: str) -> Decimal:
        """What open orders of one side may still fill."""
        place = (account, venue, instrument, side)
        return sum(
            (
                order.remaining
                for order in self.by_id.values()
                if tuple(order.row[name] for name in ("account", "venue", "instrument", "side")) == place
            ),
            Decimal(0),
        )

    def _forget(self) -> None:
        done = [id for id, order in self.by_id.items() if not order.is_open]
        for id in done[: max(0, len(done) - _DONE_KEPT)]:
            del self.by_id[id]
