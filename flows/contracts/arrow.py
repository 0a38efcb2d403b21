"""Avro schemas as Arrow's: what a record's fields become in a Parquet file."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow

from flows.contracts import registry

_INT128_DIGITS = 39
_PLAIN = {
    "int": pyarrow.int32(),
    "long": pyarrow.int64(),
    "float": pyarrow.float32(),
    "double": pyarrow.float64(),
    "string": pyarrow.string(),
    "bytes": pyarrow.binary(),
    "boolean": pyarrow.bool_(),
}

_Column = tuple[pyarrow.DataType, Callable[[Any], Any]]
"""A type, and how a value as fastavro reads it becomes one that pyarrow takes."""


@cache
def table_of(subject: str) -> tuple[pyarrow.Schema, Callable[[Any], Any]]:
    """The columns of a record, and how a row of them is made of what fastavro reads."""
    type, convert = _column(registry.schema(subject), {})
    return pyarrow.schema(list(type)), convert


def _same(value: Any) -> Any:
    return value


def _column(schema: Any, named: dict[str, _Column]) -> _Column:
    if isinstance(schema, str):
        return (_PLAIN[schema], _same) if schema in _PLAIN else named[schema]
    if isinstance(schema, list):
        # Every union of ours is null and one other; Arrow's columns may be null anyway.
        type, convert = _column(schema[1], named)
        return type, lambda value: None if value is None else convert(value)
    match schema["type"]:
        case "record":
            made = _record(schema, named)
        case "enum":
            made = pyarrow.string(), _same
        case "fixed":
            made = pyarrow.decimal256(_INT128_DIGITS, 0), lambda raw: Decimal(int.from_bytes(raw, "big", signed=True))
        case "array":
            type, convert = _column(schema["items"], named)
            return pyarrow.list_(type), lambda items: [convert(item) for item in items]
        case plain if schema.get("logicalType") == "timestamp-nanos":
            return pyarrow.timestamp("ns", "UTC"), _same
        case plain:
            return _PLAIN[plain], _same
    named[f"{schema['namespace']}.{schema['name']}"] = made
    return made


def _record(schema: Any, named: dict[str, _Column]) -> _Column:
    columns = {field["name"]: _column(field["type"], named) for field in schema["fields"]}
    converts = [(name, convert) for name, (_, convert) in columns.items()]
    type = pyarrow.struct([(name, type) for name, (type, _) in columns.items()])
    return type, lambda row: {name: convert(row[name]) for name, convert in converts}
