"""Whole numbers of a decimal unit as float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def nearest(values: NDArray[np.int64], exponent: int) -> NDArray[np.float64]:
    """The float64 that is nearest to each decimal."""
    # Up to 2^53 both numbers are exact in float64, and the quotient is rounded once.
    if exponent > 0 or not len(values) or np.abs(values).max() <= 2**53:
        return scaled(values, exponent)
    unit = 10**-exponent
    return np.array([value / unit for value in values.tolist()])


def scaled(values: NDArray[Any], exponent: int) -> NDArray[np.float64]:
    """The power of ten is exact up to 22 places."""
    power = 10.0 ** abs(exponent)
    found: NDArray[np.float64] = values / power if exponent < 0 else values * power
    return found
