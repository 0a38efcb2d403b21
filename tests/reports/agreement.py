"""Whether a report says what was worked out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flows.reports.answer import Answer

# ClickHouse divides decimals to 18 digits.
_QUOTIENT = Fraction(1, 10**15)


def assert_says(found: Answer, expected: Iterable[dict[str, Any]]) -> None:
    """Each expected row, in the same order, with at least the columns that were worked out."""
    rows, wanted = list(found.records()), list(expected)
    assert len(rows) == len(wanted), f"{len(rows)} rows of {len(wanted)}: {rows}"
    for row, want in zip(rows, wanted, strict=True):
        for name, value in want.items():
            assert _same(row[name], value), f"{name}: the report says {row[name]}, the log {value}"


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, Fraction):
        assert isinstance(found, (Decimal, int)), found
        return abs(Fraction(found) - wanted) <= _QUOTIENT
    if isinstance(wanted, float):
        return math.isclose(float(found), wanted, rel_tol=1e-9, abs_tol=1e-9)
    return bool(found == wanted)
