"""What a flow has done since it began, counted where it is done."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows._native import Batch
    from flows.running.chain import Outputs

# In seconds: from the time that a kernel takes to that of a broker that was away.
BOUNDS = (
    0.000_05,
    0.000_1,
    0.000_25,
    0.000_5,
    0.001,
    0.002_5,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    5.0,
    30.0,
)


class Histogram:
    """Counts by upper bound, for one writer: no lock is taken on the way of an order."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self.sum_s = 0.0

    def observe(self, took_s: float) -> None:
        self._counts[bisect_left(BOUNDS, took_s)] += 1
        self.sum_s += took_s

    def buckets(self) -> list[tuple[str, float]]:
        """Upper bound, and how many were not above it; as Prometheus wants them."""
        total, found = 0, []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._counts, strict=True):
            total += count
            found.append((bound, float(total)))
        return found


class Meter:
    """The counts of one partition: one thread adds to them, others look."""

    def __init__(self) -> None:
        self.records = 0
        self.made: Counter[tuple[str, str]] = Counter()
        """By stage and topic."""
        self.hop = Histogram()
        """From the writing of a batch's first record by the hop before, to the end of the stages' work on the batch."""
        self.work = Histogram()
        """The stages' work on a batch."""

    def worked(self, batch: Batch, outputs: Outputs, took_s: float) -> None:
        """The stages have processed a batch just now, and that took so long."""
        self.records += len(batch)
        self.work.observe(took_s)
        written_ns = batch.written_ns
        if written_ns is not None:
            self.hop.observe(max(0.0, (time.time_ns() - written_ns) / 1e9))
        for stage, made in outputs:
            for topic, count in made.counts().items():
                self.made[stage, topic] += count
