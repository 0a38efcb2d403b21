"""Bars as a polars DataFrame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars
from numpy.typing import NDArray

from flows.history.frames import times
from flows.history.frames.frame import Numbers, numbers_of, without_nulls


class PolarsFrame:
    def __init__(self, given: Any) -> None:
        self._frame = given
        self.names: tuple[str, ...] = tuple(given.columns)

    def numbers(self, name: str) -> Numbers:
        return numbers_of(self._column(name).to_numpy(), name)

    def times_ns(self, name: str) -> NDArray[np.int64]:
        column = self._column(name)
        values = column.to_numpy()
        if isinstance(column.dtype, polars.Datetime):
            # Of a column with a time zone, too: polars counts in UTC.
            values = column.to_physical().to_numpy().view(f"M8[{column.dtype.time_unit}]")
        return times.ns_of(values, name)

    def made(self, time: str, times_ns: NDArray[np.int64], columns: Mapping[str, Numbers]) -> Any:
        given = self._frame.schema[time]
        whole = polars.Series(time, times_ns)
        if given != whole.dtype:
            whole = whole.cast(polars.Datetime("ns")).cast(polars.Datetime(getattr(given, "time_unit", "ns")))
            zone = getattr(given, "time_zone", None)
            whole = whole.cast(given) if zone is None else whole.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        return polars.DataFrame({name: whole if name == time else values for name, values in columns.items()})

    def _column(self, name: str) -> Any:
        column = self._frame.get_column(name)
        if column.null_count():
            without_nulls(column.null_count(), column.is_null().arg_max(), name)
        return column
