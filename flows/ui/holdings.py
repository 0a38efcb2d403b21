"""What each account holds, made and paid, from its fills and marks, as view `pnl` counts it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from flows.ui.tape import Row

Place = tuple[str, str, str]
"""Account, venue and instrument."""

_CURVE_KEPT = 900
_CURVE_STEP_NS = 1_000_000_000
_NOTHING = Decimal(0)


@dataclass(slots=True)
class Holding:
    """One instrument of one account. Amounts are in its quote currency."""

    bought: Decimal = _NOTHING
    sold: Decimal = _NOTHING
    paid: Decimal = _NOTHING
    received: Decimal = _NOTHING
    fees: Decimal = _NOTHING
    fees_not_valued: int = 0
    """Fills whose fee was in a third currency."""
    fills: int = 0
    mark: Decimal | None = None
    mark_ns: int = 0
    """Venue time of the mark."""

    @property
    def position(self) -> Decimal:
        """Signed."""
        return self.bought - self.sold

    @property
    def average_price(self) -> Decimal | None:
        """Of the side that is open; None without a position."""
        if self.position > 0:
            return self.paid / self.bought
        return self.received / self.sold if self.position < 0 else None

    @property
    def gross(self) -> Decimal:
        """Cash flow of the fills, and the position at the last mark."""
        return self.received - self.paid + self.position * (self.mark or _NOTHING)

    @property
    def realised(self) -> Decimal:
        """Closed quantity x (average sell - average buy)."""
        closed = min(self.bought, self.sold)
        return closed * (self.received / self.sold - self.paid / self.bought) if closed else _NOTHING

    @property
    def unrealised(self) -> Decimal:
        return self.gross - self.realised

    @property
    def net(self) -> Decimal:
        return self.gross - self.fees

    def fill(self, row: Row) -> None:
        """Counts a report of a fill."""
        quantity, price = row["last_quantity"], row["last_price"]
        if row["side"] == "buy":
            self.bought += quantity
            self.paid += quantity * price
        else:
            self.sold += quantity
            self.received += quantity * price
        base, quote = row["instrument"].partition("-")[0], quote_of(row["instrument"])
        if row["fee_asset"] == quote:
            self.fees += row["fee"]
        elif row["fee_asset"] == base:
            self.fees += row["fee"] * price
        elif row["fee"]:
            self.fees_not_valued += 1
        self.fills += 1
        self.mark = self.mark or price


def quote_of(instrument: str) -> str:
    """What an instrument is paid in: USDT of BTC-USDT-PERP."""
    return [*instrument.split("-"), ""][1]


@dataclass(slots=True)
class Holdings:
    """Of all accounts, with the way the profit went since the page's window began."""

    by_place: dict[Place, Holding] = field(default_factory=dict)
    curve: dict[tuple[str, str], deque[tuple[int, Decimal]]] = field(default_factory=dict)
    """By account and quote currency: receive time of a mark, and net profit then; at most one a second."""

    def of(self, row: Row) -> Holding:
        """The holding that a record is about, new if it is the first."""
        return self.by_place.setdefault((row["account"], row["venue"], row["instrument"]), Holding())

    def mark(self, row: Row) -> None:
        """Takes a price to value a position by."""
        holding = self.of(row)
        holding.mark, holding.mark_ns = row["price"], row["event_ns"]
        account, quote = row["account"], quote_of(row["instrument"])
        points = self.curve.setdefault((account, quote), deque(maxlen=_CURVE_KEPT))
        at_ns = row["receive_ns"]
        if not points or at_ns - points[-1][0] >= _CURVE_STEP_NS:
            points.append((at_ns, self.net(account, quote)))

    def net(self, account: str, quote: str) -> Decimal:
        """Profit of an account in one currency, after fees."""
        return sum(
            (one.net for (of, _, name), one in self.by_place.items() if of == account and quote_of(name) == quote),
            _NOTHING,
        )
