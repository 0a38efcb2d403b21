"""Judges what a desk has left behind, in the manner of Jepsen's queue checker. Each check gives one line a fault."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from zlib import crc32

from flows.contracts import topics
from flows.contracts.records import Control, DeadLetter, ExecutionReport, Gap, New, Rollout, Trade
from flows.rollout import fallback
from flows.stack.settings import Settings
from flows.verify import verify
from tests.chaos.log import Entry, Log, by_producer, everything
from tests.chaos.witness import Operator, Place
from tests.system.router_process import check_reports

_AUDIT_WAIT_S = 180.0
_SHOWN = 5


def nothing_vanished(log: Log, seen: Mapping[str, Mapping[Place, int]]) -> Iterator[str]:
    """Every record that the broker ever handed out is still there, byte for byte."""
    now = {(name, entry.at.partition, entry.at.offset): crc32(entry.at.value) for name, entry in everything(log)}
    for places in seen.values():
        for place, checksum in places.items():
            if now.get(place) != checksum:
                yield f"{place}: {'changed' if place in now else 'vanished'} after it was acknowledged"


def commands_once(log: Log, operator: Operator) -> Iterator[str]:
    """What was acknowledged to the operator is there once, what was not at most once: a command in its account's
    partition, a policy in every one."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    partitions: dict[str, int] = defaultdict(lambda: 1)
    for name, entry in everything(log):
        # Bars and features pass policies on, as outputs of theirs.
        if isinstance(entry.record, (Control, Rollout)) and entry.origin is None:
            found[entry.record.reason][entry.at.partition] += 1
            if isinstance(entry.record, Rollout):
                partitions[entry.record.reason] = topics.load()[name].partitions
    for reason in operator.acknowledged:
        if sorted(found[reason].values()) != [1] * partitions[reason]:
            yield f"{reason!r} was acknowledged and is {_how_often(found[reason])} in the log"
    for reason in operator.unknown:
        if max(found[reason].values(), default=0) > 1:
            yield f"{reason!r} was sent once and is {_how_often(found[reason])} in the log"


def _how_often(found: Mapping[int, int]) -> str:
    return ", ".join(f"{times} times in partition {at}" for at, times in sorted(found.items())) or "0 times"


def engines_agree(log: Log) -> Iterator[str]:
    """No engine was given up: twins that differ, or a kernel that panics, leave a letter."""
    for entry in log["ops.dead_letters"]:
        if isinstance(entry.record, DeadLetter) and entry.record.reason == fallback.REASON:
            yield f"{_place('ops.dead_letters', entry)}: {entry.record}"


def origins_increase(log: Log) -> Iterator[str]:
    """Invariant 3: per producer and output partition. A repeat is a duplicate that the tail rule let through."""
    highest: dict[tuple[str, int, object], tuple[int, int]] = {}
    for name, entry in everything(log):
        if entry.producer is None or entry.origin is None:
            continue
        lane, here = (name, entry.at.partition, entry.producer), (entry.origin.offset, entry.origin.index)
        if here <= highest.get(lane, (-1, -1)):
            yield f"{_place(name, entry)}: origin {here} of {entry.producer} behind {highest[lane]}"
        highest[lane] = max(here, highest.get(lane, here))


def ticks_without_holes(log: Log) -> Iterator[str]:
    """Every trade once, ids counting up by one, and where they do not, a Gap says so. A trade may come behind its Gap:
    what an ingestor has sent when it is stopped lands when it wakes up."""
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    last: dict[tuple[str, str], int] = {}
    gaps: set[tuple[str, str]] = set()
    for entry in log["market.ticks"]:
        match entry.record:
            case Gap(venue=venue, instrument=instrument):
                gaps.add((venue, instrument))
            case Trade(venue=venue, instrument=instrument, trade_id=trade_id):
                where = (venue, instrument)
                before = last.get(where, trade_id - 1)
                if trade_id in seen[where]:
                    yield f"{_place('market.ticks', entry)}: trade {trade_id} of {instrument} a second time"
                elif trade_id > before + 1 and where not in gaps:
                    yield f"{_place('market.ticks', entry)}: no Gap between trades {before} and {trade_id}"
                seen[where].add(trade_id)
                last[where] = max(before, trade_id)
                gaps.discard(where)


def as_undisturbed(log: Log, calm: Log) -> Iterator[str]:
    """Stages left to themselves make the same of the two logs: same records, same order, same bytes."""
    found, expected = by_producer(log), by_producer(calm)
    for producer in sorted({*found, *expected}):
        ours, theirs = found.get(producer, []), expected.get(producer, [])
        same = sum(1 for _ in _while_equal(ours, theirs))
        if same < max(len(ours), len(theirs)):
            here, there = (_shown(entries, same) for entries in (ours, theirs))
            yield f"{producer}: record {same} of {len(ours)} is {here}; undisturbed, of {len(theirs)}: {there}"


def orders_once(log: Log, at_venue: list[dict[str, Any]]) -> Iterator[str]:
    """Orders at the venue = orders in the log, fill by fill; none there twice."""
    told: dict[str, list[ExecutionReport]] = defaultdict(list)
    for entry in log["risk.inbox"]:
        if isinstance(entry.record, ExecutionReport):
            told[entry.record.client_order_id].append(entry.record)
    asked = {entry.record.client_order_id for entry in log["execution.orders"] if isinstance(entry.record, New)}
    for missing in sorted(asked - set(told)):
        yield f"order {missing} is in the log, and no report tells of it"
    for invented in sorted(set(told) - asked):
        yield f"a report tells of order {invented}, which is not in the log"
    try:
        check_reports(told, at_venue)
    except AssertionError as error:
        yield f"log and venue differ: {str(error).splitlines()[0]}"


def audit_equal(settings: Settings) -> Iterator[str]:
    """Log and ClickHouse, byte for byte; offsets without holes."""
    for verdict in verify(settings, wait_s=_AUDIT_WAIT_S).verdicts:
        if not verdict.equal:
            yield f"{verdict.place}: {verdict.difference}"


def some(check: Callable[[], Iterable[str]]) -> list[str]:
    """The first faults of a check, and how many more."""
    faults = list(check())
    return faults[:_SHOWN] + ([f"... and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else [])


def _while_equal(ours: list[Entry], theirs: list[Entry]) -> Iterator[None]:
    for mine, other in zip(ours, theirs, strict=False):
        if (mine.at.partition, mine.at.key, mine.at.value) != (other.at.partition, other.at.key, other.at.value):
            return
        yield None


def _shown(entries: list[Entry], index: int) -> str:
    return repr(entries[index].record) if index < len(entries) else "not there"


def _place(topic: str, entry: Entry) -> str:
    return f"{topic}[{entry.at.partition}]@{entry.at.offset}"
