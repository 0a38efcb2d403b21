"""The errors of indicators, the same in both engines."""

from __future__ import annotations

import math

from flows.errors import IndicatorInputError, IndicatorRestoreError
from flows.indicators.declaration import LARGEST, SMALLEST, Rule


def input_error(indicator: str, input_name: str, index: int, value: float, fault: int) -> IndicatorInputError:
    """The error of a value, by the number that the fault has in Rust."""
    return IndicatorInputError(indicator, input_name, index, f"is {value!r}: {_FAULTS[fault]}")


def restore_error(indicator: str, problem: str) -> IndicatorRestoreError:
    """The error of a snapshot."""
    return IndicatorRestoreError(
        f"{indicator}: {problem}; restore a snapshot of the same indicator with the same parameters"
    )


_FAULTS = {
    1: "no finite number; leave such rows out",
    2: f"beyond {LARGEST:g} of zero; scale the series",
    3: "not above zero, and the definition divides by it or takes its logarithm; leave such rows out",
    4: f"nearer to zero than {SMALLEST:g}; scale the series",
    5: "below zero; a volume or size has no sign",
    6: "below the low; check the order of the inputs",
    7: "not the length of the first input; give one value a row",
}


def fault_of(rule: Rule, value: float) -> int | None:
    """Why a value cannot be taken, by the number that it has in Rust."""
    if not math.isfinite(value):
        return 1
    if rule is Rule.POSITIVE and value <= 0.0:
        return 3
    if rule is Rule.NOT_NEGATIVE and value < 0.0:
        return 5
    if rule is not Rule.ANY and 0.0 < value < SMALLEST:
        return 4
    return 2 if abs(value) > LARGEST else None
