"""Decimal text to an instrument's units, exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.kernels.checked import INT64_MAX

_FORM = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_DIGITS_MAX = 38


@dataclass(frozen=True, slots=True)
class DecimalText:
    """A positive decimal as people write it: `0.001`, `12`. No sign, exponent or grouping."""

    text: str
    digits: int
    """The value counts 10^-places."""
    places: int

    @classmethod
    def parse(cls, text: str) -> DecimalText | None:
        """None for what is not a positive decimal of at most 38 digits."""
        match = _FORM.fullmatch(text)
        if match is None:
            return None
        whole, fraction = match[1], match[2] or ""
        if len(whole + fraction) > _DIGITS_MAX or int(whole + fraction) == 0:
            return None
        return cls(text, int(whole + fraction), len(fraction))

    def units(self, exponent: int, units_max: int = INT64_MAX) -> int | None:
        """The value as a count of 10^exponent; None if it is no whole count, or does not fit."""
        shift = -self.places - exponent
        units, rest = (self.digits * 10**shift, 0) if shift >= 0 else divmod(self.digits, 10**-shift)
        return units if rest == 0 and units <= units_max else None
