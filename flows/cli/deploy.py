"""`tapeflow deploy`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import DataDir, DeskConfig, Engine, Sets, StageEngines, by_stage


def deploy(
    flow: Annotated[
        str | None,
        typer.Argument(
            help="A flow of tapeflow.toml or of Tapeflow's, a path/to/flow.py[:name], ingestor, router, exchange or "
            "stack; none: everything that the file wants, as after a reboot."
        ),
    ] = None,
    config: DeskConfig = None,
    set: Sets = None,
    engine: Annotated[Engine | None, typer.Option(help="What runs the stages of this flow.")] = None,
    stage_engine: StageEngines = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads that share out the partitions.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Start what shall run, and keep it running, beyond this terminal and through crashes; all is checked first."""
    from flows.desk.desk import Desk
    from flows.desk.plan import Asked

    sets = [*(set or []), *_sets(flow, engine, stage_engine or [], workers)]
    Desk(data_dir, typer.echo).deploy(Asked(flow, config, tuple(sets)))


def _sets(flow: str | None, engine: Engine | None, stage_engine: list[str], workers: int | None) -> list[str]:
    """These options as what they are: values of the configuration."""
    from flows.config import STAGES
    from flows.desk.programs import name_of
    from flows.flow_options import BadOption

    sets = [f"engines.{stage}={engine.value}" for stage in STAGES] if engine else []
    sets += [f"engines.{stage}={chosen}" for stage, chosen in by_stage(stage_engine).items()]
    if workers is not None:
        if flow is None:
            raise BadOption("--workers is for one flow: name it, or --set flows.NAME.workers=N")
        sets.append(f"flows.{name_of(flow)}.workers={workers}")
    return sets
