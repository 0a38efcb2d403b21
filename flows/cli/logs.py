"""`tapeflow logs`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import DataDir


def logs(
    service: Annotated[
        str | None,
        typer.Argument(help="What is deployed, as `tapeflow list` names it, kafka, clickhouse...; all if none."),
    ] = None,
    data_dir: DataDir = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new lines until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many lines to begin with.")] = 50,
) -> None:
    """Show what programs and services wrote."""
    from flows.stack import folder
    from flows.stack.logs import log_files, tail

    files = log_files(folder.resolve(data_dir), service)
    width = max(len(name) for name in files)
    for name, line in tail(files, lines, follow):
        typer.echo(line if service else f"{name:<{width}} | {line}")
