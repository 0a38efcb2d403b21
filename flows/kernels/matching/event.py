"""What happened in the engine."""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """One event; what its fields mean depends on its kind (`docs/matching.md`), the others are 0."""

    sequence: int
    """from 1, without a gap"""
    time_ns: int
    """time of the command that caused it"""
    order_id: int = 0
    other: int = 0
    """the maker's id, or a price"""
    price: int = 0
    quantity: int = 0
    left: int = 0
    other_left: int = 0
    owner: int = 0
    other_owner: int = 0
    kind: int = 0
    reason: int = 0
    side: int = 0
    flags: int = 0
