"""The log as records: what explanations look up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flows.connectors.log_lookup import Entry, LogLookup
from flows.contracts.codec import FrameError, Record, decode
from flows.contracts.registry import SchemaIds
from flows.explain.errors import CannotExplain
from flows.explain.explanation import Link


class RecordsLog:
    """Decodes what `LogLookup` reads."""

    def __init__(self, lookup: LogLookup, ids: SchemaIds) -> None:
        self.lookup = lookup
        self._ids = ids
        self._kinds = {id.to_bytes(4, "big"): subject for id, subject in ids.by_id.items()}

    def link(self, entry: Entry) -> Link:
        """Raises CannotExplain for a record that is none of ours."""
        try:
            return Link(entry, decode(entry.value, self._ids))
        except FrameError as error:
            place = f"{entry.topic}[{entry.partition}] offset {entry.offset}"
            raise CannotExplain(f"{place} is no record that this version reads: {error}") from error

    def is_kind(self, entry: Entry, *kinds: type[Record]) -> bool:
        """Whether the framing names one of these records; the body is not looked at."""
        subject = self._kinds.get(entry.value[1:5]) if entry.value[:1] == b"\0" else None
        return any(subject == kind.SUBJECT for kind in kinds)

    def receive_ns(self, entry: Entry) -> int:
        """When a record of market.ticks was received, or said by an operator; 0 for one that cannot be read."""
        try:
            record = self.link(entry).record
        except CannotExplain:
            return 0
        return int(getattr(record, "receive_ns", None) or record.event_ns)

    def readable(self, entries: Iterator[Entry], *kinds: type[Record]) -> Iterator[Link]:
        """Those of these kinds. What is garbled is left out: it made nothing but a dead letter."""
        for entry in entries:
            if self.is_kind(entry, *kinds):
                try:
                    link = self.link(entry)
                except CannotExplain:
                    continue
                yield link

    def of_kind(
        self, topic: str, partition: int, kind: type[Record], start: int = 0, needle: bytes = b""
    ) -> Iterator[Link]:
        """The records of one kind from `start` on that contain these bytes, in order."""
        entries = self.lookup.of_kind(topic, partition, self._ids.all_of[kind.SUBJECT], start)
        return self.readable((entry for entry in entries if needle in entry.value), kind)

    def of_origin(self, topic: str, partition: int, origin: tuple[int, int]) -> Iterator[Link]:
        """The records from the first whose origin's offset and index are at or past `origin`, in order. For partitions
        with one producer, whose origins strictly increase."""
        first = self.first_where(topic, partition, lambda link: _origin(link) >= origin)
        if first is not None:
            _, end = self.lookup.range(topic, partition)
            yield first
            for entry in self.lookup.entries(topic, partition, first.entry.offset + 1, end):
                yield self.link(entry)

    def first_where(self, topic: str, partition: int, holds: Callable[[Link], bool]) -> Link | None:
        """The first record for which `holds` is true, where it holds for all that follow."""
        entry = self.lookup.first_where(topic, partition, lambda entry: holds(self.link(entry)))
        return self.link(entry) if entry else None


def _origin(link: Link) -> tuple[int, int]:
    return link.record.origin.offset, link.record.origin.index
