"""Columns in the form that was asked for. Times are UTC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from flows.tape_query import imported

Columns = dict[str, Any]


def _numpy(columns: Columns) -> Columns:
    return dict(columns)


def _arrow(columns: Columns) -> Any:
    times = pa.array(columns["time"]).cast(pa.timestamp("ns", "UTC"))
    return pa.table({**columns, "time": times})


def _polars(columns: Columns) -> Any:
    frame = imported("polars").DataFrame(columns)
    return frame.with_columns(frame["time"].dt.replace_time_zone("UTC"))


def _pandas(columns: Columns) -> Any:
    frame = imported("pandas").DataFrame(columns)
    return frame.assign(time=frame["time"].dt.tz_localize("UTC"))


FORMS: Mapping[str, Callable[[Columns], Any]] = MappingProxyType(
    {"polars": _polars, "pandas": _pandas, "arrow": _arrow, "numpy": _numpy}
)
