"""A stretch of the log: which offsets of which partitions, said in offsets, in times or by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows import times
from flows._native import Batch, SchemaIds
from flows.contracts import topics
from flows.contracts.partition import partition_of
from flows.errors import TapeflowError
from flows.stack.settings import Settings
from flows.times import BadTime

if TYPE_CHECKING:
    from flows.connectors.log_ends import LogEnds

FOR_EVER = 2**63 - 1
BEGINNING, END = "beginning", "end"


class BadStretch(TapeflowError):
    """A stretch that cannot be meant, or that the log does not hold."""


@dataclass(frozen=True)
class Stretch:
    """Offsets of a topic that a run is about. It reads from each partition's beginning, to have the state there."""

    topic: str
    """Without prefix."""
    offsets: Mapping[int, tuple[int, int | None]]
    """By partition, the first offset and the end (exclusive); without an end it goes on for ever."""
    instruments: tuple[str, ...] = ()
    """Only outputs about these; about all if empty."""
    lows: Mapping[int, int] = field(default_factory=dict)
    """By partition, the first offset that the log still holds; 0 where none is said."""

    def split(self, batch: Batch) -> tuple[Batch, Batch]:
        """Records that lead up to the stretch, and records of it."""
        begin, _ = self.offsets[batch.partition]
        return batch.within(0, begin), batch.within(begin, FOR_EVER)

    def cut(self, outputs: Batch) -> Batch:
        """Those that are wanted."""
        return outputs.concerning(self.instruments, SchemaIds.load()) if self.instruments else outputs

    @property
    def records(self) -> int:
        """How many records are read to its end, where it has one."""
        return sum(end - self.lows.get(partition, 0) for partition, (_, end) in self.offsets.items() if end)

    @property
    def reservations(self) -> list[str]:
        """One line for each partition whose beginning is gone, since a stage's state comes from all records."""
        return [
            f"{self.topic}[{partition}] begins at offset {low} now: what came of earlier records is not known again, "
            "and what is made of the first ones may differ from what was made then"
            for partition, low in self.lows.items()
            if low and partition in self.offsets
        ]


@dataclass(frozen=True)
class Asked:
    """What the command line says of a stretch."""

    begin: str = BEGINNING
    """`beginning`, `end`, an offset, or a time: ISO 8601, in UTC where it names no zone."""
    end: str | None = END
    """As `begin`; exclusive. None: for ever."""
    symbols: Sequence[str] = ()
    partitions: Sequence[int] = ()


def find(settings: Settings, topic: str, asked: Asked) -> Stretch:
    """The stretch in offsets. Raises BadStretch, BrokerAway, NotRunning."""
    # Brings a second Kafka client, which a live flow has no use for.
    from flows.connectors.log_ends import LogEnds

    found = topics.load()[topic]
    count, chosen = found.partitions, set(asked.partitions)
    if found.key == "instrument" and not chosen:
        # All of an instrument is in one partition.
        chosen = {partition_of(symbol.encode(), count) for symbol in asked.symbols}
    chosen = chosen or set(range(count))
    if unknown := chosen - set(range(count)):
        raise BadStretch(f"{topic} has no partition {min(unknown)}: they are 0 to {count - 1}")
    ends = LogEnds(settings)
    low, high = ends.beginnings([topic])[topic], ends.read([topic])[topic]
    at_begin = _resolve(asked.begin, ends, topic, low, high)
    at_end = None if asked.end is None else _resolve(asked.end, ends, topic, low, high)
    offsets: dict[int, tuple[int, int | None]] = {}
    for partition in sorted(chosen):
        begin, end = at_begin[partition], at_end[partition] if at_end else None
        if begin < low[partition] or begin > high[partition]:
            raise BadStretch(
                f"{topic}[{partition}] holds offsets {low[partition]} to {high[partition] - 1}, not {begin}: "
                "begin within them, or choose a partition with --partition or --symbol"
            )
        if end is not None and end < begin:
            raise BadStretch(f"{topic}[{partition}]: the stretch would end at {end}, before it begins at {begin}")
        offsets[partition] = (begin, None if end is None else min(end, high[partition]))
    return Stretch(topic, offsets, tuple(asked.symbols), low)


def _resolve(
    said: str, ends: LogEnds, topic: str, low: Mapping[int, int], high: Mapping[int, int]
) -> Mapping[int, int]:
    """The offset of each partition."""
    if said == BEGINNING:
        return low
    if said == END:
        return high
    if said.isdecimal():
        return dict.fromkeys(low, int(said))
    try:
        at_ns = times.parse(said)
    except BadTime:
        raise BadStretch(
            f"{said} is no place in the log: say beginning, end, an offset, or a time as in 2024-08-08T12:00:00"
        ) from None
    return ends.at_time([topic], at_ns // 1_000_000)[topic]
