"""Our indicators beside TA-Lib's on 45,031 recorded bars: the same to 1e-10, or told apart by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import talib

from flows import indicators
from flows.indicators.declaration import Row
from flows.indicators.stream import Array
from flows.indicators.table import ROWS
from tests.parity.recorded_bars import columns_of, minute_bars
from tests.parity.talib_names import THERE, default_parameters, other_parameters, talib_name

_THROUGH_ZERO = {
    "adosc": "a difference of averages of a sum of 1e9",
    "ao": "a difference of means of prices, which are sums by a share here, and quotients there",
    "apo": "a difference of averages, of which TA-Lib writes the step in another order",
    "cci": "a difference of a price and its mean, by a small deviation",
    "cmf": "a sum that TA-Lib adds to and takes from without end",
    "correl": "TA-Lib takes sums of squares of prices, and the square of their sum from them",
    "dpo": "a difference of a price and its mean, as ao",
    "macd": "as apo",
    "ppo": "as apo",
    "stoch": "a mean that TA-Lib adds to and takes from without end: what is left where all are 0",
    "stochf": "the same",
    "stochrsi": "a difference of nearly equal numbers",
    "trix": "the change of an average, as apo",
    "tsi": "as apo",
    "var": "TA-Lib takes the square of the mean from the mean of squares",
}
"""Values near zero are what is left of larger ones: these are the same to 1e-10 of the largest value."""
_FEWER_DIGITS = {"beta": 1e-5}
"""Where the window is 1e5 times as calm as what has just left it, our sums have fewer digits: a row in a thousand."""
_LATER = {"keltner": 400}
"""KC's true ranges begin just before its first value, ours with the first row: after so many rows both are one."""
_FLAT_DIFFERENT = {
    "bbands": "TA-Lib's bands keep a width of rounding where no price moves; ours are one",
    "linreg_angle": "TA-Lib's line has a slope of rounding",
    "linreg_slope": "TA-Lib's line has a slope of rounding",
}


@pytest.mark.parametrize("name", THERE)
@pytest.mark.parametrize("parameters", [default_parameters, other_parameters], ids=["default", "other"])
def test_same_as_talib(name: str, parameters: Callable[[Row], dict[str, float]]) -> None:
    given = parameters(ROWS[name])
    columns = columns_of(ROWS[name], minute_bars())
    for ours, theirs in zip(_ours(name, columns, given), _theirs(name, columns, given), strict=True):
        if theirs.dtype != np.float64:
            # Whole numbers, such as supertrend's trend, have no NaN: 0 stands for it.
            theirs = np.where(theirs == 0, np.nan, theirs)
        warm = ~np.isnan(ours)
        np.testing.assert_array_equal(warm, ~np.isnan(theirs))
        floor = float(np.abs(theirs[warm]).max()) if name in _THROUGH_ZERO else 0.0
        off = np.abs(ours[warm] - theirs[warm])
        allowed = np.maximum(np.abs(theirs[warm]), floor)
        wrong = (off > 1e-10 * allowed)[_LATER.get(name, 0) :]
        if name in _FEWER_DIGITS:
            assert wrong.mean() < 0.001
            wrong = off > _FEWER_DIGITS[name] * allowed
        assert not wrong.any(), off.max()


def test_most_of_it_is_there() -> None:
    assert len(THERE) >= 60
    assert set(_THROUGH_ZERO) <= set(THERE)


@pytest.mark.parametrize("name", THERE)
def test_same_as_talib_where_nothing_moves(name: str) -> None:
    given = default_parameters(ROWS[name])
    columns = [np.full(300, 5.0) for _ in ROWS[name].inputs]
    for ours, theirs in zip(_ours(name, columns, given), _theirs(name, columns, given), strict=True):
        # What is left of TA-Lib's sums is rounding; 1e-7 is the root of what is left of 25.
        np.testing.assert_allclose(ours[-1], theirs[-1], rtol=1e-10, atol=1e-6 if name in _FLAT_DIFFERENT else 1e-12)


def _ours(name: str, columns: list[Array], parameters: dict[str, float]) -> tuple[Array, ...]:
    found = getattr(indicators, name)(*columns, **parameters)
    return found if isinstance(found, tuple) else (found,)


def _theirs(name: str, columns: list[Array], parameters: dict[str, float]) -> tuple[Any, ...]:
    found = getattr(talib, talib_name(name))(*columns, **parameters)
    return found if isinstance(found, tuple) else (found,)
