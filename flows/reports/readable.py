"""Values as people read them."""

from __future__ import annotations

from decimal import Decimal

from flows.reports.answer import Column, Value

_DIGITS = 8


def readable(column: Column, value: Value) -> str:
    """Money to eight digits behind the point, statistics to three, times without zeros that say nothing."""
    if value is None:
        return "-"
    if isinstance(value, Decimal):
        return _trimmed(f"{round(value, _DIGITS):,f}")
    if isinstance(value, float):
        return _trimmed(f"{value:,.3f}")
    if isinstance(value, int) and column.is_number:
        return f"{value:,}"
    if column.type.startswith("DateTime"):
        return _trimmed(str(value).removesuffix("Z")).replace("T", " ")
    return str(value)


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
