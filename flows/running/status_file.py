"""What a running flow says of itself, to whoever reads its status file."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from flows.running.steps import Steps

_INTERVAL_S = 1.0
_LOOK_S = 0.05


class StatusFile:
    """Renews a file every second: `{"updated_ns": ..., "saved_ns": ..., "stages": [...], "other_steps": [...],
    "positions": {topic: {partition: offset}}, "engines": {...}}`, the last by partition and stage, as
    `Standing.to_json` gives it; `other_steps` as `Steps.others`. Of a flow that reads by none of Tapeflow's sources
    `positions` is empty."""

    def __init__(self, file: Path, steps: Steps) -> None:
        self._file = file
        self._steps = steps
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="status", daemon=True)

    def __enter__(self) -> StatusFile:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._closed.set()
        self._thread.join()

    def _renew(self) -> None:
        written_s = float("-inf")
        while True:
            # Looks more often than it writes: under load few moments have nothing outstanding.
            positions = self._positions()
            closed = self._closed.is_set()
            if closed or time.monotonic() - written_s >= _INTERVAL_S:
                self._write(positions)
                written_s = time.monotonic()
            if closed:
                return
            self._closed.wait(_LOOK_S)

    def _positions(self) -> dict[str, dict[str, int]]:
        """Of two sources of one topic, the one that is behind counts."""
        found: dict[str, dict[str, int]] = {}
        for one in self._steps.progress:
            of_topic = found.setdefault(one.topic, {})
            for partition, offset in one.positions().items():
                of_topic[str(partition)] = min(offset, of_topic.get(str(partition), offset))
        return found

    def _write(self, positions: dict[str, dict[str, int]]) -> None:
        engines: dict[str, dict[str, Any]] = {}
        for one in self._steps.progress:
            for partition, standing in one.standing().items():
                by_stage = {stage: engine.to_json() for stage, engine in standing.items()}
                engines.setdefault(str(partition), {}).update(by_stage)
        status = {
            "updated_ns": time.time_ns(),
            "saved_ns": min((one.saved_ns for one in self._steps.progress if one.saved_ns), default=None),
            "stages": self._steps.stages,
            "other_steps": self._steps.others,
            "positions": positions,
            "engines": engines,
        }
        scratch = self._file.with_suffix(".json.new")
        scratch.write_text(json.dumps(status))
        os.replace(scratch, self._file)
