"""A table in the form that was asked for; whole numbers stay whole where some are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from flows.tape_query import imported


def _arrow(table: Any) -> Any:
    return table


def _polars(table: Any) -> Any:
    return imported("polars").from_arrow(table)


def _pandas(table: Any) -> Any:
    pandas = imported("pandas")
    whole = {pa.int32(): pandas.Int32Dtype(), pa.int64(): pandas.Int64Dtype()}
    return table.replace_schema_metadata(None).to_pandas(types_mapper=whole.get)


def _numpy(table: Any) -> dict[str, Any]:
    return {name: _array(table.column(name).combine_chunks()) for name in table.column_names}


def _array(column: Any) -> Any:
    if pa.types.is_integer(column.type):
        missing = column.is_null().to_numpy(zero_copy_only=False)
        return np.ma.masked_array(column.fill_null(0).to_numpy(zero_copy_only=False), missing)
    return column.to_numpy(zero_copy_only=False)


FORMS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {"polars": _polars, "pandas": _pandas, "arrow": _arrow, "numpy": _numpy}
)
