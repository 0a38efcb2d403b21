"""Every topic -> blocks: what the log holds behind ClickHouse's own highest offsets, cut by count, size and time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bytewax.inputs import DynamicSource, StatelessSourcePartition

from flows._native import Batch, LandingReader
from flows.connectors.audit_status import AuditStatus
from flows.connectors.block import Block, Place
from flows.connectors.landing import Landing, Stopped
from flows.connectors.log_ends import LogEnds
from flows.contracts import topics
from flows.errors import TapeflowError
from flows.stack.settings import Settings

_READ_RECORDS = 10_000
_READ_WAIT_MS = 50
# Far below what ClickHouse would split (1,048,449 rows), and some 10 MB of rows in memory.
_BLOCK_RECORDS = 25_000
_BLOCK_BYTES = 4 << 20
_ALL_BLOCKS_BYTES = 16 << 20


class LogBehind(TapeflowError):
    """ClickHouse holds what the log does not: they are not of the same run."""

    def __init__(self, place: Place, held: int, end: int) -> None:
        super().__init__(
            f"ClickHouse holds {place} up to offset {held}, the log only up to {end - 1}: it is another log, or was "
            f"cut; look with `tapeflow verify --topic {place.topic}`, then drop the landing table: it is filled again"
        )


@dataclass(slots=True)
class _Pending:
    """What was read of a partition and is no block yet."""

    start: int
    """Offset at which the next block begins."""
    batches: list[Batch] = field(default_factory=list)
    records: int = 0
    size_bytes: int = 0
    oldest_s: float = 0.0

    def add(self, batch: Batch, now_s: float) -> None:
        if not self.batches:
            self.oldest_s = now_s
        self.batches.append(batch)
        self.records += len(batch)
        self.size_bytes += batch.size_bytes

    def is_ripe(self, oldest_s: float) -> bool:
        return self.records >= _BLOCK_RECORDS or self.size_bytes >= _BLOCK_BYTES or self.oldest_s <= oldest_s

    def take(self, place: Place) -> Block:
        block = Block(place, self.start, tuple(self.batches))
        self.start, self.batches, self.records, self.size_bytes = block.end, [], 0, 0
        return block


class LogBlocks(DynamicSource[Block]):
    """All partitions of all topics, shared out among the workers. ClickHouse says where to begin."""

    def __init__(
        self,
        settings: Settings,
        landing: Landing,
        status: AuditStatus,
        flush_ms: int,
        stop: threading.Event,
        check: Callable[[], None],
    ) -> None:
        """A record waits at most about `flush_ms` for company. `stop` ends the flow, and what was read lands before;
        `check` raises what keeps blocks from landing."""
        self._settings = settings
        self._landing = landing
        self._status = status
        self._check = check
        self._flush_s = flush_ms / 1e3
        self._stop = stop

    def build(self, _step_id: str, worker_index: int, worker_count: int) -> _Blocks:
        places = [Place(topic.name, number) for topic in topics.load().values() for number in range(topic.partitions)]
        return _Blocks(lambda: self._open(places[worker_index::worker_count]), self._flush_s, self._stop, self._check)

    def _open(self, places: list[Place]) -> tuple[LandingReader, dict[Place, int]]:
        """The partitions, each behind what ClickHouse holds of it. Raises LogBehind, Stopped."""
        starts = {place: self._landing.highest(place) + 1 for place in places}
        ends = LogEnds(self._settings).read({place.topic for place in places})
        for place, start in starts.items():
            if start > ends[place.topic][place.partition]:
                raise LogBehind(place, start - 1, ends[place.topic][place.partition])
            self._status.begins(place, start)
        positions = [(place.topic, place.partition, start) for place, start in starts.items()]
        return LandingReader(self._settings.bootstrap_servers, self._settings.topic_prefix, positions), starts


class _Blocks(StatelessSourcePartition[Block]):
    def __init__(
        self,
        open: Callable[[], tuple[LandingReader, dict[Place, int]]],
        flush_s: float,
        stop: threading.Event,
        check: Callable[[], None],
    ) -> None:
        """`open` is called at the first record: it may have to wait for ClickHouse."""
        self._check = check
        self._open = open
        self._flush_s = flush_s
        self._stop = stop
        self._reader: LandingReader | None = None
        self._pending: dict[Place, _Pending] = {}

    def next_batch(self) -> list[Block]:
        """Waits a little for records. Raises StopIteration after the last block."""
        self._check()
        if self._stop.is_set():
            rest = self._take(all_of_them=True)
            if not rest:
                raise StopIteration
            return rest
        if self._reader is None:
            try:
                self._reader, starts = self._open()
            except Stopped:
                raise StopIteration from None
            self._pending = {place: _Pending(start) for place, start in starts.items()}
        batch = self._reader.next(_READ_RECORDS, _READ_WAIT_MS)
        if batch is not None:
            self._pending[Place(batch.topic, batch.partition)].add(batch, time.monotonic())
        held_bytes = sum(pending.size_bytes for pending in self._pending.values())
        return self._take(all_of_them=held_bytes > _ALL_BLOCKS_BYTES)

    def _take(self, *, all_of_them: bool) -> list[Block]:
        oldest_s = time.monotonic() - self._flush_s
        return [
            pending.take(place)
            for place, pending in self._pending.items()
            if pending.batches and (all_of_them or pending.is_ripe(oldest_s))
        ]
