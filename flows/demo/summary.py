"""What came of a demo: counts, PnL, latency, and whether log and ClickHouse are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from flows.connectors import clickhouse
from flows.contracts import topics
from flows.demo.screen import Screen
from flows.stack.settings import Settings
from flows.verify import Report, verify

_AUDIT_WAIT_S = 120.0
_ORDERS = """
SELECT status, count(), toString(sum(filled_quantity * ifNull(average_price, 0)))
FROM orders WHERE topic = {topic:String} GROUP BY status ORDER BY status
"""
_PNL = """
SELECT instrument, fills, toString(position), toString(gross_pnl), toString(fees), toString(net_pnl), quote
FROM pnl WHERE topic = {topic:String} ORDER BY instrument
"""
_LATENCY = "SELECT name, orders, p50_ms, p95_ms, p99_ms FROM latency WHERE topic = {topic:String} ORDER BY hop"
_LETTERS = """
SELECT stage, reason, count() FROM ops_dead_letters WHERE topic = {topic:String}
GROUP BY stage, reason ORDER BY stage, reason
"""
_ENDED = ("filled", "cancelled", "expired", "rejected")


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen while the market ran."""

    sent_messages: int
    """What the exchange wrote to its clients."""
    complete: bool
    """The market was played to its end."""
    resident_bytes: int
    """The most that our processes and ClickHouse had resident together, the broker aside."""
    restarts: Mapping[str, int]
    """How often each process was started again, of those that died."""


@dataclass(frozen=True, slots=True)
class Result:
    """All that the summary says."""

    kinds: list[tuple[str, str, int]]
    """Topic, kind of record, rows in ClickHouse."""
    letters: list[tuple[str, str, int]]
    orders: list[tuple[str, int, str]]
    pnl: list[tuple[Any, ...]]
    latency: list[tuple[str, int, float, float, float]]
    watched: Watched
    frames: int
    """Messages that the ingestor says it received."""
    report: Report
    failures: list[str]
    """What did not hold."""

    @property
    def holds(self) -> bool:
        return not self.failures


def read(settings: Settings, watched: Watched, ingestor: Mapping[str, Any], view: Screen) -> Result:
    """Waits for the audit, compares, and asks ClickHouse. Raises CannotCompare and what ClickHouse's client raises."""
    view.say("comparing log and ClickHouse")
    report = verify(settings, wait_s=_AUDIT_WAIT_S)
    kinds: list[tuple[str, str, int]] = []
    with clickhouse.client(settings.clickhouse_url) as client:

        def rows(sql: str, topic: str) -> list[tuple[Any, ...]]:
            asked = client.query(sql, parameters={"topic": settings.topic(topic)})
            return [tuple(row) for row in asked.result_rows]

        for topic in topics.load().values():
            counted = rows(
                f"SELECT kind, count() FROM {topic.table} WHERE topic = {{topic:String}} GROUP BY kind ORDER BY kind",
                topic.name,
            )
            kinds += [(topic.name, str(kind), int(count)) for kind, count in counted]
        orders = [(str(status), int(count), str(value)) for status, count, value in rows(_ORDERS, "execution.orders")]
        result = Result(
            kinds=kinds,
            letters=[(str(stage), str(why), int(count)) for stage, why, count in rows(_LETTERS, "ops.dead_letters")],
            orders=orders,
            pnl=rows(_PNL, "risk.inbox"),
            latency=[
                (str(name), int(count), float(p50), float(p95), float(p99))
                for name, count, p50, p95, p99 in rows(_LATENCY, "execution.orders")
            ],
            watched=watched,
            frames=int(ingestor.get("frames", 0)),
            report=report,
            failures=[],
        )
    result.failures.extend(_failures(result))
    return result


def _failures(result: Result) -> list[str]:
    failures = []
    differing = [str(verdict.place) for verdict in result.report.verdicts if not verdict.equal]
    if differing:
        failures.append(f"log and ClickHouse differ: {', '.join(differing)}; see `tapeflow verify`")
    open_orders = sum(count for status, count, _ in result.orders if status not in _ENDED)
    if open_orders:
        failures.append(f"{open_orders} orders have not come to their end")
    # A restarted ingestor counts from its own start, and what was sent while it was away is a Gap in the log.
    undisturbed = not result.watched.restarts.get("ingestor") and not result.watched.restarts.get("exchange")
    if result.watched.complete and undisturbed and result.frames != result.watched.sent_messages:
        failures.append(f"the exchange sent {result.watched.sent_messages:,} messages, {result.frames:,} arrived")
    if not any(topic == "market.ticks" and kind == "Trade" for topic, kind, _ in result.kinds):
        failures.append("not one trade was recorded")
    return failures


def show(result: Result, console: Console) -> None:
    """Prints it."""
    counts = [(topic, kind, f"{count:,}") for topic, kind, count in result.kinds]
    _print(console, "Records", ("topic", "kind", "records"), counts)
    if result.letters:
        rows = [(stage, reason, f"{count:,}") for stage, reason, count in result.letters]
        _print(console, "Dead letters", ("stage", "reason", "count"), rows)
    orders = [(status or "no report", f"{count:,}", _short(value)) for status, count, value in result.orders]
    _print(console, "Orders", ("status", "orders", "filled value"), orders)
    money = [
        (instrument, f"{fills:,}", _short(position), _short(gross), _short(fees), f"{_short(net)} {quote}")
        for instrument, fills, position, gross, fees, net, quote in result.pnl
    ]
    _print(console, "PnL", ("instrument", "fills", "position", "gross", "fees", "net"), money)
    hops = [
        (name, f"{count:,}", f"{p50:.2f}", f"{p95:.2f}", f"{p99:.2f}") for name, count, p50, p95, p99 in result.latency
    ]
    _print(console, "Latency, ms", ("hop", "orders", "p50", "p95", "p99"), hops)

    def line(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    for name, count in result.watched.restarts.items():
        line(f"{name}: died and was started again, {count} times")
    line(f"resident memory at most: {result.watched.resident_bytes / 1e6:,.0f} MB, the broker aside")
    records = sum(verdict.records for verdict in result.report.verdicts)
    if result.report.equal:
        line(f"verify: log and ClickHouse are equal, {records:,} records in {len(result.report.verdicts)} partitions")
    for verdict in result.report.verdicts:
        if not verdict.equal:
            line(f"verify: {verdict.place}: {verdict.difference}")
    for failure in result.failures:
        line(f"NOT OK: {failure}")
    if result.holds:
        line("OK")


def _print(console: Console, title: str, names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        console.print(f"{title}: none", highlight=False)
        return
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2), header_style="dim", title_style="bold")
    for name in names:
        left = name in ("topic", "kind", "stage", "reason", "status", "instrument", "hop")
        table.add_column(name, justify="left" if left else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table, highlight=False)


def _short(number: str) -> str:
    """A decimal without the zeros behind it, to the cent or, below one, to six digits."""
    value = float(number)
    return f"{value:,.2f}" if abs(value) >= 1 or value == 0 else f"{value:.6f}".rstrip("0")
