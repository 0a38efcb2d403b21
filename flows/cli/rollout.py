"""`tapeflow rollout`."""

from __future__ import annotations

import json
from enum import Enum
from typing import Annotated

import typer

from flows.cli.options import DataDir

_ONLY_FOR_SET = ("rust_percent", "rust", "python")


class Action(str, Enum):
    show = "show"
    set = "set"
    fallback = "fallback"


class RolloutFormat(str, Enum):
    table = "table"
    json = "json"


def rollout(
    context: typer.Context,
    action: Annotated[
        Action, typer.Argument(help="show; set the policy of one stage; fallback: all stages to Python at once.")
    ] = Action.show,
    stage: Annotated[str | None, typer.Argument(help="set: bars, features, signals or risk.")] = None,
    rust_percent: Annotated[
        int | None, typer.Option(help="set: 0 to 100; so many keys run in Rust, by a stable hash, the rest in Python.")
    ] = None,
    rust: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="set: this instrument (for risk: account) runs in Rust; may be repeated."),
    ] = None,
    python: Annotated[list[str] | None, typer.Option(metavar="KEY", help="set: as --rust, in Python.")] = None,
    reason: Annotated[str, typer.Option(help="set, fallback: why; it stands in the log.")] = "",
    look_back: Annotated[
        int,
        typer.Option(min=1, metavar="RECORDS", help="show: how much of each partition to search for what was said."),
    ] = 1_000_000,
    format: Annotated[RolloutFormat, typer.Option(help="show: how to print it.")] = RolloutFormat.table,
    data_dir: DataDir = None,
) -> None:
    """Show or set which engine runs a stage, at run time, through the log: nothing is lost, doubled or changed."""
    from flows.config import STAGES
    from flows.connectors import rollout_log, schema_ids
    from flows.operator_commands import BadCommand
    from flows.rollout import engines_in_use
    from flows.rollout import report as rollout_report
    from flows.rollout.commands import fallback, policy
    from flows.stack.settings import Settings

    if (stage is None) == (action is Action.set):
        raise BadCommand("set is for one stage, show and fallback are for all: tapeflow rollout set STAGE ...")
    for name in () if action is Action.set else _ONLY_FOR_SET:
        if context.params[name]:
            raise BadCommand(f"--{name.replace('_', '-')} is for tapeflow rollout set STAGE: leave it out")
    settings, ids = Settings.load(data_dir), schema_ids.load()
    if action is Action.show:
        found = rollout_log.find(settings, ids, STAGES, look_back)
        in_use = list(engines_in_use.read(settings.data_dir))
        if format is RolloutFormat.json:
            typer.echo(json.dumps(rollout_report.as_json(found, in_use), indent=2))
        else:
            typer.echo("\n".join(rollout_report.lines(found, in_use)))
        return
    said = (
        [policy(stage or "", rust_percent, rust or [], python or [], reason)]
        if action is Action.set
        else fallback(reason)
    )
    rollout_log.say(settings, ids, said)
    for one in said:
        typer.echo(
            f"{one.stage}: {rollout_report.words(one)}; it is in the log, and flows change over where they meet it"
        )
