"""`tapeflow deploy`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import DataDir, DeskConfig, Engine, Origin, Sets, StageEngines, by_stage

if TYPE_CHECKING:
    from flows.desk.desk import Desk
    from flows.desk.plan import Asked

_NICE = 10


def deploy(
    flow: Annotated[
        str | None,
        typer.Argument(
            help="A flow of tapeflow.toml or of Tapeflow's, a path/to/flow.py[:name] or ./package[:name], ingestor, "
            "router, exchange or stack; none: everything that the file wants, as after a reboot."
        ),
    ] = None,
    config: DeskConfig = None,
    set: Sets = None,
    engine: Annotated[Engine | None, typer.Option(help="What runs the stages of this flow.")] = None,
    stage_engine: StageEngines = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads that share out the partitions.")] = None,
    candidate: Annotated[
        str | None,
        typer.Option(
            help="Another version (a checkout, a wheel, a git ref, installed; of your own flow also a file or package, "
            "or a git ref of the repository where it lies) or engine: runs in shadow first, and takes the live flow's "
            "place if it makes the same records. Else exit code 1, with the report."
        ),
    ] = None,
    shadow_for: Annotated[str, typer.Option(metavar="TIME", help="With --candidate: how long, as in 5m.")] = "5m",
    accept: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TOPIC.FIELD",
            help="With --candidate: a difference that is wanted: market.features.rsi, risk.inbox.missing; repeatable.",
        ),
    ] = None,
    from_: Annotated[
        Origin, typer.Option("--from", help="Resume what the flow has saved, or forget it and read from the beginning.")
    ] = Origin.saved,
    version: Annotated[
        str | None, typer.Option(help="Another version at once, without a gate: the way back from a bad one.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Start what shall run, and keep it running, beyond this terminal and through crashes; all is checked first."""
    from flows.desk.desk import Desk
    from flows.desk.plan import Asked
    from flows.running.flow_options import BadOption

    desk = Desk(data_dir, typer.echo)
    sets = tuple([*(set or []), *_sets(flow, engine, stage_engine or [], workers)])
    asked = Asked(flow, config, sets, is_anew=from_ is Origin.beginning)
    if candidate is not None:
        _through_the_gate(desk, asked, candidate, shadow_for, accept or [])
    elif accept:
        raise BadOption("--accept belongs to --candidate")
    elif version is not None:
        if flow is None:
            raise BadOption("--version is for one flow: name it")
        from flows.desk.upgrade import with_candidate

        desk.deploy(with_candidate(desk, asked, version, typer.echo))
    else:
        desk.deploy(asked)


def _through_the_gate(desk: Desk, asked: Asked, candidate: str, shadow_for: str, accept: list[str]) -> None:
    from flows.comparison.text_report import text, verdict
    from flows.desk.gate import Refused
    from flows.desk.upgrade import Upgrade, through_the_gate

    # The live flow comes first.
    os.nice(_NICE)
    try:
        report = through_the_gate(desk, Upgrade(asked, candidate, shadow_for, accept), typer.echo)
    except Refused as refused:
        if refused.report:
            typer.echo(text(refused.report), nl=False)
        raise
    typer.echo(f"{asked.word}: runs {candidate} ({verdict(report)})")


def _sets(flow: str | None, engine: Engine | None, stage_engine: list[str], workers: int | None) -> list[str]:
    """These options as what they are: values of the configuration."""
    from flows.config import STAGES
    from flows.desk.programs import name_of
    from flows.running.flow_options import BadOption

    sets = [f"engines.{stage}={engine.value}" for stage in STAGES] if engine else []
    sets += [f"engines.{stage}={chosen}" for stage, chosen in by_stage(stage_engine).items()]
    if workers is not None:
        if flow is None:
            raise BadOption("--workers is for one flow: name it, or --set flows.NAME.workers=N")
        sets.append(f"flows.{name_of(flow)}.workers={workers}")
    return sets
