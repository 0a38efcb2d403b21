"""A topic -> batches, one Bytewax partition each, over one connection per worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timezone

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from flows._native import Batch, Source
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.pace import Pace
from flows.running.progress import Progress

_BATCH_RECORDS = 10_000
# How long a quiet flow sleeps in one call; a record ends the sleep at once.
_WAIT_MS = 20
# Bytewax would pause for 1 ms after an empty batch. The wait above is the pause, and it ends when a record comes.
_AT_ONCE = datetime.fromtimestamp(0, timezone.utc)

Item = tuple[str, Batch]
"""A partition, and records of it."""


class KafkaSource(FixedPartitionedSource[Item, int]):
    """Saves the offset behind the last record handed out; begins with the oldest record where none is saved."""

    def __init__(
        self,
        log: KafkaLog,
        topic: str,
        progress: Progress,
        stop: threading.Event,
        *,
        until_end: bool = False,
        ends: Mapping[int, int | None] | None = None,
        is_ours: Callable[[int], bool] = lambda _partition: True,
        is_alone: bool = True,
    ) -> None:
        """With `until_end` it ends where the topic ended when reading began; `stop` ends it at once. With `ends` it
        reads these partitions alone, each to its end (exclusive) if it has one. `is_ours`: whether this process, and
        no other of the flow's, reads a partition; `is_alone`: whether there is no other."""
        self._log = log
        self._topic = topic
        self.progress = progress
        self._stop = stop
        self._until_end = until_end
        self._ends = ends
        self._is_ours = is_ours
        self._is_alone = is_alone
        self._missing: set[str] = set()
        """Partitions of this process that are not built yet."""
        self._connections: dict[int, _Connection] = {}

    def list_parts(self) -> list[str]:
        ours = [str(partition) for partition in self._all() if self._is_ours(partition)]
        self._missing = set(ours)
        return ours

    def list_all_parts(self) -> list[str]:
        """Those of all processes of the flow."""
        return [str(partition) for partition in self._all()]

    def _all(self) -> Iterable[int]:
        return range(self._log.partitions(self._topic)) if self._ends is None else self._ends

    def build_part(self, step_id: str, for_part: str, resume_state: int | None) -> Partition:
        # A worker is a thread.
        connection = self._connections.setdefault(
            threading.get_ident(), _Connection(self._log, self._topic, self.progress, self._until_end, self._has_peers)
        )
        end = self._ends.get(int(for_part)) if self._ends else None
        index = connection.add(int(for_part), resume_state, end)
        made = Partition(connection, index, self._stop, self._missing, self.progress)
        self._missing.discard(for_part)
        return made

    def _has_peers(self) -> bool:
        """Whether other workers take part in the flow."""
        return not self._is_alone or len(self._connections) > 1


class _Connection:
    """The partitions of one worker, opened together by the first that reads."""

    def __init__(
        self, log: KafkaLog, topic: str, progress: Progress, until_end: bool, has_peers: Callable[[], bool]
    ) -> None:
        self._log = log
        self._topic = topic
        self._progress = progress
        self._until_end = until_end
        self._has_peers = has_peers
        self._pace = Pace()
        self._positions: list[tuple[int, int | None, int | None]] = []
        self._source: Source | None = None

    def add(self, partition: int, offset: int | None, end: int | None) -> int:
        self._positions.append((partition, offset, end))
        return len(self._positions) - 1

    def next_batch(self, index: int) -> list[Item]:
        """Records of the partition at `index`; none while its last ones are still under way. StopIteration at its end.

        Bytewax moves batches on only between two calls: waiting in a call would keep them from their sinks.
        """
        if self._has_peers():
            self._pace.keep()
        partition = self._positions[index][0]
        if self._progress.is_under_way(partition):
            return []
        is_quiet = not any(self._progress.is_under_way(number) for number, _, _ in self._positions)
        batch = self.source().next_batch(index, _BATCH_RECORDS, _WAIT_MS if is_quiet else 0)
        if batch is None:
            raise StopIteration
        if not len(batch):
            return []
        self._progress.handed_out(partition)
        return [(str(partition), batch)]

    def source(self) -> Source:
        if self._source is None:
            self._source = Source(
                self._log.bootstrap_servers, self._log.prefix, self._topic, self._positions, self._until_end, False
            )
            for index, (partition, _, _) in enumerate(self._positions):
                self._progress.begins(partition, self._source.position(index))
        return self._source

    def epoch_ended(self) -> None:
        """State is taken: what is read next belongs to the next epoch."""
        self._pace.epoch_ended()

    def position(self, index: int) -> int:
        """Behind the last record handed out of the partition at `index`."""
        _, resumed, _ = self._positions[index]
        if self._source is None and resumed is not None:
            return resumed
        return self.source().position(index)


class Partition(StatefulSourcePartition[Item, int]):
    """Records of one partition."""

    def __init__(
        self,
        connection: _Connection,
        index: int,
        stop: threading.Event,
        missing: Collection[str],
        progress: Progress,
    ) -> None:
        """Reads nothing while others of the process are `missing`, with which it is to share its connection."""
        self._connection = connection
        self._index = index
        self._stop = stop
        self._missing = missing
        self._progress = progress

    def next_batch(self) -> list[Item]:
        self._progress.turns += 1
        if self._stop.is_set():
            raise StopIteration
        # Saved states come from another process at their own time, and resume partitions one by one.
        return [] if self._missing else self._connection.next_batch(self._index)

    def next_awake(self) -> datetime:
        return _AT_ONCE

    def snapshot(self) -> int:
        self._connection.epoch_ended()
        self._progress.saved_ns = time.time_ns()
        return self._connection.position(self._index)
