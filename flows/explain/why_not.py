"""Why there was no order: the signals around a moment and what stopped each, or the features when there was none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows import times
from flows.connectors import schema_ids
from flows.connectors.log_lookup import LogLookup
from flows.contracts.records import FeatureVector, Signal
from flows.explain.chain_finder import FEATURES, decisions_of
from flows.explain.errors import UnknownSymbol
from flows.explain.explanation import Link
from flows.explain.order_finder import INBOX
from flows.explain.records_log import RecordsLog
from flows.explain.strategies import tables
from flows.explain.tick_finder import around
from flows.running.flow_options import FlowOptions

# Ticks of several connections stand in a partition not quite in the order of their times.
_SLACK_NS = 5_000_000_000
_BACK_RECORDS = 20_000
_NAMES_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Considered:
    """A signal, and what became of it."""

    signal: Link
    decisions: list[Link]
    """Of quotes one for each side; none where risk has made none."""

    @property
    def became_orders(self) -> bool:
        return any(one.record.client_order_id is not None for one in self.decisions)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What the log says of an instrument around a moment."""

    symbol: str
    at_ns: int
    within_ns: int
    considered: list[Considered]
    features: list[Link]
    """Of each series of bars, the last vector up to the moment, or the first after it."""
    strategies: list[Mapping[str, Any]]
    """Those that read these features, as the configuration has them."""
    config: str
    market: list[Link]
    centre_ns: int
    """The moment by our own clock."""


def why_not(symbol: str, at_ns: int, within_ns: int, options: FlowOptions, config: str) -> WhyNot:
    """Everything of `symbol` (BTC-USDT or BTCUSDT) up to `within_ns` before and after `at_ns`, by the venue's clock or
    ours: of a recording that is played again, only the venue's is the market's own.

    Raises UnknownSymbol, LogError, NotRunning."""
    asked = _Asked(symbol, at_ns, within_ns)
    with LogLookup(options.services) as lookup:
        log = RecordsLog(lookup, schema_ids.load())
        considered = [Considered(signal, decisions_of(log, signal)) for signal in _signals(log, asked)]
        vectors = _vectors(log, asked)
        if not vectors and not considered:
            raise UnknownSymbol(symbol, _newest(log))
        nearest = min(vectors, key=lambda link: asked.distance_ns(link.record), default=None)
        clock = _clock(asked, nearest)
        centre_ns = nearest.record.receive_ns if nearest and clock == "close_ns" else at_ns
        market = around(log, nearest, centre_ns - within_ns, centre_ns + within_ns) if nearest else []
    features = _then(vectors, asked, clock)
    reading = [table for table in tables(options.config) if any(_reads(table, link.record) for link in features)]
    return WhyNot(symbol, at_ns, within_ns, considered, features, reading, config, market, centre_ns)


@dataclass(frozen=True, slots=True)
class _Asked:
    symbol: str
    at_ns: int
    within_ns: int

    def is_it(self, instrument: str) -> bool:
        return self.symbol.upper() in (instrument.upper(), instrument.replace("-", "").upper())

    def distance_ns(self, record: Signal | FeatureVector) -> int:
        """By whichever clock is nearer."""
        return min(abs(at_ns - self.at_ns) for at_ns in (record.receive_ns, _venue_ns(record)))

    def is_near(self, record: Signal | FeatureVector) -> bool:
        return self.is_it(record.instrument) and self.distance_ns(record) <= self.within_ns


def _venue_ns(record: Signal | FeatureVector) -> int:
    return record.close_ns if isinstance(record, FeatureVector) else record.event_ns


def _signals(log: RecordsLog, asked: _Asked) -> list[Link]:
    """Several producers write risk.inbox, each by its own pace: no order of time, so all signals are looked through."""
    found = []
    for partition in range(log.lookup.partitions(INBOX)):
        found += [link for link in log.of_kind(INBOX, partition, Signal) if asked.is_near(link.record)]
    return sorted(found, key=lambda link: (link.record.receive_ns, link.record.origin.index))


def _vectors(log: RecordsLog, asked: _Asked) -> list[Link]:
    """Near the moment by either clock, and the last of each series before it."""
    found: dict[tuple[int, int], Link] = {}
    for partition in range(log.lookup.partitions(FEATURES)):
        for clock in ("receive_ns", "close_ns"):
            for link in _window(log, asked, partition, clock):
                found[partition, link.entry.offset] = link
    return [found[place] for place in sorted(found)]


def _window(log: RecordsLog, asked: _Asked, partition: int, clock: str) -> Iterator[Link]:
    def at_ns(link: Link) -> int:
        # What an operator says passes through this topic too, with a time of its own.
        return int(getattr(link.record, clock, None) or link.record.event_ns)

    begin_ns, end_ns = asked.at_ns - asked.within_ns, asked.at_ns + asked.within_ns
    _, high = log.lookup.range(FEATURES, partition)
    first = log.first_where(FEATURES, partition, lambda link: at_ns(link) >= begin_ns - _SLACK_NS)
    if first is None:
        return
    before = log.lookup.backwards(FEATURES, partition, first.entry.offset)
    seen = set()
    for link in log.readable(before, FeatureVector):
        series = (link.record.interval_ns, link.record.series)
        if asked.is_it(link.record.instrument) and series not in seen:
            seen.add(series)
            yield link
        if first.entry.offset - link.entry.offset > _BACK_RECORDS:
            break
    for link in log.readable(log.lookup.entries(FEATURES, partition, first.entry.offset, high), FeatureVector):
        if at_ns(link) > end_ns + _SLACK_NS:
            break
        if asked.is_near(link.record):
            yield link


def _then(vectors: list[Link], asked: _Asked, clock: str) -> list[Link]:
    by_series: dict[tuple[str, str, int, str], list[Link]] = {}
    for link in vectors:
        record = link.record
        place = (record.venue, record.instrument, record.interval_ns, record.series)
        by_series.setdefault(place, []).append(link)
    found = []
    for _, links in sorted(by_series.items(), key=lambda item: item[0]):
        up_to = [link for link in links if getattr(link.record, clock) <= asked.at_ns]
        found.append(up_to[-1] if up_to else links[0])
    return found


def _clock(asked: _Asked, nearest: Link | None) -> str:
    """The field that the moment was meant by: the one that comes nearer to it."""
    if nearest is None:
        return "receive_ns"
    return min(("receive_ns", "close_ns"), key=lambda name: abs(getattr(nearest.record, name) - asked.at_ns))


def _reads(table: Mapping[str, Any], features: FeatureVector) -> bool:
    if table.get("instrument") not in ("*", features.instrument) or table.get("venue") != features.venue:
        return False
    return bool((table.get("interval_ns", 0), table.get("series", "")) == (features.interval_ns, features.series))


def _newest(log: RecordsLog) -> dict[str, str]:
    """The last time of each instrument among the newest vectors."""
    found = {}
    for partition in range(log.lookup.partitions(FEATURES)):
        _, high = log.lookup.range(FEATURES, partition)
        entries = log.lookup.entries(FEATURES, partition, high - _NAMES_RECORDS, high)
        for link in log.readable(entries, FeatureVector):
            found[link.record.instrument] = times.iso(link.record.receive_ns)
    return found
