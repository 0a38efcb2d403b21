"""Bars as a pandas DataFrame; times stand in a column, or in its index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas
from numpy.typing import NDArray

from flows.history.frames import times
from flows.history.frames.frame import Numbers, numbers_of

INDEX = "index"
"""What an index without a name is called here."""


class PandasFrame:
    def __init__(self, given: Any) -> None:
        self._frame = given
        self._index: str | None = None
        if isinstance(given.index, pandas.DatetimeIndex):
            self._index = INDEX if given.index.name is None else str(given.index.name)
        names = tuple(str(name) for name in given.columns)
        self.names = names if self._index is None else (self._index, *names)

    def numbers(self, name: str) -> Numbers:
        return numbers_of(self.values(name), name)

    def times_ns(self, name: str) -> NDArray[np.int64]:
        return times.ns_of(self._times(name), name)

    def values(self, name: str) -> NDArray[Any]:
        values: NDArray[Any] = self._frame[name].to_numpy()
        return values

    def made(self, time: str, times_ns: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> Any:
        whole = pandas.Index(times.like(times_ns, self._times(time).dtype))
        zone = getattr(self._column(time).dtype, "tz", None)
        if zone is not None:
            whole = whole.tz_localize("UTC").tz_convert(zone)
        if time != self._index:
            return pandas.DataFrame({name: whole if name == time else values for name, values in columns.items()})
        others = {name: values for name, values in columns.items() if name != time}
        return pandas.DataFrame(others, index=whole.rename(self._frame.index.name))

    def _column(self, name: str) -> Any:
        return self._frame.index if name == self._index else self._frame[name]

    def _times(self, name: str) -> NDArray[Any]:
        column = self._column(name)
        if getattr(column.dtype, "tz", None) is not None:
            column = column.tz_convert(None) if name == self._index else column.dt.tz_convert(None)
        values: NDArray[Any] = column.to_numpy()
        return values
