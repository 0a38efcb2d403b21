"""The engine in plain Python: `flows/kernels/trading_engine.py`, the reference of the Rust one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from flows._native import Batch
from flows.contracts.registry import SchemaIds
from flows.kernels.emit import Entry
from flows.kernels.trading_engine import TradingEngine

StateRow = tuple[str, int, int, Sequence[tuple[str, bytes]]]
"""Topic, partition, next offset, and name and snapshot of each stage."""


class Engine(Protocol):
    """What both engines do, with framed records."""

    def execute_tick(
        self, topic: str, partition: int, offset: int, message: bytes, hold_inbox: bool
    ) -> Batch | None: ...
    def execute_ticks(self, batch: Batch, hold_inbox: bool) -> Batch: ...
    def next_offset(self, topic: str, partition: int) -> int | None: ...
    def snapshot(self) -> Sequence[StateRow]: ...
    def restore(self, rows: Sequence[StateRow]) -> None: ...


class PythonEngine:
    """Unlike the Rust one it is for one thread."""

    def __init__(self, config: Mapping[str, str], ids: SchemaIds, partitions: Mapping[str, int]) -> None:
        stages = {stage: json.loads(text) for stage, text in config.items()}
        self._kernel = TradingEngine(stages, ids, partitions)

    def execute_tick(self, topic: str, partition: int, offset: int, message: bytes, hold_inbox: bool) -> Batch | None:
        record = Entry(topic, partition, offset, b"", message, (partition, offset, 0))
        return self._execute([record], hold_inbox) or None

    def execute_ticks(self, batch: Batch, hold_inbox: bool) -> Batch:
        return self._execute([Entry(*fields) for fields in batch.entries()], hold_inbox)

    def next_offset(self, topic: str, partition: int) -> int | None:
        return self._kernel.next_offset(topic, partition)

    def snapshot(self) -> Sequence[StateRow]:
        return [
            (topic, partition, next, list(stages.items()))
            for topic, states in self._kernel.snapshot().items()
            for partition, (next, stages) in states.items()
        ]

    def restore(self, rows: Sequence[StateRow]) -> None:
        states: dict[str, dict[int, tuple[int, Mapping[str, bytes]]]] = {}
        for topic, partition, next, stages in rows:
            states.setdefault(topic, {})[partition] = next, dict(stages)
        self._kernel.restore(states)

    def _execute(self, records: Sequence[Entry], hold_inbox: bool) -> Batch:
        events = self._kernel.execute_ticks(records, hold_inbox)
        return Batch.placed([(one.topic, one.partition, one.offset, one.key, one.value, one.origin) for one in events])
