"""Hands out origins and places outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.contracts import topics
from flows.contracts.codec import Record, encode
from flows.contracts.letters import letter_of
from flows.contracts.partition import partition_of
from flows.contracts.records import DeadLetter, Origin, Rollout
from flows.contracts.registry import SchemaIds
from flows.contracts.topics import Topic

if TYPE_CHECKING:
    from flows.kernels.kernel import Position
    from flows.kernels.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a partition, as it is read."""

    topic: str
    """Without prefix."""
    partition: int
    offset: int
    """-1 for what is not written yet."""
    key: bytes
    value: bytes
    """The framed record."""
    origin: tuple[int, int, int]
    """Of what a stage made: partition, offset, index. Of what a source read: its own position and 0."""
    produced_ns: int | None = None
    """Header `produced_ns`."""


@dataclass(frozen=True, slots=True)
class Output:
    """One record that is to be written."""

    topic: str
    """Without prefix."""
    partition: int
    key: bytes
    value: bytes
    """The framed record."""
    origin: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Context:
    """What a stage knows for as long as it lives."""

    stage: str
    ids: SchemaIds
    partitions: Mapping[str, int]


class Emit:
    """Takes the outputs that a kernel makes of one record."""

    def __init__(self, context: Context, cause: Position, next_index: int, entry: Entry) -> None:
        self._context = context
        self._cause = cause
        self._entry = entry
        self.next_index = next_index
        self.outputs: list[Output] = []

    @property
    def next_origin(self) -> Origin:
        """The origin that the next output will have."""
        return Origin(self._cause.partition, self._cause.offset, self.next_index)

    def send(self, make: Callable[[Origin], Record]) -> None:
        """Sends the record that `make` makes of its origin, to the topic of its kind."""
        origin = self.next_origin
        record = make(origin)
        topic = topics.of_subject(record.SUBJECT)
        assert topic is not None, "kernels make no snapshots and no Rollout: every kind they send has its topic"
        self._send_to(topic, str(getattr(record, topic.key)), origin, record)

    def pass_on(self, rollout: Rollout, topic: str) -> None:
        """Sends an operator's word on to the stage that reads `topic`."""
        origin = self.next_origin
        self._send_to(topics.load()[topic], rollout.stage, origin, replace(rollout, origin=origin))

    def _send_to(self, topic: Topic, text: str, origin: Origin, record: Record) -> None:
        key = text.encode()
        if topic.placed_by == "origin":
            partition = origin.partition
        else:
            partition = partition_of(key, self._context.partitions.get(topic.name, topic.partitions))
        place = (origin.partition, origin.offset, origin.index)
        self.outputs.append(Output(topic.name, partition, key, encode(record, self._context.ids), place))
        self.next_index += 1

    def dead_letter(self, refusal: Refusal) -> None:
        """Sends the record in hand to `ops.dead_letters`."""
        value, detail = letter_of(self._entry.value, str(refusal))
        self.send(
            lambda origin: DeadLetter(
                origin=origin,
                stage=self._context.stage,
                source=self._entry.topic,
                reason=refusal.reason,
                detail=detail,
                value=value,
                receive_ns=None,
            )
        )
