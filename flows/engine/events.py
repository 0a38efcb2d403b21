"""What a trading engine makes, as it would stand in the log; records are decoded when they are asked for."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import fastavro

from flows._native import Batch
from flows.contracts import registry
from flows.contracts.codec import HEADER_BYTES, Record, decode, subject_of
from flows.contracts.records import Origin
from flows.contracts.registry import SchemaIds

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True)
class Event:
    """One record and its place."""

    topic: str
    """Without prefix."""
    partition: int
    offset: int | None
    """In risk.inbox where the engine orders it; None in all other topics, whose offsets depend on who else writes."""
    origin: Origin
    """The position of the sequenced record that caused it, and its index among all that one stage made of that."""
    key: bytes
    value: bytes
    """The framed record, to the byte."""
    _ids: SchemaIds = field(repr=False, compare=False)

    @cached_property
    def record(self) -> Record:
        """One of the dataclasses of `flows.contracts.records`."""
        return decode(self.value, self._ids)


class Events(Sequence[Event]):
    """In the order in which they happened."""

    def __init__(self, batch: Batch, ids: SchemaIds) -> None:
        self.batch = batch
        """The same framed, in one buffer."""
        self._ids = ids

    def __len__(self) -> int:
        return len(self.batch)

    def __iter__(self) -> Iterator[Event]:
        return map(self._event, self.batch.entries())

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        if isinstance(index, slice):
            positions = range(*index.indices(len(self)))
            if not positions:
                return []
            first, last = sorted((positions[0], positions[-1]))
            entries = self.batch.cut(first, last + 1).entries()
            return [self._event(entries[position - first]) for position in positions]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(f"there are {len(self)} events, and none at {index}")
        return self._event(self.batch.cut(position, position + 1).entries()[0])

    def __repr__(self) -> str:
        counts = ", ".join(f"{topic}: {count}" for topic, count in self.batch.counts().items())
        return f"<{len(self)} events{f' ({counts})' if counts else ''}>"

    def of(self, topic: str) -> Events:
        """Those of one topic. Raises NoSuchTopic."""
        return Events(self.batch.select(topic), self._ids)

    def records(self, kind: type[Any]) -> list[Any]:
        """All records of a kind, such as `Decision`."""
        return [decode(value, self._ids) for value in self._values(kind)]

    def table(self, kind: type[Any]) -> pyarrow.Table:
        """All records of a kind as Arrow columns, those of its schema."""
        import pyarrow

        from flows.contracts import arrow

        columns, row = arrow.table_of(kind.SUBJECT)
        schema = fastavro.parse_schema(registry.schema(kind.SUBJECT))
        rows = [
            row(fastavro.schemaless_reader(io.BytesIO(value[HEADER_BYTES:]), schema, None))
            for value in self._values(kind)
        ]
        return pyarrow.Table.from_pylist(rows, schema=columns)

    def _values(self, kind: type[Any]) -> Iterator[bytes]:
        values = (value for _, _, _, _, value, _, _ in self.batch.entries())
        return (value for value in values if subject_of(value, self._ids) == kind.SUBJECT)

    def _event(self, entry: tuple[str, int, int, bytes, bytes, tuple[int, int, int], int | None]) -> Event:
        topic, partition, offset, key, value, origin, _ = entry
        place = None if offset < 0 else offset
        return Event(topic, partition, place, Origin(*origin), key, value, self._ids)
