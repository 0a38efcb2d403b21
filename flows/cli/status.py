"""`tapeflow status`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import DataDir

if TYPE_CHECKING:
    from flows.desk.backlog import Log
    from flows.desk.standing import Standing
    from flows.rollout.engines_in_use import InUse
    from flows.stack.health import Health
    from flows.stack.settings import Settings

_WATCH_S = 1.0


class StatusFormat(str, Enum):
    table = "table"
    json = "json"


def status(
    data_dir: DataDir = None,
    format: Annotated[StatusFormat, typer.Option(help="How to print it.")] = StatusFormat.table,
    watch: Annotated[
        bool, typer.Option("--watch", help="Again and again, until Ctrl-C; JSON as one line each.")
    ] = False,
) -> None:
    """Show each service, and each program that is deployed. Exit code 1 if one is not well."""
    if watch:
        _watch(data_dir, format)
    found = _look(data_dir)
    if format is StatusFormat.json:
        typer.echo(json.dumps(found.as_json(), indent=2))
    else:
        typer.echo("\n".join(found.lines()))
    if not found.well:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Found:
    settings: Settings
    services: list[Health]
    programs: list[Standing]
    log: Log
    in_use: list[InUse]

    @property
    def well(self) -> bool:
        services, programs = (all(one.well for one in self.services), all(one.well for one in self.programs))
        return services and programs and not self.log.away

    def as_json(self) -> Mapping[str, Any]:
        from flows.rollout import report as rollout_report

        owner = self.settings.running.owner
        return {
            "data_dir": str(self.settings.data_dir),
            "owner_pid": owner.pid if owner else None,
            "services": [{**asdict(service), "well": service.well} for service in self.services],
            "programs": [{**asdict(program), "well": program.well} for program in self.programs],
            "broker_away": self.log.away or None,
            "fallen_engines": list(rollout_report.fallen(self.in_use)),
        }

    def lines(self) -> Iterator[str]:
        from flows.desk import status_table
        from flows.rollout import report as rollout_report

        yield f"{'service':<12}{'state':<15}{'pid':>8}{'memory':>10}{'restarts':>10}  endpoint"
        for service in self.services:
            memory = f"{service.resident_bytes >> 20} MB" if service.resident_bytes else "-"
            restarts = "-" if service.restarts is None else service.restarts
            yield (
                f"{service.name:<12}{service.state:<15}{service.pid or '-':>8}{memory:>10}{restarts:>10}"
                f"  {service.endpoint}"
            )
        if self.programs:
            yield ""
            yield from status_table.lines(self.programs)
        if self.log.away:
            yield f"NOT WELL: {self.log.away}"
        yield from rollout_report.fallen(self.in_use)


def _look(data_dir: Path | None) -> _Found:
    from flows.desk import standing
    from flows.desk.desk import Desk
    from flows.rollout import engines_in_use
    from flows.stack import health
    from flows.stack.settings import Settings

    settings = Settings.load(data_dir)
    programs, log = standing.read(Desk(data_dir, typer.echo), settings)
    return _Found(settings, health.check(settings), programs, log, list(engines_in_use.read(settings.data_dir)))


def _watch(data_dir: Path | None, format: StatusFormat) -> None:
    """Until it is interrupted."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    if format is StatusFormat.json or not sys.stdout.isatty():
        while True:
            found = _look(data_dir)
            typer.echo(json.dumps(found.as_json()) if format is StatusFormat.json else "\n".join(found.lines()) + "\n")
            time.sleep(_WATCH_S)
    with Live(console=Console(), auto_refresh=False) as live:
        while True:
            live.update(Text("\n".join(_look(data_dir).lines()), no_wrap=True, overflow="ellipsis"), refresh=True)
            time.sleep(_WATCH_S)
