"""Differences -> shadow.diffs, keyed by the topic that was compared, in the partition of the causing record."""

from __future__ import annotations

from bytewax.outputs import DynamicSink, StatelessSinkPartition
from confluent_kafka import KafkaError, Message, Producer

from flows.contracts import codec
from flows.contracts.records import Diff
from flows.contracts.registry import SchemaIds
from flows.errors import LogWriteError
from flows.running.progress import Progress
from flows.stack.settings import Settings

_TOPIC = "shadow.diffs"
_TIMEOUT_S = 30.0


class DiffSink(DynamicSink[tuple[str, list[Diff]]]):
    """A run writes once, from its beginning: it has no tail to go by. `Diff.run` tells one run from another."""

    def __init__(self, settings: Settings, ids: SchemaIds, progress: Progress) -> None:
        self._settings = settings
        self._ids = ids
        self._progress = progress

    def build(self, step_id: str, worker_index: int, worker_count: int) -> _Diffs:
        return _Diffs(self._settings, self._ids, self._progress)


class _Diffs(StatelessSinkPartition[tuple[str, list[Diff]]]):
    def __init__(self, settings: Settings, ids: SchemaIds, progress: Progress) -> None:
        properties = {"enable.idempotence": True, "acks": "all", "linger.ms": 5, "log_level": 0}
        self._producer = Producer({**settings.kafka(), **properties})
        self._topic = settings.topic(_TOPIC)
        self._ids = ids
        self._progress = progress
        self._lost: KafkaError | None = None

    def write_batch(self, items: list[tuple[str, list[Diff]]]) -> None:
        for partition, diffs in items:
            for diff in diffs:
                self._write(diff)
            self._progress.written(int(partition))
        self._check()

    def close(self) -> None:
        left = self._producer.flush(_TIMEOUT_S)
        self._check()
        if left:
            raise LogWriteError(f"{left} differences were not confirmed within {_TIMEOUT_S:.0f} s: is the broker up?")

    def _write(self, diff: Diff) -> None:
        key, value = diff.compared_topic.encode(), codec.encode(diff, self._ids)
        while True:
            try:
                self._producer.produce(self._topic, value, key, diff.origin.partition, on_delivery=self._delivered)
                self._producer.poll(0)
                return
            except BufferError:
                self._producer.poll(0.1)

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        self._lost = self._lost or error

    def _check(self) -> None:
        if self._lost:
            raise LogWriteError(f"a difference was not written to {self._topic}: {self._lost.str()}")
