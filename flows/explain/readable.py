"""Records for people: money as decimals by the record's own exponents, exact; enumerations as their words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import Enum
from functools import cache
from typing import Any

from flows.contracts.codec import Record
from flows.contracts.registry import FOLDER

# Wider than any 128-bit count, so that nothing is rounded.
_EXACT = Context(prec=80)


def decimal(count: int, exponent: int) -> str:
    """`count` x 10^`exponent` without the zeros behind it, never as 1E+2."""
    value = Decimal(count).scaleb(exponent, _EXACT).normalize(_EXACT)
    return f"{value:f}"


def price(record: Record, name: str = "price") -> str:
    """A price field of the record; `market` where it is None."""
    count = getattr(record, name)
    return "market" if count is None else decimal(count, record.price_exponent)


def quantity(record: Record, name: str = "quantity") -> str:
    """A quantity field of the record."""
    return decimal(getattr(record, name), record.quantity_exponent)


def fields(record: Record) -> dict[str, Any]:
    """Every field by name: decimals as text, times and counts as integers, parts as dictionaries."""
    return _fields(record, record.SUBJECT, record)


def kind(record: Record) -> str:
    """The record's name: `Bar`."""
    return str(record.SUBJECT).rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field's schema says about showing it."""

    name: str
    unit: str | None
    part: str | None
    """The record that the field holds, or holds a list of."""


@cache
def _fields_of(name: str) -> tuple[_Field, ...]:
    """The fields of a record by its full name."""
    return tuple(_Field(field["name"], field.get("unit"), _part(field["type"])) for field in _schema(name)["fields"])


@cache
def _schema(name: str) -> Any:
    """The schema as it was written: the registry's copies do not carry units."""
    *namespace, own = name.split(".")
    folder = namespace[1] if len(namespace) > 1 else "shared"
    file = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", own).lower()
    return json.loads((FOLDER / folder / f"{file}.avsc").read_text("utf-8"))


def _part(type_: Any) -> str | None:
    if isinstance(type_, list):
        return _part(type_[-1])
    if isinstance(type_, dict):
        return _part(type_["items"]) if type_["type"] == "array" else None
    if not type_.startswith("tapeflow.") or _schema(type_)["type"] != "record":
        return None
    return str(type_)


def _fields(record: Any, name: str, owner: Any) -> dict[str, Any]:
    return {field.name: _value(getattr(record, field.name), field, record, owner) for field in _fields_of(name)}


def _value(value: Any, field: _Field, record: Any, owner: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [_value(item, field, record, owner) for item in value]
    if field.part is not None:
        return _fields(value, field.part, record)
    if field.unit is None:
        return value
    return decimal(value, _exponent(field.unit, record, owner))


def _exponent(unit: str, record: Any, owner: Any) -> int:
    """A part without exponents of its own counts by those of the record that it stands in."""
    if unit == "scaled":
        return int(record.exponent)
    holder = record if hasattr(record, "price_exponent") else owner
    if unit == "notional":
        return int(holder.price_exponent + holder.quantity_exponent)
    return int(getattr(holder, f"{unit}_exponent"))
