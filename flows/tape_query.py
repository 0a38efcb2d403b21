"""`flows.query` and `flows.query_batches`: the tape in Python, as Arrow, polars or pandas."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from flows.errors import TapeflowError
from flows.stack.reader import reader
from flows.stack.settings import Settings

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

MEMORY_BYTES = 2 << 30
# Decimals of more digits are ClickHouse's Decimal256, which polars does not have.
_DECIMAL128_DIGITS, _MONEY_DIGITS = 38, 18


class QueryResultError(TapeflowError):
    """A result cannot be had in the form that was asked for."""


@overload
def query(
    sql: str,
    parameters: Mapping[str, Any] | None = ...,
    *,
    to: Literal["arrow"] = ...,
    data_dir: Path | str | None = ...,
    memory_bytes: int = ...,
) -> pyarrow.Table: ...
@overload
def query(
    sql: str,
    parameters: Mapping[str, Any] | None = ...,
    *,
    to: Literal["polars"],
    data_dir: Path | str | None = ...,
    memory_bytes: int = ...,
) -> polars.DataFrame: ...
@overload
def query(
    sql: str,
    parameters: Mapping[str, Any] | None = ...,
    *,
    to: Literal["pandas"],
    data_dir: Path | str | None = ...,
    memory_bytes: int = ...,
) -> pandas.DataFrame: ...
def query(
    sql: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    to: Literal["arrow", "polars", "pandas"] = "arrow",
    data_dir: Path | str | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> Any:
    """Asks ClickHouse, of a running stack or of a stopped one's folder, and reads only.

    `parameters` fill `{name:Type}` in the statement; `memory_bytes` is the most that ClickHouse may take for it, and
    that the result may take here. Times are UTC to the nanosecond. Decimals are exact; for polars, which has no more
    than 38 digits, longer ones (quotients, as in realised_pnl) are rounded to 18 digits behind the point.

    Raises QueryFailed, ClickHouseUnavailable, NotRunning, and QueryResultError if polars or pandas is not installed,
    if a decimal does not fit, or if the result is too large: `query_batches` reads any.
    """
    if to not in _CONVERTERS:
        raise QueryResultError(f"no such form: {to}; there are {', '.join(_CONVERTERS)}")
    if to != "arrow":
        imported(to)
    import pyarrow

    batches: list[pyarrow.RecordBatch] = []
    size_bytes = 0
    stream = _stream(sql, parameters, data_dir, memory_bytes)
    schema = next(stream)
    for batch in stream:
        size_bytes += batch.nbytes
        if size_bytes > memory_bytes:
            raise QueryResultError(
                f"the result is larger than {memory_bytes >> 20} MB: aggregate in SQL, read it with "
                "flows.query_batches, or give more memory_bytes"
            )
        batches.append(batch)
    return _CONVERTERS[to](pyarrow.Table.from_batches(batches, schema))


def query_batches(
    sql: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    data_dir: Path | str | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> Iterator[pyarrow.RecordBatch]:
    """As `query`, a pyarrow.RecordBatch at a time: no more than one is in memory, however long the result is."""
    stream = _stream(sql, parameters, data_dir, memory_bytes)
    next(stream)
    yield from stream


def _stream(
    sql: str, parameters: Mapping[str, Any] | None, data_dir: Path | str | None, memory_bytes: int
) -> Iterator[Any]:
    """The schema, then the batches."""
    import pyarrow

    settings = {"max_memory_usage": str(memory_bytes), "output_format_arrow_compression_method": "none"}
    with reader(Settings.load(data_dir)) as opened:
        pieces = opened.pieces(sql, "ArrowStream", parameters, settings)
        try:
            with pyarrow.ipc.open_stream(io.BufferedReader(_Pieces(pieces))) as batches:
                yield batches.schema
                yield from batches
        except pyarrow.ArrowInvalid as error:
            raise QueryResultError(
                f"the answer is no table: ask with SELECT, without a FORMAT of your own ({error})"
            ) from error


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def imported(name: str) -> Any:
    """The library. Raises QueryResultError if it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise QueryResultError(
            f"{name} is not installed: pip install 'tapeflow[{name}]', or ask for to=\"arrow\""
        ) from error


def _to_polars(table: pyarrow.Table) -> Any:
    return imported("polars").from_arrow(_narrowed(table))


def _to_pandas(table: pyarrow.Table) -> Any:
    return table.to_pandas()


def _narrowed(table: pyarrow.Table) -> pyarrow.Table:
    import pyarrow.compute

    for place, field in enumerate(table.schema):
        if pyarrow.types.is_decimal256(field.type):
            narrow = pyarrow.decimal128(_DECIMAL128_DIGITS, min(field.type.scale, _MONEY_DIGITS))
            try:
                column = pyarrow.compute.round(table.column(place), _MONEY_DIGITS).cast(narrow)
            except pyarrow.ArrowInvalid as error:
                raise QueryResultError(
                    f"column {field.name} has larger numbers than polars can hold: take toString({field.name}) or "
                    f'toFloat64({field.name}) in the statement, or ask for to="arrow"'
                ) from error
            table = table.set_column(place, pyarrow.field(field.name, narrow, field.nullable), column)
    return table


_CONVERTERS = {"arrow": lambda table: table, "polars": _to_polars, "pandas": _to_pandas}
