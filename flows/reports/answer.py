"""What ClickHouse answers to one statement: columns with their types, and rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

FORMAT = "JSONCompact"
SETTINGS = {
    # As text, so that no digit is lost.
    "output_format_json_quote_decimals": "1",
    "output_format_json_quote_64bit_integers": "0",
    "output_format_json_quote_denormals": "1",
    "date_time_output_format": "iso",
}

Value: TypeAlias = "str | int | float | Decimal | None"
_NUMBERS = ("Int", "UInt", "Float", "Decimal")


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    type: str
    """ClickHouse's, without Nullable and LowCardinality."""

    @property
    def is_number(self) -> bool:
        return self.type.startswith(_NUMBERS)


@dataclass(frozen=True)
class Answer:
    """A whole answer; decimals are exact, times ISO 8601."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]

    @classmethod
    def read(cls, said: bytes) -> Answer:
        """Of an answer in FORMAT with SETTINGS."""
        parsed = json.loads(said)
        columns = tuple(Column(column["name"], _bare(column["type"])) for column in parsed["meta"])
        rows = tuple(tuple(map(_value, columns, row)) for row in parsed["data"])
        return cls(columns, rows)

    def records(self) -> Iterator[dict[str, Value]]:
        """Rows by name."""
        names = [column.name for column in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows)

    def last_of(self, names: tuple[str, ...]) -> Answer:
        """The last row of each combination of values in columns `names`; all rows without names."""
        if not names:
            return self
        places = [index for index, column in enumerate(self.columns) if column.name in names]
        last = {tuple(row[place] for place in places): row for row in self.rows}
        return Answer(self.columns, tuple(last.values()))


def _bare(kind: str) -> str:
    for wrapper in ("LowCardinality(", "Nullable("):
        if kind.startswith(wrapper):
            return _bare(kind[len(wrapper) : -1])
    return kind


def _value(column: Column, said: Value) -> Value:
    if said is not None and column.type.startswith("Decimal"):
        return Decimal(str(said))
    return said
