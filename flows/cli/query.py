"""`tapeflow query`."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import DataDir
from flows.cli.renewed_line import renewed_line

if TYPE_CHECKING:
    from flows.stack.settings import Settings


class QueryFormat(str, Enum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def query(
    sql: Annotated[
        str | None,
        typer.Argument(help="One statement in ClickHouse's SQL; without it, a shell for reading.", show_default=False),
    ] = None,
    format: Annotated[QueryFormat, typer.Option(help="json is one array of objects.")] = QueryFormat.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Let the statement change what a running ClickHouse holds.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Ask ClickHouse, of a running stack or of a stopped one's data folder."""
    from flows.stack.errors import StackError
    from flows.stack.query import run
    from flows.stack.settings import Settings

    settings = Settings.load(data_dir)
    if sql is None:
        if write:
            raise StackError('--write is for one statement: give it, as in tapeflow query "OPTIMIZE TABLE t" --write')
        if output is not None or format is QueryFormat.parquet:
            raise StackError('--output and Parquet are for one statement: give it, as in tapeflow query "SELECT 1"')
        _shell(settings, format)
        return
    if format is QueryFormat.parquet and output is None and sys.stdout.isatty():
        raise StackError("Parquet is not for terminals: name a file with --output")
    pieces = run(settings, sql, format.value, renewed_line() if sys.stderr.isatty() else None, may_write=write)
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


def _shell(settings: Settings, format: QueryFormat) -> None:
    from flows.query_shell.shell import Shell
    from flows.stack.reader import reader

    with reader(settings) as opened:
        shell = Shell(opened, format.value, renewed_line())
        if sys.stdin.isatty():
            shell.interact()
        elif not shell.read(sys.stdin):
            raise typer.Exit(1)
