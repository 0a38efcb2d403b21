"""Breaks in a symbol's sequence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from flows.journal.part import Ticks
from flows.journal.tick import Flag

_CHUNK = 65_536
"""Ticks that are looked at together, so that memory does not grow with the parts."""


class Gap(NamedTuple):
    """A step in `sequence` other than one, or one before which the source is known to have sent more."""

    before: int
    """Sequence of the last tick before the break."""
    after: int
    """Sequence of the first tick behind it."""
    missing: int
    """How many ticks are not there; 0: it is not known how many; negative: the sequence went back by so many, less one
    (-1 is the same number twice)."""
    part: int
    """The part that `after` is in."""
    at: int
    """Row of `after` in that part."""


def gaps_of(parts: Iterable[tuple[int, Ticks]]) -> list[Gap]:
    """The breaks within and between parts, given as (number, ticks) in their order. Steps are taken modulo 2^32."""
    found: list[Gap] = []
    last: np.uint32 | None = None
    for part, ticks in parts:
        for start in range(0, len(ticks), _CHUNK):
            some = ticks[start : start + _CHUNK]
            sequence = some["sequence"]
            before = np.empty_like(sequence)
            before[1:] = sequence[:-1]
            # What came before the first tick that there is, nobody here can say.
            before[0] = sequence[0] if last is None else last
            missing = (sequence - before - np.uint32(1)).view(np.int32)
            broken = (missing != 0) | (some["flags"] & Flag.GAP_BEFORE != 0)
            broken[0] &= last is not None
            for at in np.flatnonzero(broken).tolist():
                found.append(Gap(int(before[at]), int(sequence[at]), int(missing[at]), part, start + at))
            last = sequence[-1]
    return found
