"""`tapeflow query`."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import DataDir


class QueryFormat(str, Enum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def query(
    sql: Annotated[str, typer.Argument(help="One statement in ClickHouse's SQL.")],
    format: Annotated[QueryFormat, typer.Option(help="json is one array of objects.")] = QueryFormat.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Ask ClickHouse, of a running stack or of a stopped one's data folder."""
    from flows.stack.errors import StackError
    from flows.stack.query import run
    from flows.stack.settings import Settings

    if format is QueryFormat.parquet and output is None and sys.stdout.isatty():
        raise StackError("Parquet is not for terminals: name a file with --output")
    pieces = run(Settings.load(data_dir), sql, format.value)
    # The first piece comes before the file is opened: a refused statement leaves an older file as it is.
    first = next(pieces, b"")
    try:
        with output.open("wb") if output else open(sys.stdout.fileno(), "wb", closefd=False) as file:
            file.write(first)
            for piece in pieces:
                file.write(piece)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StackError(f"cannot write {output or 'the result'}: {error.strerror}") from error
