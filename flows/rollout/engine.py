"""The two engines of a stage. The configuration chooses; what changes it later is a Switch."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Protocol

from flows._native import Batch, SchemaIds
from flows._native import Stage as RustStage


class Engine(Protocol):
    """A stage on one partition."""

    def process(self, batch: Batch) -> Batch:
        """What the stage makes of the records; DeadLetters of those it cannot process."""

    def snapshot(self) -> bytes:
        """The state; either engine can take it up."""

    def restore(self, state: bytes) -> None:
        """Raises StageRestoreError."""


class PythonEngine:
    """The reference: plain Python objects, some hundred times slower (tests/bench/kernels.py)."""

    def __init__(self, stage: str, config_json: str, ids: SchemaIds, partitions: Mapping[str, int]) -> None:
        # Only here: fastavro and the kernels are not loaded where Rust does the work.
        from flows.contracts.registry import SchemaIds as PythonIds
        from flows.kernels.stage import Entry, Stage

        self._entry = Entry
        self._stage = Stage(stage, json.loads(config_json), PythonIds(ids.by_subject()), dict(partitions))

    def process(self, batch: Batch) -> Batch:
        entries = [self._entry(*fields) for fields in batch.entries()]
        outputs = self._stage.process(entries)
        return Batch.of([(out.topic, out.partition, out.key, out.value, out.origin) for out in outputs])

    def snapshot(self) -> bytes:
        return self._stage.snapshot()

    def restore(self, state: bytes) -> None:
        self._stage.restore(state)


def load_python(stages: Iterable[tuple[str, str]]) -> None:
    """Imports what PythonEngine needs, and compiles every schema by reading nothing by it.

    `stages`: name and configuration. Raises StageConfigError.
    """
    from flows.contracts import well_formed
    from flows.contracts.codec import FrameError, decode
    from flows.contracts.registry import SchemaIds as PythonIds
    from flows.contracts.well_formed import Malformed

    ids = PythonIds.embedded()
    for id, subject in ids.by_id.items():
        with suppress(FrameError):
            decode(struct.pack(">bi", 0, id), ids)
        with suppress(Malformed):
            well_formed.check(subject, ids.version(id), b"", 0)
    for stage, config_json in stages:
        unused = PythonEngine(stage, config_json, SchemaIds.embedded(), {})
        unused.restore(unused.snapshot())


_MAKERS: Mapping[str, Callable[[str, str, SchemaIds, Mapping[str, int]], Engine]] = {
    "rust": RustStage,
    "python": PythonEngine,
}


def make(engine: str, stage: str, config_json: str, ids: SchemaIds, partitions: Mapping[str, int]) -> Engine:
    """The stage in its initial state. `partitions`: how many each output topic has. Raises StageConfigError."""
    return _MAKERS[engine](stage, config_json, ids, partitions)
