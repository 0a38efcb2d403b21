"""Checks of single values; each raises a Refusal."""

from __future__ import annotations

from flows.kernels.refusal import BadValue, ScaleChanged
from flows.kernels.scale import EXPONENT_MAX, Scale

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)
INT128_MAX = 2**127 - 1

# 2^62 ns after 1970, in the year 2116: sums of a time and an interval fit 64 bits below it.
_TIME_NS_MAX = 2**62


def positive(field: str, value: int) -> None:
    if value <= 0:
        raise BadValue(field, value, "is not positive")


def not_negative(field: str, value: int) -> None:
    if value < 0:
        raise BadValue(field, value, "is negative")


def is_int64(value: int) -> bool:
    return INT64_MIN <= value <= INT64_MAX


def is_time(value: int) -> bool:
    """Whether a time lies between 1970 and 2116."""
    return 0 <= value <= _TIME_NS_MAX


def in_time(field: str, value: int) -> None:
    if not is_time(value):
        raise BadValue(field, value, "is not between 1970 and 2116")


def possible_scale(scale: Scale) -> None:
    """Refuses exponents outside -18..=18."""
    for field, exponent in (
        ("price_exponent", scale.price_exponent),
        ("quantity_exponent", scale.quantity_exponent),
    ):
        if abs(exponent) > EXPONENT_MAX:
            raise BadValue(field, exponent, "is not between -18 and 18")


def same_scale(known: Scale, record: Scale, venue: str, instrument: str) -> None:
    """Refuses a record of an instrument with other exponents than it began with."""
    if known != record:
        raise ScaleChanged(venue, instrument, record, known)
