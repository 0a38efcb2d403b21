"""Bars in NumPy: a structured array, or a mapping of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.errors import BadBars
from flows.history.frames import times
from flows.history.frames.frame import Numbers, numbers_of


class MappingFrame:
    """Leaves as a dict."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self.names = tuple(given)

    def numbers(self, name: str) -> Numbers:
        return numbers_of(self.values(name), name)

    def times_ns(self, name: str) -> NDArray[np.int64]:
        return times.ns_of(self.values(name), name)

    def values(self, name: str) -> NDArray[Any]:
        return _array(name, self._given[name])

    def made(
        self, time: str, times_ns: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]
    ) -> dict[str, NDArray[Any]]:
        made: dict[str, NDArray[Any]] = dict(columns)
        made[time] = times.like(times_ns, _array(time, self._given[time]).dtype)
        return made


class StructuredFrame:
    """Leaves as a structured array."""

    def __init__(self, given: NDArray[Any]) -> None:
        if isinstance(given, np.ma.MaskedArray):
            raise BadBars("a masked array's masked bars would be taken too: give its compressed()")
        self._given = given
        self.names = given.dtype.names or ()

    def numbers(self, name: str) -> Numbers:
        return numbers_of(self.values(name), name)

    def times_ns(self, name: str) -> NDArray[np.int64]:
        return times.ns_of(self.values(name), name)

    def values(self, name: str) -> NDArray[Any]:
        return self._given[name]

    def made(self, time: str, times_ns: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        time_type = self._given.dtype[time]
        types: Any = [(name, time_type if name == time else values.dtype) for name, values in columns.items()]
        given = self._given.dtype
        is_same = len(types) == len(self.names) and all(given[name] == of for name, of in types)
        made = np.empty(len(times_ns), given if is_same else types)
        for name, values in columns.items():
            made[name] = times.like(times_ns, time_type) if name == time else values
        return made


def _array(name: str, values: Any) -> NDArray[Any]:
    if type(values) is np.ndarray and values.ndim == 1:
        return values
    if isinstance(values, np.ma.MaskedArray):
        raise BadBars(f"column {name} is masked, and its masked bars would be taken too: give its compressed()")
    array = np.asarray(values)
    if array.ndim != 1:
        raise BadBars(f"column {name} has {array.ndim} dimensions: give one")
    return array
