"""Bars as an Arrow table or record batch; leaves as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow
import pyarrow.compute
from numpy.typing import NDArray

from flows.history.frames import times
from flows.history.frames.frame import Numbers, numbers_of, without_nulls


class ArrowFrame:
    def __init__(self, given: Any) -> None:
        self._table = given
        self.names: tuple[str, ...] = tuple(given.schema.names)

    def numbers(self, name: str) -> Numbers:
        return numbers_of(self.values(name), name)

    def times_ns(self, name: str) -> NDArray[np.int64]:
        return times.ns_of(self.values(name), name)

    def values(self, name: str) -> NDArray[Any]:
        column = self._table.column(name)
        if column.null_count:
            first = pyarrow.compute.index(pyarrow.compute.is_null(column), True).as_py()
            without_nulls(column.null_count, first, name)
        values: NDArray[Any] = column.to_numpy()
        return values

    def made(self, time: str, times_ns: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> Any:
        made = {name: pyarrow.array(values) for name, values in columns.items() if name != time}
        given = self._table.schema.field(time).type
        whole = pyarrow.array(times_ns)
        made[time] = whole if given == whole.type else whole.cast(pyarrow.timestamp("ns")).cast(given)
        return pyarrow.table({name: made[name] for name in columns})
