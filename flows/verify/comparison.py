"""Compares topics: one connection to the log, one to ClickHouse, as many records in memory as one chunk has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flows._native import LandingReader, SchemaIds, landing_table
from flows.connectors import clickhouse
from flows.connectors.block import Place
from flows.connectors.clickhouse import ClickHouseUnavailable
from flows.connectors.log_ends import LogEnds
from flows.contracts import topics
from flows.errors import TapeflowError
from flows.stack.settings import Settings
from flows.verify.partition import PartitionComparison
from flows.verify.table import LandedPartition
from flows.verify.verdict import Verdict

_CHUNK_RECORDS = 10_000
_CHUNK_BYTES = 8 << 20
_READ_WAIT_MS = 1000
_STALLED_S = 60.0
_POLL_S = 0.2


class CannotCompare(TapeflowError):
    """The comparison could not be made: nothing is said about the data."""


@dataclass(frozen=True, slots=True)
class Report:
    """All partitions that were compared."""

    verdicts: list[Verdict]
    seconds: float

    @property
    def equal(self) -> bool:
        return all(verdict.equal for verdict in self.verdicts)


def verify(
    settings: Settings,
    names: Iterable[str] = (),
    *,
    wait_s: float = 0.0,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Compares the named topics (without prefix), or all, as far as the log goes now.

    Waits up to `wait_s` for ClickHouse, and for the audit to catch up with that. `progress` is told how many records of
    how many are done.
    Raises CannotCompare, NoSuchTopic, NotRunning, LogError, BrokerAway, ClickHouseUnavailable, QueryFailed.
    """
    started_s = time.monotonic()
    chosen = list(dict.fromkeys(names)) or list(topics.load())
    for name in chosen:
        landing_table(name)
    while True:
        try:
            verdicts = _verdicts(settings, chosen, started_s + wait_s, progress)
            return Report(verdicts, time.monotonic() - started_s)
        except ClickHouseUnavailable:
            if time.monotonic() > started_s + wait_s:
                raise
            time.sleep(_POLL_S)


def _verdicts(
    settings: Settings, names: list[str], deadline_s: float, progress: Callable[[int, int], None]
) -> list[Verdict]:
    ids = SchemaIds.load()
    places = [Place(name, number) for name in names for number in range(topics.load()[name].partitions)]
    with clickhouse.client(settings.clickhouse_url) as client:
        reader = LandingReader(
            settings.bootstrap_servers, settings.topic_prefix, [(place.topic, place.partition, 0) for place in places]
        )
        comparisons = {}
        for index, place in enumerate(places):
            low, high = reader.opened(index)
            landed = LandedPartition(client, place, settings.topic(place.topic))
            comparisons[place] = PartitionComparison(place, low, high, landed, settings.topic_prefix, ids)
        _wait_for_audit(comparisons.values(), deadline_s)
        _compare(reader, comparisons, progress)
        ends = LogEnds(settings).read(names)
        return [one.verdict(ends[place.topic][place.partition]) for place, one in comparisons.items()]


def _wait_for_audit(comparisons: Iterable[PartitionComparison], deadline_s: float) -> None:
    """Returns as soon as ClickHouse has the last record of every partition."""
    for comparison in comparisons:
        while not comparison.caught_up() and time.monotonic() < deadline_s:
            time.sleep(_POLL_S)


def _compare(
    reader: LandingReader, comparisons: dict[Place, PartitionComparison], progress: Callable[[int, int], None]
) -> None:
    done, all_records = 0, sum(comparison.size for comparison in comparisons.values())
    chunk_records = _CHUNK_RECORDS
    heard_s = time.monotonic()
    progress(0, all_records)
    while not all(comparison.done for comparison in comparisons.values()):
        batch = reader.next(chunk_records, _READ_WAIT_MS)
        if batch is None:
            if time.monotonic() - heard_s > _STALLED_S:
                raise CannotCompare(f"the log gave no record for {_STALLED_S:.0f} s: see `tapeflow status`")
            continue
        done += comparisons[Place(batch.topic, batch.partition)].take(batch)
        progress(done, all_records)
        # Whole books are a thousand times as long as trades.
        chunk_records = max(1, min(_CHUNK_RECORDS, _CHUNK_BYTES * len(batch) // max(1, batch.size_bytes)))
        heard_s = time.monotonic()
