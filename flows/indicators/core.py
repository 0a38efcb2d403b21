"""The two engines behind every indicator, and what a row must be for the one in Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from flows._native import Indicator as RustCore
from flows.errors import IndicatorParameterError
from flows.indicators.declaration import Row
from flows.indicators.parts import BadMemory, Part
from flows.indicators.references import REFERENCES
from flows.indicators.refusal import fault_of, input_error, restore_error

Engine = Literal["rust", "python"]
"""Which twin does the work; their results are the same to the bit."""
Array = NDArray[np.float64]


class Core(Protocol):
    """One indicator in one engine."""

    def update(self, *inputs: float) -> Any:
        """None while warming up, then a float, or a tuple of several outputs. Raises IndicatorInputError."""

    def extend(self, *inputs: Array) -> list[Array]:
        """Takes columns of one length; a column for each output. Raises IndicatorInputError."""

    def memory(self) -> list[float]:
        """All that it remembers."""

    def restore(self, memory: list[float]) -> None:
        """Goes on from there. Raises IndicatorRestoreError, and is then unchanged."""


def core(row: Row, parameters: Sequence[float], engine: str) -> Core:
    """A fresh indicator. Raises IndicatorParameterError."""
    if engine == "rust":
        return RustCore(row.name, parameters)
    if engine == "python":
        return PythonCore(row, parameters)
    raise IndicatorParameterError(f"{row.name}: engine is {engine!r}; give rust or python")


def check_parameters(row: Row, parameters: Sequence[Any]) -> list[float]:
    """The parameters as numbers. Raises IndicatorParameterError unless each is within its range."""
    for parameter, value in zip(row.parameters, parameters, strict=True):
        kinds: tuple[type, ...] = (int, np.integer) if parameter.whole else (int, float, np.integer, np.floating)
        sound = isinstance(value, kinds) and not isinstance(value, bool)
        if not sound or not parameter.lowest <= value <= parameter.highest:
            kind = "a whole number" if parameter.whole else "a number"
            raise IndicatorParameterError(
                f"{row.name}: {parameter.name} is {value!r}; "
                f"give {kind} from {parameter.lowest:g} to {parameter.highest:g}"
            )
    return [float(value) for value in parameters]


class PythonCore:
    """The reference, behind the rules of its inputs."""

    def __init__(self, row: Row, parameters: Sequence[float]) -> None:
        self._row = row
        self._parameters = [
            int(value) if parameter.whole else value
            for parameter, value in zip(row.parameters, parameters, strict=True)
        ]
        self._reference: Any = self._fresh()
        names = [one.name for one in row.inputs]
        self._high_low = (names.index("high"), names.index("low")) if {"high", "low"} <= set(names) else None

    def update(self, *inputs: float) -> Any:
        # To floats as Rust takes them: what is no number raises TypeError.
        row = [math.copysign(value, value) for value in inputs]
        self._check(row, 0)
        return self._reference.update(*row)

    def extend(self, *inputs: Array) -> list[Array]:
        rows = list(zip(*(column.tolist() for column in inputs), strict=True))
        for index, row in enumerate(rows):
            self._check(row, index)
        outputs = [np.full(len(rows), np.nan) for _ in self._row.outputs_named]
        for index, row in enumerate(rows):
            values = self._reference.update(*row)
            if values is None:
                continue
            for output, value in zip(outputs, values if isinstance(values, tuple) else (values,), strict=True):
                output[index] = value
        return outputs

    def memory(self) -> list[float]:
        numbers: list[float] = self._reference.memory()
        return numbers

    def restore(self, memory: list[float]) -> None:
        fresh = self._fresh()
        numbers = iter(memory)
        try:
            fresh.take_up(numbers)
        except BadMemory as error:
            raise restore_error(self._row.name, str(error)) from error
        if next(numbers, None) is not None:
            raise restore_error(self._row.name, "the memory has too many numbers")
        self._reference = fresh

    def _fresh(self) -> Part:
        return REFERENCES[self._row.name](*self._parameters)

    def _check(self, row: Sequence[float], index: int) -> None:
        for one, value in zip(self._row.inputs, row, strict=True):
            fault = fault_of(one.rule, value)
            if fault is not None:
                raise input_error(self._row.name, one.name, index, value, fault)
        if self._high_low is not None and row[self._high_low[0]] < row[self._high_low[1]]:
            raise input_error(self._row.name, "high", index, row[self._high_low[0]], 6)
