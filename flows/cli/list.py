"""`tapeflow list`."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import Annotated

import typer

from flows.cli.options import DataDir


class ListFormat(str, Enum):
    table = "table"
    json = "json"


def list(
    data_dir: DataDir = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.table,
) -> None:
    """Show what is deployed, in the order in which it starts; `tapeflow status` says how it does."""
    from flows.desk import programs
    from flows.desk.desk import Desk

    desk = Desk(data_dir, typer.echo)
    known, processes = desk.deployed().programs, desk.supervisor.processes()
    ordered = [known[name] for name in sorted(known, key=programs.order)]
    states = {
        name: ("stopped" if not one.wanted else "runs" if name in processes and processes[name].pid else "down")
        for name, one in known.items()
    }
    if format is ListFormat.json:
        typer.echo(json.dumps([{**asdict(one), "state": states[one.name]} for one in ordered], indent=2))
        return
    if not ordered:
        typer.echo(f"nothing is deployed on {desk.places.data_dir}")
    width = max([len(name) for name in known], default=0)
    for one in ordered:
        version = f"  version {one.version}" if one.version else ""
        said = f"  {' '.join(f'--set {pair}' for pair in one.sets)}" if one.sets else ""
        typer.echo(f"{one.name:<{width}}  {states[one.name]:<7}{version}{said}".rstrip())
