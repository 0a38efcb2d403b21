"""A log's records, read whole and decoded, with money as exact fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flows.contracts.codec import decode
from flows.contracts.registry import SchemaIds
from flows.stack.settings import Settings
from tests import log_of


@dataclass(frozen=True)
class Entry:
    """A record and where it stands."""

    record: Any
    partition: int
    offset: int
    produced_ns: int | None

    @property
    def kind(self) -> str:
        return type(self.record).__name__


@dataclass(frozen=True)
class Fill:
    """One fill, in money."""

    report: Any
    strategy: str
    quantity: Fraction
    price: Fraction

    @property
    def fee(self) -> Fraction:
        """In the quote currency; one in the base counts at the fill's price."""
        base, quote = self.report.instrument.split("-")[:2]
        asset, fee = self.report.fee_asset, money(self.report.fee, self.report.fee_exponent)
        assert asset in (base, quote), asset
        return fee * self.price if asset == base else fee

    @property
    def key(self) -> tuple[str, str, str]:
        return self.report.account, self.report.venue, self.report.instrument


class Log:
    """A log, read whole."""

    def __init__(self, settings: Settings) -> None:
        ids = SchemaIds.embedded()
        topics = ("market.ticks", "market.bars", "risk.inbox", "risk.decisions", "execution.orders")
        self.entries = {
            topic: [
                Entry(decode(written.value, ids), written.partition, written.offset, written.produced_ns)
                for written in log_of.read(settings, topic)
            ]
            for topic in topics
        }

    def of(self, topic: str, kind: str) -> list[Entry]:
        return [entry for entry in self.entries[topic] if entry.kind == kind]

    @cached_property
    def orders(self) -> dict[str, Entry]:
        return {entry.record.client_order_id: entry for entry in self.of("execution.orders", "New")}

    @cached_property
    def reports(self) -> list[Any]:
        """Each number of an order once, in the log's order."""
        seen: dict[tuple[str, int], Any] = {}
        for entry in self.of("risk.inbox", "ExecutionReport"):
            seen.setdefault((entry.record.client_order_id, entry.record.origin.index), entry.record)
        return list(seen.values())

    @cached_property
    def fills(self) -> list[Fill]:
        return [
            Fill(
                report,
                self.orders[report.client_order_id].record.strategy,
                money(report.last_quantity, report.quantity_exponent),
                money(report.last_price, report.price_exponent),
            )
            for report in self.reports
            if report.last_quantity
        ]

    def mark(self, key: tuple[str, str, str], until_ns: int | None = None) -> Fraction:
        """The last one of an account and instrument, received before `until_ns`."""
        marks = [
            entry.record
            for entry in self.of("risk.inbox", "Mark")
            if (entry.record.account, entry.record.venue, entry.record.instrument) == key
            and (until_ns is None or entry.record.receive_ns < until_ns)
        ]
        newest = max(marks, key=lambda mark: (mark.origin.offset, mark.origin.index))
        return money(newest.price, newest.price_exponent)


def money(count: int, exponent: int) -> Fraction:
    return Fraction(count) * Fraction(10) ** exponent


def grouped(items: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found
