"""How far a flow has come: offsets whose records are processed, with all outputs acknowledged by the broker."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from flows.metrics.meter import Meter
from flows.rollout.policy import Standing


class Progress:
    """Counts the batches that are between source, stages and sink. When none of a partition is on its way, all that its
    records caused has been handed to the producer; when that has no record outstanding, it is in the log."""

    def __init__(self, topic: str, unacknowledged: Callable[[], int], stages: Sequence[str] = ()) -> None:
        """`topic`: the flow's input, without prefix. `unacknowledged`: records that the broker has not confirmed.
        `stages`: those that work on it, if Tapeflow's do."""
        self.topic = topic
        self.stages = tuple(stages)
        self._unacknowledged = unacknowledged
        self._lock = threading.Lock()
        self._processed: dict[int, int] = {}
        self._on_their_way: Counter[int] = Counter()
        self._written: dict[int, int] = {}
        self._confirmed: dict[int, int] = {}
        self._standing: dict[int, Mapping[str, Standing]] = {}
        self.turns = 0
        """How often the source was asked for records: it moves while the dataflow does."""
        self.saved_ns: int | None = None
        """When state was last taken to be saved."""
        self.meters: dict[int, Meter] = {}
        """By partition; none where nobody counts."""

    def begins(self, partition: int, position: int) -> None:
        """The source stands there before its first record."""
        with self._lock:
            self._processed[partition] = self._written[partition] = self._confirmed[partition] = position

    def handed_out(self, partition: int) -> None:
        """The source gave a batch to the stages."""
        with self._lock:
            self._on_their_way[partition] += 1

    def processed(self, partition: int, position: int, *, is_written: bool) -> None:
        """The stages have processed a batch up to there, and made nothing of it if it is written already."""
        with self._lock:
            self._processed[partition] = position
            if is_written:
                self._arrived(partition)

    def runs(self, partition: int, standing: Mapping[str, Standing]) -> None:
        """By which policies and engines the stages of a partition run, by stage."""
        self._standing[partition] = standing

    def standing(self) -> dict[int, Mapping[str, Standing]]:
        """By partition and stage; of partitions that have had a record since the start."""
        return dict(self._standing)

    def written(self, partition: int) -> None:
        """What the stages made of a batch was handed to the producer."""
        with self._lock:
            self._arrived(partition)

    def _arrived(self, partition: int) -> None:
        self._on_their_way[partition] -= 1
        if not self._on_their_way[partition]:
            self._written[partition] = self._processed[partition]

    def is_under_way(self, partition: int) -> bool:
        """Whether what the source gave last, or what the stages made of it, has not reached the sink."""
        return self._on_their_way[partition] > 0

    @property
    def unacknowledged(self) -> int:
        """Records that the broker has not confirmed."""
        return self._unacknowledged()

    @property
    def done(self) -> int:
        """Records of the source that the stages have processed."""
        return sum(self._processed.values())

    def positions(self) -> dict[int, int]:
        """By partition, the offset behind the last record that is done."""
        with self._lock:
            written = dict(self._written)
        # After the look at `written`: what is outstanding now may be older, and is waited for as well.
        if self._unacknowledged() == 0:
            self._confirmed = written
        return dict(self._confirmed)
