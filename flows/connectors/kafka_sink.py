"""Batches -> the log, every delivery checked, by the tail rule: exactly once in effect, at log speed."""

from __future__ import annotations

from collections.abc import Mapping

from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from flows._native import Sink
from flows.chain import Outputs
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_source import KafkaSource
from flows.progress import Progress

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

    def list_parts(self) -> list[str]:
        # Bytewax counts them in the order of their names.
        self._keys = sorted(self._source.list_parts())
        return self._keys

    def part_fn(self, item_key: str) -> int:
        return self._keys.index(item_key)

    def build_part(self, step_id: str, for_part: str, resume_state: State | None) -> _Partition:
        saved = resume_state or {}
        sinks = {
            stage: Sink(self._log.producer(), stage, int(for_part), topics, saved.get(stage, []))
            for stage, topics in self._written.items()
        }
        return _Partition(self._log, sinks, int(for_part), self._progress)


class _Partition(StatefulSinkPartition[Outputs, State]):
    def __init__(self, log: KafkaLog, sinks: Mapping[str, Sink], partition: int, progress: Progress) -> None:
        self._log = log
        self._sinks = sinks
        self._of_letters: dict[str, Sink] = {}
        """By writer: letters about engines, of which there are none as a rule."""
        self._partition = partition
        self._progress = progress

    def write_batch(self, values: list[Outputs]) -> None:
        for outputs in values:
            for stage, batch in outputs:
                (self._sinks.get(stage) or self._sink_of_letters(stage)).write(batch)
            self._progress.written(self._partition)

    def _sink_of_letters(self, writer: str) -> Sink:
        if writer not in self._of_letters:
            self._of_letters[writer] = Sink(self._log.producer(), writer, self._partition, ["ops.dead_letters"], [])
        return self._of_letters[writer]

    def snapshot(self) -> State:
        """Waits for the broker: no saved state is ahead of the log."""
        return {stage: sink.flush(_FLUSH_TIMEOUT_MS) for stage, sink in self._sinks.items()}
