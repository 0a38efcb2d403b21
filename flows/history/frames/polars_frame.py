"""Bars as a polars DataFrame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars
from numpy.typing import NDArray

from flows.history.frames import times
from flows.history.frames.frame import Numbers, numbers_of, without_nulls

_UNITS_NS = {"ns": 1, "us": 1_000, "ms": 1_000_000}


class PolarsFrame:
    def __init__(self, given: Any) -> None:
        self._frame = given
        self.names: tuple[str, ...] = tuple(given.columns)

    def numbers(self, name: str) -> Numbers:
        return numbers_of(self.values(name), name)

    def times_ns(self, name: str) -> NDArray[np.int64]:
        # Those of a column with a time zone are UTC, too.
        return times.ns_of(self.values(name), name)

    def values(self, name: str) -> NDArray[Any]:
        values: NDArray[Any] = self._column(name).to_numpy()
        return values

    def made(self, time: str, times_ns: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> Any:
        return polars.DataFrame(
            [
                self._times(name, times_ns) if name == time else polars.Series(name, values)
                for name, values in columns.items()
            ]
        )

    def _times(self, name: str, times_ns: NDArray[np.int64]) -> Any:
        """In the type that they came in."""
        given = self._frame.get_column(name).dtype
        if given == polars.Int64:
            return polars.Series(name, times_ns)
        if isinstance(given, polars.Datetime):
            # A number becomes a time by its own unit.
            return polars.Series(name, times_ns // _UNITS_NS[given.time_unit]).cast(given)
        return polars.Series(name, times_ns).cast(polars.Datetime("ns")).cast(given)

    def _column(self, name: str) -> Any:
        column = self._frame.get_column(name)
        if column.null_count():
            without_nulls(column.null_count(), column.is_null().arg_max(), name)
        return column
