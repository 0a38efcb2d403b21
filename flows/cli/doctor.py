"""`tapeflow doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import Annotated

import typer

from flows.cli.options import DataDir, DeskConfig, Sets


class DoctorFormat(str, Enum):
    table = "table"
    json = "json"


def doctor(
    config: DeskConfig = None,
    set: Sets = None,
    format: Annotated[DoctorFormat, typer.Option(help="How to print it.")] = DoctorFormat.table,
    data_dir: DataDir = None,
) -> None:
    """Look at this machine, the services and the configuration. Exit code 1 if something must be done."""
    from flows.desk.desk import Desk
    from flows.desk.doctor import desk as of_desk
    from flows.desk.doctor import machine, services
    from flows.desk.doctor.finding import Level
    from flows.stack.settings import BOOTSTRAP_SERVERS, CLICKHOUSE_URL, Settings

    settings = Settings.load(data_dir)
    desk = Desk(data_dir, typer.echo)
    is_embedded = not all(name in settings.external for name in (BOOTSTRAP_SERVERS, CLICKHOUSE_URL))
    found = [
        *machine.look(settings.data_dir, is_embedded=is_embedded),
        *services.look(settings),
        *of_desk.look(desk, settings, config, tuple(set or ())),
    ]
    if format is DoctorFormat.json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            word = one.level.value.upper() if one.level is Level.MUST else one.level.value
            typer.echo(f"{word:<5} {one.what:<14} {one.said}")
    if any(one.level is Level.MUST for one in found):
        raise typer.Exit(1)
