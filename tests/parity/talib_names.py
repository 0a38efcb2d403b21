"""Which of our indicators TA-Lib has, and by what name."""

from __future__ import annotations

import talib

from flows.indicators.declaration import Row
from flows.indicators.table import ROWS

_DIFFERENT = {
    "force": "EFI",
    "keltner": "KC",
    "linreg": "LINEARREG",
    "linreg_angle": "LINEARREG_ANGLE",
    "linreg_intercept": "LINEARREG_INTERCEPT",
    "linreg_slope": "LINEARREG_SLOPE",
    "mass_index": "MASSI",
}


def talib_name(name: str) -> str:
    """What TA-Lib calls it, or would."""
    return _DIFFERENT.get(name, name.upper())


THERE = tuple(name for name in ROWS if hasattr(talib, talib_name(name)))
"""Ours that TA-Lib has."""


def default_parameters(row: Row) -> dict[str, float]:
    """As a user gets it who names none."""
    return {one.name: int(one.default) if one.whole else one.default for one in row.parameters}


def other_parameters(row: Row) -> dict[str, float]:
    """Others in each place: longer windows in the same order, half as much again of what is not whole."""
    return {
        one.name: int(one.default) * 2 + 1 if one.whole else min(one.default * 1.5, one.highest)
        for one in row.parameters
    }
