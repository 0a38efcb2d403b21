"""What all streaming indicators have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from flows.contracts.codec import FrameError, decode, encode
from flows.contracts.records import IndicatorState
from flows.contracts.registry import SchemaIds
from flows.errors import IndicatorInputError
from flows.indicators.core import Array, Core, Engine, check_parameters, core
from flows.indicators.refusal import restore_error
from flows.indicators.table import ROWS

__all__ = ["Array", "ArrayLike", "Engine", "Stream"]


class Stream:
    """An indicator that takes one row of inputs at a time, by `update`, or whole columns, by `extend`.

    Both go on where the last call ended, and the results are the same to the bit, in both engines. A call that raises
    has changed nothing.
    """

    name: str
    """As in `flows.indicators.table`."""
    parameters: tuple[float, ...]
    """As it was made with."""
    engine: Engine
    """Which twin does the work."""
    warm_up: int | None
    """How many rows give None (in arrays: NaN) before the first value; None where that depends on the data."""

    def __init__(self, name: str, parameters: tuple[float, ...], engine: Engine) -> None:
        self._row = ROWS[name]
        self._core: Core = core(self._row, check_parameters(self._row, parameters), engine)
        self.name = name
        self.parameters = parameters
        self.engine = engine

    def snapshot(self) -> bytes:
        """All that it remembers, as a framed IndicatorState. Either engine goes on from there."""
        state = IndicatorState(self.name, [float(value) for value in self.parameters], self._core.memory())
        return encode(state, SchemaIds.embedded())

    def restore(self, snapshot: bytes) -> None:
        """Goes on where the snapshot was taken. Raises IndicatorRestoreError, and is then unchanged."""
        try:
            state = decode(snapshot, SchemaIds.embedded())
        except FrameError as error:
            raise restore_error(self.name, f"the snapshot cannot be read: {error}") from error
        if not isinstance(state, IndicatorState):
            raise restore_error(self.name, f"the snapshot is a {type(state).__name__}")
        found = (state.indicator, tuple(state.parameters))
        if found != (self.name, tuple(float(value) for value in self.parameters)):
            raise restore_error(self.name, f"the snapshot is of {state.indicator} with {list(state.parameters)}")
        self._core.restore(list(state.memory))

    def __repr__(self) -> str:
        given = [f"{one.name}={value!r}" for one, value in zip(self._row.parameters, self.parameters, strict=True)]
        return f"{type(self).__name__}({', '.join([*given, f'engine={self.engine!r}'])})"

    def _extend(self, *inputs: ArrayLike) -> list[Array]:
        columns = [self._column(one.name, values) for one, values in zip(self._row.inputs, inputs, strict=True)]
        first = columns[0]
        for one, column in zip(self._row.inputs, columns, strict=True):
            if len(column) != len(first):
                problem = f"has {len(column)} values, {self._row.inputs[0].name} has {len(first)}; give one a row"
                raise IndicatorInputError(self.name, one.name, None, problem)
        if not len(first):
            raise IndicatorInputError(self.name, self._row.inputs[0].name, None, "is empty; give at least one value")
        return self._core.extend(*columns)

    def _column(self, name: str, values: ArrayLike | Sequence[Any]) -> Array:
        try:
            column = np.ascontiguousarray(values, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise IndicatorInputError(self.name, name, None, f"is no array of numbers: {error}") from error
        if np.ndim(values) != 1:
            problem = f"has {np.ndim(values)} dimensions; give one column"
            raise IndicatorInputError(self.name, name, None, problem)
        return column
