"""How far the audit is, as a file that is renewed every second."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from flows import log_line
from flows.connectors.block import Block, Place
from flows.connectors.log_ends import BrokerAway, LogEnds
from flows.contracts import topics
from flows.stack.settings import Settings

_INTERVAL_S = 1.0


class AuditStatus:
    """Rows landed since the start, positions, and lag: how many records of the log ClickHouse does not have yet.

    `positions`: by topic and partition, the offset behind the last landed record, once ClickHouse was asked for it.
    """

    def __init__(self, settings: Settings, file: Path | None, *, is_metered: bool = False) -> None:
        self._settings = settings
        self._file = file
        self._is_metered = is_metered
        self._lag: dict[str, int] | None = None
        self._rows: dict[str, int] = defaultdict(int)
        self._positions: dict[Place, int] = {}
        self._waiting_for: str | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def begins(self, place: Place, position: int) -> None:
        """ClickHouse holds a partition up to `position`, exclusive."""
        with self._lock:
            self._positions[place] = position

    def landed(self, block: Block) -> None:
        """ClickHouse holds a block."""
        with self._lock:
            self._rows[block.place.topic] += len(block)
            self._positions[block.place] = block.end

    def waiting(self, reason: str | None) -> None:
        """Why ClickHouse cannot be written at present; None if it can."""
        with self._lock:
            before, self._waiting_for = self._waiting_for, reason
        if reason and not before:
            log_line.write(f"waiting for ClickHouse: {reason}", "WARN")
        if before and not reason:
            log_line.write("ClickHouse is back")

    def told(self) -> dict[str, Any]:
        """What the status file says: the lag as of the last look at the log, None before the first."""
        with self._lock:
            return {
                "updated_ns": time.time_ns(),
                "waiting_for": self._waiting_for,
                "rows": dict(self._rows),
                "positions": _by_topic(self._positions),
                "lag": self._lag,
            }

    def is_alive(self) -> bool:
        """Whether it still looks at the log; it may be waiting for ClickHouse."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begins to look at the log every second, and to write the file, if there is to be one."""
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        if self._file or self._is_metered:
            self._thread = threading.Thread(
                target=self._write_every_second, args=(self._file,), name="audit-status", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Writes the file once more."""
        if self._thread:
            self._closed.set()
            self._thread.join()

    def _write_every_second(self, file: Path | None) -> None:
        log = LogEnds(self._settings)
        while True:
            closed = self._closed.wait(_INTERVAL_S)
            self._write(file, log)
            if closed:
                return

    def _write(self, file: Path | None, log: LogEnds) -> None:
        try:
            ends = log.read(topics.load())
        except BrokerAway:
            ends = None
        with self._lock:
            self._lag = None if ends is None else _lag(ends, self._positions)
        if file is None:
            return
        scratch = file.with_suffix(".json.new")
        scratch.write_text(json.dumps(self.told()))
        os.replace(scratch, file)


def _by_topic(positions: dict[Place, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for place, position in positions.items():
        found[place.topic][str(place.partition)] = position
    return found


def _lag(ends: dict[str, dict[int, int]], positions: dict[Place, int]) -> dict[str, int]:
    return {
        topic: sum(max(0, end - positions.get(Place(topic, partition), 0)) for partition, end in partitions.items())
        for topic, partitions in ends.items()
    }
