"""Every indicator with parameters and rows that it takes, for tests that walk the table."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from flows import indicators
from flows.indicators.declaration import Parameter, Row, Rule
from flows.indicators.stream import Array, Stream
from flows.indicators.table import ROWS

NAMES = tuple(ROWS)
LENGTH_MAX = 9
"""The longest window that properties are tried with."""


def stream(row: Row, parameters: Sequence[float], engine: str) -> Any:
    """A fresh one."""
    made = getattr(indicators, row.class_name)(*parameters, engine=engine)
    assert isinstance(made, Stream)
    return made


def defaults(row: Row) -> list[Any]:
    """As a user gets it who names none."""
    return [int(one.default) if one.whole else one.default for one in row.parameters]


def parameters_of(row: Row) -> st.SearchStrategy[list[Any]]:
    """Short windows, and anything from the ranges' lower ends."""
    return st.tuples(*map(_parameter, row.parameters)).map(list)


def _parameter(parameter: Parameter) -> st.SearchStrategy[Any]:
    if parameter.whole:
        return st.integers(int(parameter.lowest), max(int(parameter.lowest), LENGTH_MAX))
    return st.floats(parameter.lowest, min(parameter.highest, max(parameter.lowest, 4.0)), allow_subnormal=False)


_PRICES = st.one_of(
    st.integers(1, 12).map(lambda ticks: ticks * 0.25),
    st.floats(1e-3, 1e5),
)
_ANY = st.one_of(_PRICES, st.floats(-1e6, 1e6, allow_subnormal=False), st.just(0.0))
_SIZES = st.one_of(st.integers(0, 5).map(float), st.floats(1e-3, 1e9))


def rows_of(row: Row, rows_max: int = 30) -> st.SearchStrategy[list[tuple[float, ...]]]:
    """Rows that its definition allows: plain steps, flat stretches and wild numbers."""
    kinds = {Rule.ANY: _ANY, Rule.POSITIVE: _PRICES, Rule.NOT_NEGATIVE: _SIZES}
    one = st.tuples(*(kinds[given.rule] for given in row.inputs)).map(lambda values: ordered(row, values))
    runs = st.lists(st.tuples(one, st.integers(1, 6)), min_size=1, max_size=rows_max // 2)
    return runs.map(lambda found: [values for values, count in found for _ in range(count)][:rows_max])


def ordered(row: Row, values: Sequence[float]) -> tuple[float, ...]:
    """The same with the high above the low."""
    names = [one.name for one in row.inputs]
    found = list(values)
    if {"high", "low"} <= set(names):
        high, low = names.index("high"), names.index("low")
        found[high], found[low] = max(found[high], found[low]), min(found[high], found[low])
    return tuple(found)


def update_all(one: Any, rows: Sequence[Sequence[float]]) -> list[tuple[float, ...] | None]:
    """What the rows give one by one."""
    found = [one.update(*values) for values in rows]
    return [value if value is None or isinstance(value, tuple) else (value,) for value in found]


def extend_all(one: Any, rows: Sequence[Sequence[float]]) -> list[tuple[float, ...] | None]:
    """What the rows give at once: None for NaN."""
    if not rows:
        return []
    columns: Any = one.extend(*(np.array(column) for column in zip(*rows, strict=True)))
    arrays: tuple[Array, ...] = columns if isinstance(columns, tuple) else (columns,)
    found = zip(*(array.tolist() for array in arrays), strict=True)
    return [None if all(value != value for value in values) else values for values in found]


def bits(values: Sequence[tuple[float, ...] | None]) -> list[bytes | None]:
    """To the bit: 0.0 is not -0.0."""
    return [None if one is None else struct.pack(f"<{len(one)}d", *one) for one in values]
