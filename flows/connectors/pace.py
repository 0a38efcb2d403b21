"""Keeps the workers of a flow in step.

Bytewax hands out nothing of a worker that has ended its epoch until all others, in all processes, have ended theirs.
Their clocks drift, and whoever is a whole epoch ahead is asked for records once an epoch, spins for the rest of it, and
can never fall back by itself: an epoch ends as soon as its time is over. So who was held up waits once for as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

EPOCH = timedelta(seconds=1)
"""How often a flow saves its state."""
_EPOCH_S = EPOCH.total_seconds()
# What saving takes by itself.
_USUAL_S = 0.02
# A wait for records may begin this long before the epoch is over, and end behind it.
_MARGIN_S = 0.025


class Pace:
    """One worker's."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._ended_s: float | None = None
        self._is_held_up = False
        self._lead_s = 0.0

    def epoch_ended(self) -> None:
        """The worker's state was taken, and all partitions of it go on with the next epoch."""
        self._ended_s = self._clock()
        self._is_held_up = True

    def keep(self) -> None:
        """Called before the worker reads: waits, near the end of an epoch, for as long as it is ahead of the others."""
        if self._ended_s is None:
            return
        now_s = self._clock()
        since_s = now_s - self._ended_s
        if self._is_held_up:
            self._is_held_up = False
            self._lead_s = since_s if since_s > _USUAL_S else 0.0
        if self._lead_s and since_s > _EPOCH_S - _MARGIN_S:
            wait_s = min(self._lead_s, _EPOCH_S)
            self._lead_s = 0.0
            self._sleep(max(0.0, self._ended_s + _EPOCH_S + wait_s - now_s))
