"""A feature of the user's own, as `[[features.own]]` declares it: an indicator over the bars of each series."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.contracts.records import FeatureVector, Origin
from flows.errors import StageConfigError
from flows.indicators.core import PythonCore
from flows.indicators.declaration import Parameter, Row
from flows.indicators.table import ROWS
from flows.kernels.bar_inputs import INPUTS, meant_by
from flows.kernels.config import Fields
from flows.kernels.feature_rules import DECIMAL, Range, end_of_range

# Longer windows would make states that are slow to save.
_WHOLE_MAX = 10_000
_NAME = re.compile("[a-z][a-z0-9_]{0,63}", re.ASCII)
_STORE = ("moment", "at_offset", "status", "settled", "known_ns", "out_of_range")
"""Columns that the feature store puts beside a vector's."""
TAKEN = frozenset({*FeatureVector.__slots__, *(f"origin_{part}" for part in Origin.__slots__), *_STORE})
"""What a row of the feature store has beside own features."""


@dataclass(frozen=True, slots=True)
class OwnFeature:
    """One that was checked."""

    name: str
    row: Row
    inputs: tuple[str, ...]
    """Names of `bar_inputs.INPUTS`, one for each input of the indicator."""
    parameters: tuple[float, ...]
    output: str
    low: str
    high: str
    description: str
    """For people: what is computed does not depend on it, so that it may change."""

    @classmethod
    def of(cls, table: Any) -> OwnFeature:
        """Raises StageConfigError."""
        fields = Fields(table, "own")
        name = fields.text("name")
        indicator, inputs, output = fields.text("indicator"), fields.texts("inputs", []), fields.text("output", "")
        low, high, description = (fields.text(key, "") for key in ("low", "high", "description"))
        parameters = fields.table("parameters")
        fields.end()
        _check_name(name)
        if indicator not in ROWS:
            raise _wrong(name, _unknown(indicator))
        row = ROWS[indicator]
        inputs, values = _fed(name, row, inputs), _given(name, row, parameters)
        if not output and len(row.outputs_named) == 1:
            output = row.name
        if output not in row.outputs_named:
            raise _wrong(name, f"output: give one of {row.name}: {', '.join(row.outputs_named)}")
        ends = Range(*(end_of_range(f"own: {name}: {key}", text) for key, text in (("low", low), ("high", high))))
        if ends.low is not None and ends.high is not None and ends.low > ends.high:
            raise _wrong(name, "low: is above high")
        return cls(name, row, tuple(inputs), tuple(values), output, low, high, description)

    @property
    def said(self) -> dict[str, Any]:
        """With all that goes without saying, as vectors and states bear it: both twins write it in this order."""
        parameters = zip(self.row.parameters, self.parameters, strict=True)
        return {
            "name": self.name,
            "indicator": self.row.name,
            "inputs": list(self.inputs),
            "parameters": {one.name: int(value) if one.whole else plain(value) for one, value in parameters},
            "output": self.output,
            "low": self.low,
            "high": self.high,
        }

    @property
    def text(self) -> str:
        """The same as JSON."""
        return json.dumps(self.said, separators=(",", ":"))

    @property
    def range(self) -> Range:
        return Range(*(float(text) if text else None for text in (self.low, self.high)))

    @property
    def place(self) -> int:
        """Which of the indicator's outputs it is."""
        return self.row.outputs_named.index(self.output)

    def fresh(self) -> PythonCore:
        """Its indicator, before the first bar."""
        return PythonCore(self.row, self.parameters)


def all_of(tables: list[Any]) -> tuple[OwnFeature, ...]:
    """All of them, in the order of the configuration. Raises StageConfigError."""
    found: dict[str, OwnFeature] = {}
    for table in tables:
        name = table.get("name") if isinstance(table, Mapping) else None
        if isinstance(name, str) and name in found:
            raise _wrong(name, "stands there twice: choose another name")
        one = OwnFeature.of(table)
        found[one.name] = one
    return tuple(found.values())


def plain(value: float) -> str:
    """The shortest decimal that is this number, never with an exponent."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _wrong(name: str, problem: str) -> StageConfigError:
    return StageConfigError(f"own: {name}: {problem}")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise _wrong(name, "is no name: give a to z, 0 to 9 and _, a letter first, 64 at most")
    if name in TAKEN:
        raise _wrong(name, "is a column of feature vectors: choose another name")


def _fed(name: str, row: Row, inputs: list[str]) -> list[str]:
    names = ", ".join(INPUTS)
    if not inputs:
        meant = {one.name: meant_by(one.name) for one in row.inputs}
        for one, field in meant.items():
            if field not in INPUTS:
                raise _wrong(name, f"inputs: nothing of a bar is called {one}: give each one of {names}")
        return list(meant.values())
    if len(inputs) != len(row.inputs):
        taken = ", ".join(one.name for one in row.inputs)
        raise _wrong(name, f"inputs: {row.name} takes {len(row.inputs)} ({taken}), not {len(inputs)}")
    for field in inputs:
        if field not in INPUTS:
            raise _wrong(name, f"inputs: {field} is nothing of a bar: give one of {names}")
    return inputs


def _given(name: str, row: Row, parameters: Mapping[str, Any]) -> list[float]:
    known = [one.name for one in row.parameters]
    for strange in parameters:
        if strange not in known:
            there = ", ".join(known) or "none"
            raise _wrong(name, f"parameters: {row.name} has no {strange}: it has {there}")
    return [_number(name, one, parameters.get(one.name, one)) for one in row.parameters]


def _number(name: str, parameter: Parameter, given: Any) -> float:
    if given is parameter:
        return float(parameter.default)
    is_whole = isinstance(given, int) and not isinstance(given, bool) and -(2**63) <= given < 2**63
    is_decimal = isinstance(given, str) and not parameter.whole and DECIMAL.fullmatch(given)
    value = float(given) if is_whole or is_decimal else None
    highest = min(parameter.highest, _WHOLE_MAX) if parameter.whole else parameter.highest
    if value is None or not parameter.lowest <= value <= highest:
        kind = "a whole number" if parameter.whole else 'a decimal as a text, such as "2.5",'
        ends = f"from {plain(float(parameter.lowest))} to {plain(float(highest))}"
        raise _wrong(name, f"parameters.{parameter.name}: give {kind} {ends}")
    return value


def _unknown(indicator: str) -> str:
    """What to say of one that there is not."""
    said = f"indicator: there is no {indicator}"
    edits, near = min((_edits(indicator, one), one) for one in ROWS)
    return f"{said}: did you mean {near}?" if edits <= 2 else f"{said}: docs/indicators.md has all that there are"


def _edits(one: str, other: str) -> int:
    """How many letters must be put in, taken out or changed to make one word of the other."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        across, row[0] = row[0], at
        for place, wanted in enumerate(other, 1):
            across, changed = row[place], across + (letter != wanted)
            row[place] = min(changed, across + 1, row[place - 1] + 1)
    return row[-1]
