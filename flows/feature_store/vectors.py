"""Feature vectors as columns: every field of the record as its schema has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.contracts import registry
from flows.contracts.arrow import table_of
from flows.contracts.records import FeatureVector
from flows.errors import FeatureStoreError
from flows.feature_store.catalogue import FEATURES
from flows.feature_store.known import OF_SERIES
from flows.feature_store.series import Series, asked
from flows.history import decimals
from flows.kernels.feature_rules import Range

_EXPONENTS = {"price": "price_exponent", "quantity": "quantity_exponent"}
_ORIGIN = "origin"
_ORIGIN_OFFSET = "origin_offset"
# What a dying process wrote late stands twice: readers drop a repeated origin.
_VECTORS = """
SELECT {columns} FROM market_features
WHERE {of_series} AND origin_offset BETWEEN {{first:Int64}} AND {{last:Int64}}
ORDER BY origin_offset, origin_index, offset LIMIT 1 BY origin_offset, origin_index
"""


@cache
def schema(exact: bool) -> Any:
    """The record's fields as Arrow's, its origin as three columns.

    Prices are float64 in the quote currency; with `exact`, whole numbers of 10^price_exponent as in the record.
    """
    fields = []
    for field in table_of(FeatureVector.SUBJECT)[0]:
        if field.name == _ORIGIN:
            fields += [pa.field(f"{_ORIGIN}_{part.name}", part.type) for part in field.type]
        else:
            fields.append(pa.field(field.name, field.type if exact or field.name not in _units() else pa.float64()))
    return pa.schema(fields)


def read(series: Series, first: int, last: int, exact: bool, data_dir: Path | str | None) -> Any:
    """The vectors whose causes lie at offsets from `first` to `last`, both included, in log order: a pyarrow Table.

    Raises FeatureStoreError where money does not fit its units.
    """
    made = schema(exact)
    sql = _VECTORS.format(columns=", ".join(f"`{name}`" for name in made.names), of_series=OF_SERIES)
    rows = asked(sql, {**series.parameters, "first": first, "last": last}, data_dir)
    columns = []
    for field in made:
        column = rows.column(field.name).combine_chunks()
        if field.name in _units():
            column = _whole(rows, field.name, column, series) if exact else _floats(column)
        columns.append(column.cast(field.type))
    return pa.table(columns, schema=made)


def out_of_range(columns: Mapping[str, Any], own: Mapping[str, Range]) -> Any:
    """For each row the names of its features outside their declared range, NaN and infinity included, with a space
    between; empty text for a row in which all is well. Null is no value, and so never outside.

    `own`: ranges of the user's own."""
    found: list[str] = [""] * len(columns[_ORIGIN_OFFSET])
    ranges = {name: Range(feature.low, feature.high) for name, feature in FEATURES.items()}
    for name, (low, high) in {**ranges, **own}.items():
        column = columns[name]
        values = np.asarray(pc.fill_null(column, 0).to_numpy())
        wrong = ~np.isfinite(values)
        wrong |= False if low is None else values < low
        wrong |= False if high is None else values > high
        for row in np.flatnonzero(wrong & column.is_valid().to_numpy()):
            found[row] = f"{found[row]} {name}".lstrip()
    return pa.array(found, pa.string())


@cache
def _units() -> dict[str, str]:
    """Of each field that counts money, the exponent that says in what."""
    fields: Sequence[Any] = registry.schema(FeatureVector.SUBJECT)["fields"]
    return {field["name"]: _EXPONENTS[field["unit"]] for field in fields if "unit" in field}


def _floats(column: Any) -> Any:
    return pa.array(decimals.floats(column), from_pandas=True)


def _whole(rows: Any, name: str, column: Any, series: Series) -> Any:
    exponents = pc.unique(rows.column(_units()[name])).to_pylist()
    if not exponents:
        return pa.array([], pa.int64())
    found = decimals.whole([column.fill_null(0)], exponents[0]) if len(exponents) == 1 else None
    if found is None:
        raise FeatureStoreError(
            f"{name} of {series.venue} {series.instrument} is not whole in units of 10^{exponents}: `tapeflow verify` "
            "says whether ClickHouse holds what the log does"
        )
    return pa.array(found[0], mask=column.is_null().to_numpy(zero_copy_only=False))
