"""The numbers that a call takes: whole ones, of the widths that both engines have.

Each raises TypeError for what is no whole number (5.0 is none), and OverflowError for one that does not fit.
"""

from __future__ import annotations

from operator import index
from typing import SupportsIndex


def i64(number: SupportsIndex) -> int:
    """A price, quantity or time."""
    return _within(int(index(number)), -(2**63), 2**63)


def u64(number: SupportsIndex) -> int:
    """An order's id."""
    return _within(int(index(number)), 0, 2**64)


def u32(number: SupportsIndex) -> int:
    """An owner."""
    return _within(int(index(number)), 0, 2**32)


def u8(number: SupportsIndex) -> int:
    """A code: side or phase."""
    return _within(int(index(number)), 0, 2**8)


def _within(number: int, first: int, end: int) -> int:
    if first <= number < end:
        return number
    raise OverflowError(f"{number} does not fit: give {first} to {end - 1}")
