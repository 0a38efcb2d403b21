"""Training sets on disk: moments in from CSV or Parquet, features out as Parquet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from flows.errors import BadMoment, FeatureStoreError

MOMENT, OFFSET = "moment", "offset"


def read_moments(file: Path) -> tuple[str, Any]:
    """Whether the file's column is of moments or of offsets of market.ticks, and that column.

    CSV or Parquet, with a column `moment` or `offset`; others are not looked at. Raises BadMoment, OSError.
    """
    try:
        if file.suffix == ".parquet":
            table = pyarrow.parquet.read_table(file)
        else:
            # Moments as text: what Arrow takes for a time it would read to its own number of digits.
            kinds = pyarrow.csv.ConvertOptions(column_types={MOMENT: pa.string(), OFFSET: pa.int64()})
            table = pyarrow.csv.read_csv(file, convert_options=kinds)
    except pa.ArrowInvalid as error:
        raise BadMoment(f"cannot be read from {file}: {error}") from error
    for name in (MOMENT, OFFSET):
        if name in table.column_names:
            return name, table.column(name)
    raise BadMoment(f"is looked for in {file}, which has no column `{MOMENT}` or `{OFFSET}`")


def write(table: Any, file: Path) -> None:
    """The same rows are the same bytes. Replaces the file at once. Raises FeatureStoreError."""
    scratch = file.with_name(f"{file.name}.new")
    try:
        pyarrow.parquet.write_table(table, scratch, compression="zstd", compression_level=3)
        os.replace(scratch, file)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise FeatureStoreError(f"cannot write {file}: {error.strerror or error}") from error
