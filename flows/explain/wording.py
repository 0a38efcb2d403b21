"""One line for each kind of record, as text and page show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows import times
from flows.contracts.records import (
    Bar,
    Check,
    ExecutionReport,
    FeatureVector,
    Heartbeat,
    Mark,
    New,
    Quote,
    Signal,
    Trade,
)
from flows.contracts.records import Verdict as Said
from flows.explain.explanation import Chain, Closed, Comparison, Link, Rederivation, Ticks, Verdict
from flows.explain.readable import decimal, fields, kind, price, quantity

_LARGEST = 2**127 - 1
_ADDRESS = ("origin", "venue", "instrument", "price_exponent", "quantity_exponent")


def title(chain: Chain) -> str:
    """The order in one line."""
    new: New = chain.order.record
    status = chain.reports[-1].record.status.value if chain.reports else "no report"
    return f"{new.client_order_id}: {asked(new)} at {new.venue} for {new.account}: {status}"


def asked(record: New | Signal | Mark) -> str:
    """What an order or signal wants; what a mark says."""
    if isinstance(record, Mark):
        return f"{record.instrument} is worth {price(record)}"
    if isinstance(record, Signal) and record.half_spread is not None:
        around = f"{price(record, 'half_spread')} around the middle of {price(record, 'bid_price')} and"
        return f"quote {quantity(record)} {record.instrument} {around} {price(record, 'ask_price')}"
    terms = f"{record.order_type.value} {record.time_in_force.value}"
    return f"{record.side.value} {quantity(record)} {record.instrument} at {price(record)} ({terms})"


def reason(record: Signal | Mark) -> str:
    """Why a signal was given."""
    if isinstance(record, Mark):
        return "no strategy asked at it: it reached an exit"
    return f"strategy {record.strategy}: {record.reason}; strength {record.strength}"


def closed(found: Closed) -> list[str]:
    """What an order closes, and what had said so."""
    lines = [f"the {found.exit.value} of order {found.client_order_id} (tapeflow explain {found.client_order_id})"]
    if found.signal:
        signal = found.signal.record
        exits = {"stop": price(signal, "stop_price"), "target": price(signal, "target_price")}
        said = [f"{name} {at}" for name, at in exits.items() if getattr(signal, f"{name}_price") is not None]
        if signal.exit_ns is not None:
            said.append(f"time {times.iso(signal.exit_ns)}")
        lines.append(f"{asked(signal)}; {', '.join(said)}")
    return lines


def report(record: ExecutionReport) -> str:
    words = [f"#{record.origin.index} {record.status.value}"]
    if record.last_quantity:
        words.append(f"filled {quantity(record, 'last_quantity')} at {price(record, 'last_price')}")
        words.append(f"fee {decimal(record.fee, record.fee_exponent)} {record.fee_asset}, trade {record.trade_id}")
    words.append(f"{quantity(record, 'cumulative_quantity')} of {quantity(record, 'order_quantity')} done")
    if record.venue_order_id:
        words.append(f"venue id {record.venue_order_id}")
    if record.reason:
        words.append(record.reason)
    return ", ".join(words)


def check(one: Check) -> tuple[str, str, str, str]:
    """Name, measured, limit, passed."""
    measured = "cannot be measured" if one.measured == _LARGEST else decimal(one.measured, one.exponent)
    return one.name.value, measured, decimal(one.limit, one.exponent), "passed" if one.passed else "FAILED"


def verdict_of_checks(said: Said, checks: list[Check]) -> str:
    failed = [one.name.value for one in checks if not one.passed]
    return f"{said.value}, {len(checks)} checks made" + (f", failed: {', '.join(failed)}" if failed else "")


def tick(link: Link) -> str:
    record = link.record
    match record:
        case Trade():
            return f"Trade {record.trade_id}: {quantity(record)} at {price(record)}, taker {record.aggressor.value}"
        case Quote():
            bid = f"{quantity(record, 'bid_quantity')} at {price(record, 'bid_price')}"
            ask = f"{quantity(record, 'ask_quantity')} at {price(record, 'ask_price')}"
            return f"Quote {record.update_id}: bid {bid}, ask {ask}"
        case Heartbeat():
            return f"Heartbeat: venue time {times.iso(record.event_ns)}"
    return kind(record)


def closing(ticks: Ticks) -> str:
    """The tick that closed the bar, with the venue's own time, which is what closed it."""
    record = ticks.closing.record
    at = f", venue time {times.iso(record.event_ns)}" if isinstance(record, Trade) else ""
    return tick(ticks.closing) + at


def ticks_span(ticks: Ticks) -> str:
    place = ticks.closing.entry
    return f"{place.topic}[{place.partition}] {ticks.start} to {place.offset}"


def values(link: Link, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Every field that says something of its own, as text."""
    return {
        name: value(name, found) for name, found in fields(link.record).items() if name not in (*_ADDRESS, *without)
    }


def series(record: Bar | FeatureVector) -> str:
    """Which bars: the length of time bars, or the name."""
    return record.series or times.length(record.interval_ns)


def value(name: str, found: Any) -> str:
    if found is None:
        return "-"
    if name in ("interval_ns",):
        return times.length(found)
    return times.iso(found) if name.endswith("_ns") else str(found)


def settings(table: Mapping[str, Any]) -> str:
    """A strategy's own settings."""
    return ", ".join(f"{name} {found}" for name, found in table.items() if name != "name")


def verdict(found: Rederivation) -> str:
    """What the second derivation came to."""
    match found.verdict:
        case Verdict.IDENTICAL:
            return "identical, bit for bit"
        case Verdict.DIFFERENT:
            first = next(one for run in found.runs for one in run.comparisons if one.difference)
            return f"DIFFERENT: {first.kind} at {first.place}: {first.difference}"
    return f"could not be derived again: {found.reason}"


def comparison(one: Comparison) -> str:
    return f"{one.kind} at {one.place}: {one.difference or 'the same bytes'}"


def engines(found: Rederivation) -> str:
    names = set(found.engines.values())
    if len(names) == 1:
        return names.pop()
    return ", ".join(f"{stage} {engine}" for stage, engine in found.engines.items())
