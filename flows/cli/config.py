"""`tapeflow config`."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import DataDir, Sets


class ConfigAction(str, Enum):
    show = "show"
    check = "check"


class ConfigFormat(str, Enum):
    table = "table"
    json = "json"


def config(
    action: Annotated[ConfigAction, typer.Argument(help="show every value; check: a line for each problem.")],
    config: Annotated[
        Path | None, typer.Option("--config", help="The file: tapeflow.toml here, if there is one.")
    ] = None,
    set: Sets = None,
    origin: Annotated[bool, typer.Option("--origin", help="show: also where each value comes from.")] = False,
    format: Annotated[ConfigFormat, typer.Option(help="show: how to print it.")] = ConfigFormat.table,
    data_dir: DataDir = None,
) -> None:
    """Show or check what tapeflow.toml says. Exit code 1 if it cannot be used."""
    from flows.desk import configuration, environment
    from flows.stack.settings import Settings

    file = configuration.find(config)
    if action is ConfigAction.check:
        found = configuration.problems(file, set or ())
        for line in found:
            typer.echo(line)
        if found:
            raise typer.Exit(1)
        typer.echo(f"{file or 'the defaults'}: well")
        return
    values = [*configuration.load(file, set or ()).values(), *environment.values(Settings.load(data_dir))]
    if format is ConfigFormat.json:
        typer.echo(
            json.dumps([{"key": key, "value": value, "origin": place} for key, value, place in values], indent=2)
        )
        return
    width = max(len(key) for key, _, _ in values)
    lines = [(f"{key:<{width}}  {json.dumps(value)}", place) for key, value, place in values]
    column = max(len(line) for line, _ in lines)
    for line, place in lines:
        typer.echo(f"{line:<{column}}  {place}" if origin else line)
