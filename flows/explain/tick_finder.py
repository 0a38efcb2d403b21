"""The ticks that made a bar, and those around an order."""

from __future__ import annotations

from collections.abc import Iterator

from flows.contracts.records import Bar, Gap, Quote, Trade
from flows.explain.errors import MissingRecord
from flows.explain.explanation import Link, TickGroup, Ticks
from flows.explain.readable import kind
from flows.explain.records_log import RecordsLog

TICKS = "market.ticks"
_LATEST = 6
_AROUND_RECORDS = 60_000


def find_ticks(log: RecordsLog, signal: Link, bar: Link | None, before: Link | None, notes: list[str]) -> Ticks:
    """What a bar was made of. Without the bar, only the closing tick is known. Raises MissingRecord."""
    cause = signal.record.origin
    entry = log.lookup.at(TICKS, cause.partition, cause.offset)
    if entry is None:
        raise MissingRecord(f"the tick behind {signal.place}", TICKS, cause.partition, "the log ends before it")
    closing = log.link(entry)
    if bar is None:
        return Ticks(cause.offset, closing, [], [])
    # The tick that closed the bar before may itself be this bar's first trade.
    start = min(bar.record.first_offset, before.record.origin.offset if before else bar.record.first_offset)
    seen: dict[str, list[Link]] = {}
    latest: list[Link] = []
    for link in _of_instrument(log, signal, start, cause.offset):
        if isinstance(link.record, Trade) and link.entry.offset < bar.record.first_offset:
            continue
        first_and_last = seen.setdefault(kind(link.record), [])
        first_and_last.append(link)
        latest = [*latest[1 - _LATEST :], link]
    groups = [TickGroup(name, len(links), links[0], links[-1]) for name, links in seen.items()]
    _count(bar.record, {group.kind: group.count for group in groups}, before is None, notes)
    return Ticks(start, closing, groups, latest)


def around(log: RecordsLog, anchor: Link, from_ns: int, to_ns: int) -> list[Link]:
    """Trades and quotes of the anchor's instrument received between two times, near the tick that caused it."""
    cause = anchor.record.origin
    first = log.lookup.first_where(TICKS, cause.partition, lambda entry: log.receive_ns(entry) >= from_ns)
    start = max(cause.offset - _AROUND_RECORDS, first.offset if first else cause.offset)
    found = []
    for link in _of_instrument(log, anchor, start, cause.offset + _AROUND_RECORDS):
        if link.record.receive_ns > to_ns:
            break
        if link.record.receive_ns >= from_ns and not isinstance(link.record, Gap):
            found.append(link)
    return found


def _of_instrument(log: RecordsLog, anchor: Link, start: int, end: int) -> Iterator[Link]:
    wanted = anchor.record
    entries = log.lookup.of_key(TICKS, wanted.origin.partition, wanted.instrument.encode(), start, end)
    for link in log.readable(entries, Trade, Quote, Gap):
        if link.record.venue == wanted.venue:
            yield link


def _count(bar: Bar, found: dict[str, int], is_first: bool, notes: list[str]) -> None:
    """The bar's own counts against the log's. Quotes from before the first bar have no start to be found by."""
    wanted = {"Trade": bar.trade_count, "Quote": bar.quote_count, "Gap": bar.gap_count}
    for name, count in wanted.items():
        if found.get(name, 0) != count and (name == "Trade" or not is_first):
            notes.append(
                f"the bar counts {count} of kind {name}, {found.get(name, 0)} stand between its ticks: "
                "what was refused is in ops.dead_letters"
            )
