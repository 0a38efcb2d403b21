"""The whole chain in one process and without a log: market.ticks -> bars, features, signals -> risk.inbox -> decisions
and orders, for research, backtests and the lowest latency.

It runs the stages that the flows run, one chain for each partition of market.ticks and one risk stage for each of
risk.inbox, so that its events are what the flows write to the log, bit for bit. A log's inbox can have many orders:
several flows, the router and operators write to it. Here it has one: what a tick makes stands in the inbox before the
next record is taken, behind all that came before. `hold_inbox` takes another order, as a log has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.contracts.registry import SchemaIds
from flows.errors import EngineBroken, StageRestoreError
from flows.kernels.emit import Entry, Output
from flows.kernels.engine_places import INBOX, OFFSET_MAX, TICKS, Places
from flows.kernels.stage import Stage

__all__ = ["States", "TradingEngine"]

States = Mapping[str, Mapping[int, tuple[int, Mapping[str, bytes]]]]
"""By topic and partition what a flow saves of one: the offset behind the last record that its stages have taken, and
the snapshot of each stage."""

_CHAIN = ("bars", "features", "signals")


class TradingEngine:
    """Bars, features, signals and risk, one behind the other."""

    def __init__(self, config: Mapping[str, Mapping[str, Any]], ids: SchemaIds, partitions: Mapping[str, int]) -> None:
        """`config`: by stage. `partitions`: how many each topic has; those of `schemas/topics.toml` where it says
        nothing. Raises StageConfigError."""
        self._made_of = (config, ids, partitions)
        self._ids = ids
        self._places = Places(partitions)
        self._markets = [
            [Stage(name, config[name], ids, partitions) for name in _CHAIN] for _ in range(self._places.count(TICKS))
        ]
        self._risks = [Stage("risk", config["risk"], ids, partitions) for _ in range(self._places.count(INBOX))]
        self._is_broken = False

    def execute_ticks(self, records: Sequence[Entry], hold_inbox: bool) -> list[Entry]:
        """Takes records of market.ticks or risk.inbox, and returns what they cause, in order of happening. A partition
        of -1 is that of the record's key, an offset of -1 the next of its partition.

        With `hold_inbox` signals and marks are told and stay out of the inbox: all records of risk.inbox are given,
        those too, as a log has them.

        Raises EngineInputError if a record cannot stand where it is said to; nothing of `records` was taken then. What
        a stage cannot process is no error, but a DeadLetter among the events.
        """
        if self._is_broken:
            raise EngineBroken()
        self._places.check(records, hold_inbox, self._ids)
        events: list[Entry] = []
        try:
            for record in records:
                self._take(self._places.find(record, hold_inbox, self._ids), hold_inbox, events)
        except BaseException:
            # Of a strategy of the user's: the record is taken by half.
            self._is_broken = True
            raise
        return events

    def next_offset(self, topic: str, partition: int) -> int | None:
        """Offset behind the last record of a partition of the two topics; None if there is no such partition."""
        return self._places.next_offset(topic, partition)

    def _take(self, entry: Entry, hold_inbox: bool, events: list[Entry]) -> None:
        self._places.taken(entry)
        if entry.topic == INBOX:
            events += map(_event, self._risks[entry.partition].process([entry]))
            return
        bars, *behind = self._markets[entry.partition]
        made = bars.process([entry])
        for stage in behind:
            before = [_event(output) for output in made]
            events += before
            # The stage before also makes dead letters, which are nobody's input.
            made = stage.process(one for one in before if one.topic == stage.input)
        for output in made:
            event = _event(output)
            if hold_inbox or event.topic != INBOX:
                events.append(event)
                continue
            entered = replace(event, offset=self._places.append(INBOX, event.partition))
            events.append(entered)
            events += map(_event, self._risks[entered.partition].process([entered]))

    def snapshot(self) -> dict[str, dict[int, tuple[int, dict[str, bytes]]]]:
        """How every partition stands that has taken a record. Raises EngineBroken."""
        if self._is_broken:
            raise EngineBroken()
        return {
            topic: {
                partition: (next, {stage.name: stage.snapshot() for stage in self._stages(topic, partition)})
                for partition, next in self._places.used(topic)
            }
            for topic in (TICKS, INBOX)
        }

    def restore(self, states: States) -> None:
        """Replaces the whole state by what a snapshot says, or flows have saved; a partition of which it says nothing
        is in its initial state.

        Raises StageRestoreError if a state is of another stage or configuration, or of no partition; the engine is then
        unchanged.
        """
        fresh = TradingEngine(*self._made_of)
        for topic, partitions in states.items():
            for partition, (next, saved) in partitions.items():
                fresh._resume(topic, partition, next, saved)
        self.__dict__ = fresh.__dict__

    def _resume(self, topic: str, partition: int, next: int, saved: Mapping[str, bytes]) -> None:
        if self._places.next_offset(topic, partition) is None:
            raise StageRestoreError(f"an engine with these settings has no partition {topic}[{partition}]")
        if not 0 <= next <= OFFSET_MAX:
            raise StageRestoreError(f"{topic}[{partition}] cannot go on from offset {next}")
        for stage in self._stages(topic, partition):
            if stage.name not in saved:
                raise StageRestoreError(f"the saved state of {topic}[{partition}] has none of stage {stage.name}")
            stage.restore(saved[stage.name])
        self._places.go_on(topic, partition, next)

    def _stages(self, topic: str, partition: int) -> list[Stage]:
        return self._markets[partition] if topic == TICKS else [self._risks[partition]]


def _event(output: Output) -> Entry:
    """Not written yet: what no sequenced topic holds has no offset here."""
    return Entry(output.topic, output.partition, -1, output.key, output.value, output.origin)
