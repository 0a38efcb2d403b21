"""Batches -> the log, every delivery checked, by the tail rule: exactly once in effect, at log speed."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from flows._native import Sink
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_source import KafkaSource
from flows.running.chain import Outputs
from flows.running.progress import Progress

# Longer than librdkafka tries to deliver: what is given up then has a reason of its own.
_FLUSH_TIMEOUT_MS = 310_000

_Places = list[tuple[str, int, int, tuple[int, int, int] | None]]
"""By output partition: topic, partition, end offset, highest origin written."""

State = Mapping[str, _Places]
"""By stage."""


class KafkaSink(FixedPartitionedSink[Outputs, State]):
    """What stages make: a Bytewax partition for each source partition, since that and the stage make the producer."""

    def __init__(
        self, log: KafkaLog, written: Mapping[str, list[str]], source: KafkaSource, progress: Progress
    ) -> None:
        """`written`: the topics that each stage may write, without prefix; `source`: what the stages' flow reads."""
        self._log = log
        self._written = written
        self._source = source
        self._progress = progress
        self._keys: list[str] = []
        self._openings: dict[int, _Opening] = {}

    def list_parts(self) -> list[str]:
        # Bytewax counts those of all processes in the order of their names.
        self._keys = sorted(self._source.list_all_parts())
        return self._source.list_parts()

    def part_fn(self, item_key: str) -> int:
        return self._keys.index(item_key)

    def build_part(self, step_id: str, for_part: str, resume_state: State | None) -> _Partition:
        # A worker is a thread.
        opening = self._openings.setdefault(threading.get_ident(), _Opening(self._log, self._written))
        opening.add(int(for_part), resume_state or {})
        return _Partition(self._log, opening, int(for_part), self._progress)


class _Opening:
    """The partitions of one worker, whose own outputs' ends are read together when the first of them writes.

    Each alone would connect to the broker for itself, and a flow that resumes would wait for one after the other.
    """

    def __init__(self, log: KafkaLog, written: Mapping[str, list[str]]) -> None:
        self._log = log
        self._written = written
        self._waiting: list[tuple[int, State]] = []
        self._sinks: dict[int, dict[str, Sink]] = {}

    def add(self, partition: int, saved: State) -> None:
        self._waiting.append((partition, saved))

    def sinks(self, partition: int) -> Mapping[str, Sink]:
        """By stage. Raises LogReadError."""
        if self._waiting:
            asked = [
                (stage, waiting, topics, saved.get(stage, []))
                for waiting, saved in self._waiting
                for stage, topics in self._written.items()
            ]
            opened = Sink.open(self._log.producer(), asked)
            for (stage, waiting, _, _), sink in zip(asked, opened, strict=True):
                self._sinks.setdefault(waiting, {})[stage] = sink
            self._waiting.clear()
        return self._sinks[partition]


class _Partition(StatefulSinkPartition[Outputs, State]):
    def __init__(self, log: KafkaLog, opening: _Opening, partition: int, progress: Progress) -> None:
        self._log = log
        self._opening = opening
        self._of_letters: dict[str, Sink] = {}
        """By writer: letters about engines, of which there are none as a rule."""
        self._partition = partition
        self._progress = progress

    def write_batch(self, values: list[Outputs]) -> None:
        sinks = self._opening.sinks(self._partition)
        for outputs in values:
            for stage, batch in outputs:
                (sinks.get(stage) or self._sink_of_letters(stage)).write(batch)
            self._progress.written(self._partition)

    def _sink_of_letters(self, writer: str) -> Sink:
        if writer not in self._of_letters:
            self._of_letters[writer] = Sink(self._log.producer(), writer, self._partition, ["ops.dead_letters"], [])
        return self._of_letters[writer]

    def snapshot(self) -> State:
        """Waits for the broker: no saved state is ahead of the log."""
        sinks = self._opening.sinks(self._partition)
        return {stage: sink.flush(_FLUSH_TIMEOUT_MS) for stage, sink in sinks.items()}
