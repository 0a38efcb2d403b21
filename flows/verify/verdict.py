"""What a comparison came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from flows.connectors.block import Place


class DifferenceKind(str, Enum):
    """How log and ClickHouse differ at a position."""

    MISSING = "missing"
    """ClickHouse has no row of the record."""
    DOUBLED = "doubled"
    """ClickHouse has several."""
    VALUES = "values"
    """The row is not the record's."""
    EXTRA = "extra"
    """ClickHouse has a row, the log no record."""
    HOLE = "hole"
    """The log itself leaves an offset out, and so does ClickHouse."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first position of a partition where log and ClickHouse differ."""

    kind: DifferenceKind
    offset: int
    log: Mapping[str, str] = field(default_factory=dict)
    """The row that the record makes, as column and value; of `values`, the columns that differ."""
    clickhouse: Mapping[str, str] = field(default_factory=dict)
    """The row that is there; the first of several."""

    def __str__(self) -> str:
        said = {
            DifferenceKind.MISSING: "not in ClickHouse",
            DifferenceKind.DOUBLED: "more than once in ClickHouse",
            DifferenceKind.VALUES: "another row in ClickHouse",
            DifferenceKind.EXTRA: "in ClickHouse, not in the log",
            DifferenceKind.HOLE: "left out by the log: offsets are not contiguous",
        }
        return f"offset {self.offset}: {said[self.kind]}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One partition."""

    place: Place
    low: int
    """First offset that the log holds."""
    high: int
    """Offset behind the last that was compared."""
    records: int
    """Records of the log that were compared; up to the difference, where there is one."""
    rows: int
    """Rows of these offsets in ClickHouse."""
    older_rows: int
    """Rows from before the log's beginning, which nothing can be compared with any more."""
    content_hash: str
    """SHA-256 over the rows that the log makes, in RowBinary; ClickHouse's rows have the same if all is well."""
    difference: Difference | None = None

    @property
    def equal(self) -> bool:
        return self.difference is None
