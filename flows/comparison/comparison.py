"""Runs two sides over the batches of all partitions, and says where they differ."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

from flows._native import Batch
from flows.comparison.fields import Tolerance, flat
from flows.comparison.matching import Kind, Pair, match
from flows.comparison.side import Side
from flows.comparison.tally import Divergence, Tally
from flows.contracts import codec
from flows.contracts.records import Diff
from flows.contracts.registry import SchemaIds

_AROUND = 3
_TRADES = ("tapeflow.risk.Signal", "tapeflow.execution.New")
_TRADED_TOPICS = ("risk.inbox", "execution.orders")


class Comparison:
    """One partition; all of a run share a tally."""

    def __init__(
        self,
        run: str,
        baseline: Side,
        candidate: Side,
        ids: SchemaIds,
        tolerance: Tolerance,
        tally: Tally,
        different: Callable[[list[Pair]], None] = lambda _pairs: None,
    ) -> None:
        """`run`: names the comparison in its Diffs; `different`: is told of what differs as soon as it is found."""
        self._run = run
        self._sides = {"baseline": baseline, "candidate": candidate}
        self._ids = ids
        self._tolerance = tolerance
        self._tally = tally
        self._different = different
        self._traded = {struct.pack(">bi", 0, id) for subject in _TRADES for id in ids.all_of[subject]}

    def skip(self, batch: Batch) -> None:
        """Records that only lead up to the stretch. Raises SideFailed."""
        for side in self._sides.values():
            side.skip(batch)

    def compare(self, batch: Batch, cut: Callable[[Batch], Batch]) -> list[Diff]:
        """Both sides on the next records; of their outputs what `cut` leaves. Raises SideFailed."""
        made = {name: cut(self._process(name, batch)) for name in self._sides}
        self._tally.input_records += len(batch)
        baseline, candidate = made["baseline"], made["candidate"]
        if baseline.same_as(candidate):
            for topic, count in baseline.counts().items():
                self._tally.topics[topic][Kind.SAME] += count
            self._trade(("baseline", "candidate"), baseline)
            self._note(batch, len(baseline), [])
            return []
        pairs = list(match(baseline, candidate, self._ids, self._tolerance))
        for pair in pairs:
            self._tally.add(pair)
        self._trade(("baseline",), baseline)
        self._trade(("candidate",), candidate)
        differing = [pair for pair in pairs if pair.kind not in (Kind.SAME, Kind.NEAR)]
        self._note(batch, len(pairs), differing)
        if differing:
            self._different(differing)
        return [diff for pair in differing for diff in self._diffs(pair)]

    def _process(self, name: str, batch: Batch) -> Batch:
        begin_ns = time.perf_counter_ns()
        made = self._sides[name].process(batch)
        self._tally.spent_ns[name] += time.perf_counter_ns() - begin_ns
        return made

    def _trade(self, sides: tuple[str, ...], made: Batch) -> None:
        for topic in _TRADED_TOPICS:
            for _, _, _, _, value, _, _ in made.select(topic).entries():
                if value[: codec.HEADER_BYTES] in self._traded:
                    record = codec.decode(value, self._ids)
                    for side in sides:
                        self._tally.traded(side, record)

    def _note(self, batch: Batch, compared: int, differing: list[Pair]) -> None:
        if not compared:
            return
        last = batch.within(batch.last_offset, batch.last_offset + 1)
        at_ns = next((time_ns for time_ns in map(self._time_ns, last.entries()) if time_ns), 0)
        self._tally.over_time.add(at_ns, compared, len(differing))
        earlier = self._tally.first is None or at_ns < self._tally.first.time_ns
        if differing and earlier:
            around = list(self._around(batch, differing[0].origin.offset))
            self._tally.first = Divergence(differing[0], at_ns, around)

    def _time_ns(self, entry: tuple[Any, ...]) -> int:
        try:
            record = codec.decode(entry[4], self._ids)
        except codec.FrameError:
            return 0
        for name in ("receive_ns", "event_ns"):
            if time_ns := getattr(record, name, None):
                return int(time_ns)
        return 0

    def _around(self, batch: Batch, offset: int) -> Iterator[dict[str, Any]]:
        for entry in batch.within(offset - _AROUND, offset + _AROUND + 1).entries():
            try:
                record = codec.decode(entry[4], self._ids)
                values = {"kind": type(record).__name__, **dict(flat(record))}
            except codec.FrameError as error:
                values = {"kind": "(not a record)", "why": str(error)}
            yield {"offset": entry[2], **values}

    def _diffs(self, pair: Pair) -> Iterator[Diff]:
        if not pair.fields:
            yield self._diff(pair, pair.kind.value, "", _short(pair.baseline), _short(pair.candidate))
        for difference in pair.fields:
            yield self._diff(pair, "field", difference.path, _said(difference.baseline), _said(difference.candidate))

    def _diff(self, pair: Pair, difference: str, field: str, baseline: str, candidate: str) -> Diff:
        return Diff(pair.origin, pair.topic, difference, field, baseline, candidate, self._run)


def _short(record: Any) -> str:
    return type(record).__name__ if record is not None else ""


def _said(value: Any) -> str:
    """Floats in full: what is read back is the same number."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)
