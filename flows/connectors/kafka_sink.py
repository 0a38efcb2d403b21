"""Batches -> the log, every delivery checked, by the tail rule: exactly once in effect, at log speed."""

from __future__ import annotations

from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from flows._native import Batch, Sink
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_source import KafkaSource
from flows.progress import Progress

# Longer than librdkafka tries to deliver: what is given up then has a reason of its own.
_FLUSH_TIMEOUT_MS = 310_000

State = list[tuple[str, int, int, tuple[int, int, int] | None]]
"""By output partition: topic, partition, end offset, highest origin written."""


class KafkaSink(FixedPartitionedSink[Batch, State]):
    """The outputs of one stage: a Bytewax partition for each source partition, since that makes the producer."""

    def __init__(
        self, log: KafkaLog, stage: str, outputs: list[str], source: KafkaSource, progress: Progress
    ) -> None:
        """`outputs`: the topics that the stage may write, without prefix; `source`: what the stage's flow reads."""
        self._log = log
        self._stage = stage
        self._outputs = outputs
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
        sink = Sink(self._log.producer(), self._stage, int(for_part), self._outputs, resume_state or [])
        return _Partition(sink, int(for_part), self._progress)


class _Partition(StatefulSinkPartition[Batch, State]):
    def __init__(self, sink: Sink, partition: int, progress: Progress) -> None:
        self._sink = sink
        self._partition = partition
        self._progress = progress

    def write_batch(self, values: list[Batch]) -> None:
        for batch in values:
            self._sink.write(batch)
            self._progress.passed_on(self._partition, 0)

    def snapshot(self) -> State:
        """Waits for the broker: no saved state is ahead of the log."""
        return self._sink.flush(_FLUSH_TIMEOUT_MS)
