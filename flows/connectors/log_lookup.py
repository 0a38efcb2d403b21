"""Single records and short stretches of the log, read by position."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from flows._native import Batch, Source, partition_counts
from flows.connectors.watermarks import watermarks
from flows.errors import LogReadError
from flows.stack.settings import Settings

_TIMEOUT_S = 30.0
_CHUNK_RECORDS = 1_000
_BATCH_RECORDS = 10_000
_WAIT_MS = 100
# Single records are read here and there: a long stretch behind each would be read for nothing.
_FETCH_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it stands in the log."""

    topic: str
    """Without prefix."""
    partition: int
    offset: int
    key: bytes
    value: bytes
    """The framed record."""
    produced_ns: int | None
    """Header `produced_ns`: when its writer sent it."""


class LogLookup:
    """Reads by position over one connection, which it keeps while it is entered. One reading at a time: the next
    ends the one before."""

    def __init__(self, settings: Settings) -> None:
        """Raises NotRunning where there is no broker."""
        self._settings = settings
        # log_level 0: what goes wrong reaches us as an error; librdkafka's own lines on stderr would only double it.
        self._consumer = Consumer(
            {
                **settings.kafka(),
                "group.id": "tapeflow-explain",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 10,
                "fetch.message.max.bytes": _FETCH_BYTES,
                "auto.offset.reset": "error",
                "log_level": 0,
            }
        )
        self._counts: dict[str, int] = {}
        self._ranges: dict[tuple[str, int], tuple[int, int]] = {}

    def __enter__(self) -> LogLookup:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has. Raises LogReadError for one that is missing."""
        if topic not in self._counts:
            servers, prefix = self._settings.bootstrap_servers, self._settings.topic_prefix
            self._counts.update(partition_counts(servers, prefix, [topic]))
        return self._counts[topic]

    def range(self, topic: str, partition: int) -> tuple[int, int]:
        """The first offset there is and the end, as they were when first asked for. Raises LogReadError."""
        place = (topic, partition)
        if place not in self._ranges:
            if not 0 <= partition < self.partitions(topic):
                raise LogReadError(
                    f"topic {self._settings.topic(topic)} has {self.partitions(topic)} partitions, not {partition}: "
                    "is this the log that it was written to? Look at --data-dir and TAPEFLOW_TOPIC_PREFIX"
                )
            try:
                self._ranges[place] = watermarks(self._consumer, self._named(topic, partition), _TIMEOUT_S)
            except KafkaException as error:
                raise self._failed(topic, partition, error) from error
        return self._ranges[place]

    def entries(self, topic: str, partition: int, start: int, end: int) -> Iterator[Entry]:
        """The records with `start <= offset < end` that there are, in order. Raises LogReadError."""
        low, high = self.range(topic, partition)
        start, end = max(start, low), min(end, high)
        if start >= end:
            return
        try:
            self._consumer.assign([self._named(topic, partition, start)])
            deadline_s = time.monotonic() + _TIMEOUT_S
            while True:
                for message in self._consumer.consume(min(_CHUNK_RECORDS, end - start), timeout=0.05):
                    if _is_end(message):
                        return
                    entry = _entry(topic, message)
                    if entry.offset >= end:
                        return
                    yield entry
                    start = entry.offset + 1
                    deadline_s = time.monotonic() + _TIMEOUT_S
                    if start >= end:
                        return
                if time.monotonic() > deadline_s:
                    raise TimeoutError(f"nothing came within {_TIMEOUT_S:.0f} s")
        except (KafkaException, TimeoutError) as error:
            raise self._failed(topic, partition, error) from error

    def of_kind(self, topic: str, partition: int, schema_ids: Sequence[int], start: int) -> Iterator[Entry]:
        """The records of one kind, in any of its versions, from `start` on, in order. Rust looks through the others.
        Raises LogReadError."""
        _, end = self.range(topic, partition)
        for batch in self._batches(topic, partition, start, end):
            for position in batch.positions_of(schema_ids):
                yield from _entries(batch.cut(position, position + 1))

    def of_key(self, topic: str, partition: int, key: bytes, start: int, end: int) -> Iterator[Entry]:
        """The records of one key with `start <= offset < end`, in order. Raises LogReadError."""
        for batch in self._batches(topic, partition, start, end):
            yield from (entry for entry in _entries(batch) if entry.key == key)

    def at(self, topic: str, partition: int, offset: int) -> Entry | None:
        """The record at this offset, or None."""
        return next(self.entries(topic, partition, offset, offset + 1), None)

    def backwards(self, topic: str, partition: int, end: int) -> Iterator[Entry]:
        """The records before offset `end`, the last one first."""
        low, high = self.range(topic, partition)
        end = min(end, high)
        while end > low:
            start = max(low, end - _CHUNK_RECORDS)
            yield from reversed(list(self.entries(topic, partition, start, end)))
            end = start

    def first_where(self, topic: str, partition: int, holds: Callable[[Entry], bool]) -> Entry | None:
        """The first record for which `holds` is true, where it holds for all that follow; by halving."""
        low, high = self.range(topic, partition)
        found = None
        while low < high:
            middle = (low + high) // 2
            # A log may lack offsets, as after transactions: the next record that there is stands in.
            entry = next(self.entries(topic, partition, middle, high), None)
            if entry is None:
                high = middle
            elif holds(entry):
                found, high = entry, middle
            else:
                low = entry.offset + 1
        return found

    def _batches(self, topic: str, partition: int, start: int, end: int) -> Iterator[Batch]:
        low, high = self.range(topic, partition)
        start, end = max(start, low), min(end, high)
        if start >= end:
            return
        servers, prefix = self._settings.bootstrap_servers, self._settings.topic_prefix
        source = Source(servers, prefix, topic, [(partition, start, end)], False, True)
        heard_s = time.monotonic()
        while (batch := source.next_batch(0, _BATCH_RECORDS, _WAIT_MS)) is not None:
            if len(batch):
                heard_s = time.monotonic()
                yield batch
            elif time.monotonic() - heard_s > _TIMEOUT_S:
                raise self._failed(topic, partition, TimeoutError(f"nothing came within {_TIMEOUT_S:.0f} s"))

    def _named(self, topic: str, partition: int, offset: int = 0) -> TopicPartition:
        return TopicPartition(self._settings.topic(topic), partition, offset)

    def _failed(self, topic: str, partition: int, error: Exception) -> LogReadError:
        place = f"{self._settings.topic(topic)}[{partition}]"
        return LogReadError(
            f"cannot read {place} at {self._settings.bootstrap_servers}: {error}; is the broker running? "
            "Look with `tapeflow status`"
        )


def _is_end(message: Message) -> bool:
    error = message.error()
    if error is None:
        return False
    if error.code() == KafkaError._PARTITION_EOF:
        return True
    raise KafkaException(error)


def _entries(batch: Batch) -> Iterator[Entry]:
    for topic, partition, offset, key, value, _, produced_ns in batch.entries():
        yield Entry(topic, partition, offset, key, value, produced_ns)


def _entry(topic: str, message: Message) -> Entry:
    headers = dict(message.headers() or ())
    produced = headers.get("produced_ns")
    return Entry(
        topic=topic,
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        key=message.key() or b"",
        value=message.value() or b"",
        produced_ns=int.from_bytes(produced, "big", signed=True) if isinstance(produced, bytes) else None,
    )
