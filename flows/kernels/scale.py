"""The two exponents of an instrument, fixed for the life of the log."""

from __future__ import annotations

from typing import NamedTuple

EXPONENT_MAX = 18
"""Exponents beyond this are no instrument's; below it every power of ten is exact as a float."""

# Powers of ten from 0 to 22: all that a double holds exactly.
_POWERS_OF_TEN = tuple(float(10**power) for power in range(23))


class Scale(NamedTuple):
    """Prices count 10^price_exponent, quantities 10^quantity_exponent."""

    price_exponent: int
    quantity_exponent: int

    @property
    def notional_exponent(self) -> int:
        """The exponent of price x quantity."""
        return self.price_exponent + self.quantity_exponent

    def price(self, units: int) -> float:
        """A price in units of the quote currency: one correctly rounded operation, as the power of ten is exact."""
        power = _POWERS_OF_TEN[abs(self.price_exponent)]
        return float(units) / power if self.price_exponent < 0 else float(units) * power
