"""The log's own ends, asked once a second for all viewers, and how fast they move."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping

from flows.connectors.log_ends import LogEnds
from flows.contracts import topics
from flows.stack.settings import Settings
from flows.ui.tape import Offsets

_RATE_OVER_S = 10.0


class LogWatch:
    """Asks the broker. To be used by one thread; what it found may be read by all."""

    def __init__(self) -> None:
        self._ends: LogEnds | None = None
        self._asked = ""
        self._past: deque[tuple[float, dict[str, int]]] = deque()
        self.ends: Mapping[str, Offsets] = {}
        """By topic and partition, the offset of the next record."""
        self.rates: Mapping[str, float] = {}
        """By topic, records a second over the last ten seconds."""

    def read(self, settings: Settings) -> None:
        """Raises BrokerAway, NotRunning."""
        if self._ends is None or self._asked != settings.bootstrap_servers:
            self._ends, self._asked = LogEnds(settings), settings.bootstrap_servers
        ends = self._ends.read(topics.load())
        now_s = time.monotonic()
        records = {topic: sum(partitions.values()) for topic, partitions in ends.items()}
        self._past.append((now_s, records))
        while len(self._past) > 2 and now_s - self._past[1][0] >= _RATE_OVER_S:
            self._past.popleft()
        then_s, then = self._past[0]
        # A log that became shorter is another one: its rate begins anew.
        if any(records[topic] < then[topic] for topic in records):
            self._past.clear()
        elif now_s > then_s:
            self.rates = {topic: (records[topic] - then[topic]) / (now_s - then_s) for topic in records}
        self.ends = ends
