"""What all forms of bars have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from flows.errors import BadBars

Numbers = NDArray[np.int64] | NDArray[np.float64]


_AS_THEY_ARE = (np.dtype(np.float64), np.dtype(np.int64))


class Frame(Protocol):
    """Named columns of one length."""

    names: tuple[str, ...]
    """Of its columns, in their order."""

    def numbers(self, name: str) -> Numbers:
        """A column as int64 or float64; narrower ones become one of these. Raises BadBars."""

    def times_ns(self, name: str) -> NDArray[np.int64]:
        """A column of times, or of whole nanoseconds since 1970. Raises BadBars."""

    def values(self, name: str) -> NDArray[Any]:
        """A column as it is. Raises BadBars."""

    def made(self, time: str, times_ns: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> Any:
        """The same form with other rows: times as they came, columns in the order of the mapping, which names the time
        too."""


def numbers_of(values: NDArray[Any], name: str) -> Numbers:
    """Raises BadBars for what is not numbers of up to 64 bits."""
    if values.dtype in _AS_THEY_ARE:
        return values
    kind, size = values.dtype.kind, values.dtype.itemsize
    if values.ndim == 1 and (kind == "i" or (kind == "u" and size < 8)):
        return values.astype(np.int64)
    if values.ndim == 1 and kind == "f" and size <= 8:
        return values.astype(np.float64)
    raise BadBars(
        f"column {name} is of type {values.dtype}: give int64 or float64; decimals as whole numbers of their unit"
    )


def of_one_length(time: str, times_ns: NDArray[np.int64], columns: Iterable[tuple[str, NDArray[Any]]]) -> None:
    """Raises BadBars if a column has more or fewer rows than there are times."""
    for name, values in columns:
        if len(values) != len(times_ns):
            raise BadBars(f"columns differ in length: {time} {len(times_ns)}, {name} {len(values)}")


def without_nulls(count: int, first: int, name: str) -> None:
    """Raises BadBars if there are any."""
    if count:
        raise BadBars(f"row {first}: {name} is missing; leave such rows out", rule="NOT_FINITE", index=first)
