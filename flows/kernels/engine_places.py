"""Where the trading engine's records stand: the partitions of the two sequenced topics, and the next offset of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows.contracts import topics
from flows.contracts.partition import partition_of
from flows.contracts.records import Rollout
from flows.contracts.registry import SchemaIds
from flows.errors import EngineInputError
from flows.kernels.emit import Entry
from flows.kernels.opened import body, header
from flows.kernels.refusal import Refusal

TICKS, INBOX = "market.ticks", "risk.inbox"
OFFSET_MAX = 2**62
"""No log comes near it: sums with it fit 64 bits."""


class Misplaced(Exception):
    """Why a record cannot stand where it is said to."""


class Places:
    """The next offset of every partition."""

    def __init__(self, partitions: Mapping[str, int]) -> None:
        known = topics.load()
        counts = {topic: max(1, partitions.get(topic, known[topic].partitions)) for topic in (TICKS, INBOX)}
        self._next = {topic: [0] * count for topic, count in counts.items()}

    def count(self, topic: str) -> int:
        return len(self._next[topic])

    def next_offset(self, topic: str, partition: int) -> int | None:
        nexts = self._next.get(topic, [])
        return nexts[partition] if 0 <= partition < len(nexts) else None

    def used(self, topic: str) -> list[tuple[int, int]]:
        """Every partition that has taken a record, with its next offset."""
        return [(partition, next) for partition, next in enumerate(self._next[topic]) if next]

    def check(self, records: Sequence[Entry], hold_inbox: bool, ids: SchemaIds) -> None:
        """Raises EngineInputError unless all records can be taken, one after the other."""
        then = Places({})
        then._next = {topic: list(nexts) for topic, nexts in self._next.items()}
        for index, record in enumerate(records):
            try:
                then.taken(then.find(record, hold_inbox, ids))
            except Misplaced as error:
                place = record.topic, record.partition, record.offset
                raise EngineInputError(index, *place, str(error)) from error

    def find(self, record: Entry, hold_inbox: bool, ids: SchemaIds) -> Entry:
        """The record with the place that it shall have. Raises Misplaced."""
        if record.topic not in self._next:
            raise Misplaced("an engine takes records of market.ticks and risk.inbox alone")
        nexts = self._next[record.topic]
        partition = _partition_by_key(record, len(nexts), ids) if record.partition == -1 else record.partition
        if not 0 <= partition < len(nexts):
            raise Misplaced(f"the topic has partitions 0 to {len(nexts) - 1}")
        next, offset = nexts[partition], record.offset
        if offset == -1:
            return replace(record, partition=partition, offset=next)
        if record.topic == INBOX and not hold_inbox:
            raise Misplaced(
                "the engine itself orders its inbox: leave the offset at -1, or hold the inbox and give all of its "
                "records in their log's order"
            )
        if not 0 <= offset <= OFFSET_MAX:
            raise Misplaced("there is no such offset")
        if offset < next:
            raise Misplaced(f"the offset is not past {next - 1}, the last one that was taken")
        return replace(record, partition=partition)

    def taken(self, entry: Entry) -> None:
        """Notes that a record stands there."""
        self._next[entry.topic][entry.partition] = entry.offset + 1

    def append(self, topic: str, partition: int) -> int:
        """The offset of a new record of a partition."""
        self._next[topic][partition] += 1
        return self._next[topic][partition] - 1

    def go_on(self, topic: str, partition: int, next: int) -> None:
        """Sets where the next record of a partition stands."""
        self._next[topic][partition] = next


def _partition_by_key(record: Entry, partitions: int, ids: SchemaIds) -> int:
    """By the key that stands beside the record, or else by its own."""
    if record.key:
        return partition_of(record.key, partitions)
    topic = topics.load()[record.topic]
    try:
        subject, id = header(record.value, ids)
        # An operator's word on engines stands in every partition.
        if subject in topic.records and subject != Rollout.SUBJECT:
            found = body(subject, id, record.value, ids)
            return partition_of(str(getattr(found, topic.key)).encode(), partitions)
    except Refusal:
        pass
    raise Misplaced("it is no record whose key names a partition here: say which")
