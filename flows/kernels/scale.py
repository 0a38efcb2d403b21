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
        return self.price_of(float(units))

    def price_of(self, units: float) -> float:
        """The same of a price that is no whole number of units."""
        return _scaled(units, self.price_exponent)

    def slope(self, units: float) -> float:
        """Quantity units per price unit in the base per unit of the quote currency: two rounded operations."""
        return _scaled(_scaled(units, self.quantity_exponent), -self.price_exponent)

    def quantity(self, units: int) -> float:
        """A quantity in units of the base; up to 128 bits."""
        return _scaled(float(units), self.quantity_exponent)


def _scaled(units: float, exponent: int) -> float:
    power = _POWERS_OF_TEN[abs(exponent)]
    return units / power if exponent < 0 else units * power
