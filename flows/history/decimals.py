"""Columns of decimals as whole numbers of one unit, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.history.refused import first_refused

DIGITS, PLACES = 38, 18
"""Of ClickHouse's Decimal(38, 18)."""


class NoDecimal(Exception):
    """The first value of a column that is no number, or has more digits than there is room for."""

    def __init__(self, column: str, row: int, value: object) -> None:
        super().__init__(column, row, value)
        self.column = column
        self.row = row
        self.value = value


def exact(column: Any, name: str) -> Any:
    """Text, whole numbers, floats (as they are written shortest) or decimals as decimal128(38, 18).

    Raises NoDecimal.
    """
    given = column.combine_chunks()
    if pa.types.is_floating(given.type):
        given = pc.cast(given, pa.string())
    try:
        return _exact(given)
    except pa.ArrowInvalid:
        row = first_refused(given, _exact)
        raise NoDecimal(name, row, given[row].as_py()) from None


def _exact(column: Any) -> Any:
    if column.null_count:
        raise pa.ArrowInvalid("a value is missing")
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return pc.cast(pc.utf8_trim_whitespace(column) if is_text else column, pa.decimal128(DIGITS, PLACES))


def exponent_of(columns: Sequence[Any]) -> int:
    """Of the largest unit 10^exponent that all these decimals are whole in."""
    return -max((_places(column) for column in columns), default=0)


def whole(columns: Sequence[Any], exponent: int) -> list[NDArray[np.int64]] | None:
    """Decimals as whole numbers of 10^exponent, which they are; None where one takes more than 64 bits."""
    found = [_whole(column, -exponent) for column in columns]
    fitting = [values for values in found if values is not None]
    return fitting if len(fitting) == len(found) else None


def floats(column: Any) -> NDArray[np.float64]:
    """The float64 nearest to each decimal: Arrow's own way to it rounds twice."""
    values: NDArray[np.float64] = pc.cast(pc.cast(column, pa.string()), pa.float64()).to_numpy(zero_copy_only=False)
    return values


def _places(column: Any) -> int:
    for places in range(PLACES):
        try:
            pc.cast(column, pa.decimal128(DIGITS, places))
        except pa.ArrowInvalid:
            continue
        return places
    return PLACES


def _whole(column: Any, places: int) -> NDArray[np.int64] | None:
    scaled = pc.cast(column, pa.decimal128(DIGITS, places))
    if not len(scaled):
        return np.empty(0, np.int64)
    # 128 bits, the low half first: both halves agree in the sign where 64 bits are enough.
    halves = np.frombuffer(scaled.buffers()[1], np.int64).reshape(-1, 2)[scaled.offset : scaled.offset + len(scaled)]
    if (halves[:, 1] != halves[:, 0] >> 63).any():
        return None
    low: NDArray[np.int64] = halves[:, 0].copy()
    return low
