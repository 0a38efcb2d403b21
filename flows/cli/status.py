"""`tapeflow status`."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import Annotated

import typer

from flows.cli.options import DataDir


class StatusFormat(str, Enum):
    table = "table"
    json = "json"


def status(
    data_dir: DataDir = None,
    format: Annotated[StatusFormat, typer.Option(help="How to print it.")] = StatusFormat.table,
) -> None:
    """Show each service, probed now. Exit code 1 if one is not well."""
    from flows import engines_in_use, rollout_report
    from flows.stack import health
    from flows.stack.settings import Settings

    settings = Settings.load(data_dir)
    found = health.check(settings)
    in_use = list(engines_in_use.read(settings.data_dir))
    if format is StatusFormat.json:
        owner = settings.running.owner
        services = [{**asdict(service), "well": service.well} for service in found]
        shown = {
            "data_dir": str(settings.data_dir),
            "owner_pid": owner.pid if owner else None,
            "services": services,
            "fallen_engines": list(rollout_report.fallen(in_use)),
        }
        typer.echo(json.dumps(shown, indent=2))
    else:
        typer.echo(f"{'service':<12}{'state':<15}{'pid':>8}{'memory':>10}{'restarts':>10}  endpoint")
        for service in found:
            memory = f"{service.resident_bytes >> 20} MB" if service.resident_bytes else "-"
            restarts = "-" if service.restarts is None else service.restarts
            typer.echo(
                f"{service.name:<12}{service.state:<15}{service.pid or '-':>8}{memory:>10}{restarts:>10}"
                f"  {service.endpoint}"
            )
        for line in rollout_report.fallen(in_use):
            typer.echo(line)
    if not all(service.well for service in found):
        raise typer.Exit(1)
