"""What two sides made of the same records, matched by origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from flows._native import Batch
from flows.comparison.fields import FieldDifference, Tolerance, differences
from flows.comparison.side import SideFailed
from flows.contracts import codec
from flows.contracts.codec import FrameError
from flows.contracts.records import Origin
from flows.contracts.registry import SchemaIds

_Lane = tuple[str, int]
"""Topic and partition."""


class Kind(str, Enum):
    """How a record stands to its counterpart."""

    SAME = "same"
    NEAR = "near"
    """Not the same bits, but within tolerance."""
    FIELD = "field"
    MISSING = "missing"
    """Only the baseline has it."""
    EXTRA = "extra"
    """Only the candidate has it."""
    REORDERED = "reordered"
    """Both have it, at another place in their order."""


@dataclass(frozen=True)
class Pair:
    """A record of either side or of both."""

    kind: Kind
    topic: str
    partition: int
    origin: Origin
    baseline: Any = None
    candidate: Any = None
    fields: list[FieldDifference] = field(default_factory=list)

    @property
    def record(self) -> Any:
        """Of the side that has one."""
        return self.candidate if self.baseline is None else self.baseline


def match(baseline: Batch, candidate: Batch, ids: SchemaIds, tolerance: Tolerance) -> Iterator[Pair]:
    """Every record of two arranged batches, in the order of topics, partitions and the baseline. Raises SideFailed for
    a record that this version cannot read."""
    one, other = _lanes(baseline), _lanes(candidate)
    for lane in sorted({**one, **other}):
        yield from _match_lane(lane, one.get(lane, []), other.get(lane, []), ids, tolerance)


def _lanes(batch: Batch) -> dict[_Lane, list[tuple[Origin, bytes]]]:
    lanes: dict[_Lane, list[tuple[Origin, bytes]]] = {}
    for topic, partition, _, _, value, origin, _ in batch.entries():
        lanes.setdefault((topic, partition), []).append((Origin(*origin), value))
    return lanes


def _match_lane(
    lane: _Lane,
    one: list[tuple[Origin, bytes]],
    other: list[tuple[Origin, bytes]],
    ids: SchemaIds,
    tolerance: Tolerance,
) -> Iterator[Pair]:
    candidates = {_key(other, index): index for index in range(len(other))}
    taken, last = set(), -1
    for index, (origin, value) in enumerate(one):
        found = candidates.get(_key(one, index))
        if found is None:
            yield Pair(Kind.MISSING, *lane, origin, baseline=_decoded("the baseline", value, ids))
            continue
        taken.add(found)
        yield _paired(lane, origin, value, other[found][1], ids, tolerance, is_moved=found < last)
        last = max(last, found)
    for index, (origin, value) in enumerate(other):
        if index not in taken:
            yield Pair(Kind.EXTRA, *lane, origin, candidate=_decoded("the candidate", value, ids))


def _key(records: list[tuple[Origin, bytes]], index: int) -> tuple[int, int, int, int]:
    """The origin; stages that share a topic, as they do for dead letters, may give one twice: then also which it is."""
    origin = records[index][0]
    earlier = 0
    while index - earlier > 0 and records[index - earlier - 1][0] == origin:
        earlier += 1
    return origin.partition, origin.offset, origin.index, earlier


def _paired(
    lane: _Lane, origin: Origin, one: bytes, other: bytes, ids: SchemaIds, tolerance: Tolerance, *, is_moved: bool
) -> Pair:
    if one == other and not is_moved:
        return Pair(Kind.SAME, *lane, origin)
    baseline, candidate = _decoded("the baseline", one, ids), _decoded("the candidate", other, ids)
    if type(baseline) is not type(candidate):
        kinds = FieldDifference("(kind)", type(baseline).__name__, type(candidate).__name__)
        return Pair(Kind.FIELD, *lane, origin, baseline, candidate, [kinds])
    beyond, any_at_all = differences(baseline, candidate, tolerance)
    if beyond:
        return Pair(Kind.FIELD, *lane, origin, baseline, candidate, beyond)
    if is_moved:
        return Pair(Kind.REORDERED, *lane, origin, baseline, candidate)
    return Pair(Kind.NEAR if any_at_all else Kind.SAME, *lane, origin, baseline, candidate)


def _decoded(side: str, value: bytes, ids: SchemaIds) -> Any:
    try:
        return codec.decode(value, ids)
    except FrameError as error:
        raise SideFailed(
            f"{side} wrote a record that this version cannot read ({error}): their schemas are not the same; compare "
            "from the newer version"
        ) from error
