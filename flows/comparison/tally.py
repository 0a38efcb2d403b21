"""What a comparison has found so far. Its memory does not grow with the stretch."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flows.comparison.equity import Equity
from flows.comparison.fields import FieldDifference
from flows.comparison.matching import Kind, Pair
from flows.contracts.records import New, Origin, Signal

SIDES = ("baseline", "candidate")
_BUCKETS = 400
_EXACT = -17
"""Stands for errors below what a double resolves."""


@dataclass
class FieldErrors:
    """All differences of one field."""

    count: int = 0
    max_relative: float | None = None
    max_absolute: float | None = None
    worst: Origin | None = None
    decades: Counter[int] = field(default_factory=Counter)
    """How many relative errors there are by their power of ten."""

    def add(self, difference: FieldDifference, origin: Origin) -> None:
        self.count += 1
        relative, absolute = difference.relative, difference.absolute
        if relative is None or absolute is None:
            return
        self.decades[math.floor(math.log10(relative)) if relative > 10.0**_EXACT else _EXACT] += 1
        self.max_absolute = max(absolute, self.max_absolute or 0.0)
        if self.max_relative is None or relative > self.max_relative:
            self.max_relative, self.worst = relative, origin


@dataclass
class Divergence:
    """A difference, with what is around it."""

    pair: Pair
    time_ns: int
    input: list[dict[str, Any]]
    """Records before, at and behind the one that caused it."""


@dataclass
class Orders:
    """Signals or orders that only one side has, or that are not the same on both."""

    count: int = 0
    notional: Decimal = Decimal(0)
    """In quote currency, at the reference price; of the candidate where both have one."""

    def add(self, order: Signal | New) -> None:
        units = order.quantity * order.reference_price
        self.count += 1
        self.notional += Decimal(units).scaleb(order.quantity_exponent + order.price_exponent)


class Tally:
    def __init__(self) -> None:
        self.input_records = 0
        self.spent_ns = dict.fromkeys(SIDES, 0)
        self.topics: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
        self.errors: defaultdict[str, FieldErrors] = defaultdict(FieldErrors)
        """By `Record.field`."""
        self.orders: defaultdict[str, Orders] = defaultdict(Orders)
        """By `Signal` or `New` and kind of difference."""
        self.equity = {side: Equity() for side in SIDES}
        self.first: Divergence | None = None
        self.over_time = _OverTime()

    @property
    def identical(self) -> bool:
        """Whether no record differs by more than it may."""
        return not any(set(counts) - {Kind.SAME, Kind.NEAR} for counts in self.topics.values())

    @property
    def compared(self) -> int:
        return sum(sum(counts.values()) for counts in self.topics.values())

    def add(self, pair: Pair) -> None:
        """One record, the same or not."""
        self.topics[pair.topic][pair.kind] += 1
        for difference in pair.fields:
            plain = difference.path.partition("[")[0]
            self.errors[f"{type(pair.record).__name__}.{plain}"].add(difference, pair.origin)
        if pair.kind in (Kind.FIELD, Kind.MISSING, Kind.EXTRA):
            order = pair.candidate or pair.baseline
            if isinstance(order, (Signal, New)):
                self.orders[f"{type(order).__name__} {pair.kind.value}"].add(order)

    def traded(self, side: str, record: Any) -> None:
        """Counts what a side would trade."""
        if isinstance(record, (Signal, New)):
            self.equity[side].trade(record)


class _OverTime:
    """How many records differ in each span of time. Spans are doubled when there are too many of them."""

    def __init__(self) -> None:
        self.span_ns = 1_000_000_000
        self.differing: Counter[int] = Counter()
        self.compared: Counter[int] = Counter()

    def add(self, time_ns: int, compared: int, differing: int) -> None:
        self.compared[time_ns // self.span_ns] += compared
        if differing:
            self.differing[time_ns // self.span_ns] += differing
        while len(self.compared) > _BUCKETS:
            self.span_ns *= 2
            self.compared, self.differing = _halved(self.compared), _halved(self.differing)


def _halved(counts: Counter[int]) -> Counter[int]:
    halved: Counter[int] = Counter()
    for span, count in counts.items():
        halved[span // 2] += count
    return halved
