"""`tapeflow replay`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import (
    Begin,
    ConfigThen,
    DataDir,
    End,
    Engine,
    Partitions,
    StageEngines,
    Symbols,
    config_then,
    flow_options,
)

if TYPE_CHECKING:
    from flows.running.flow import Flow
    from flows.running.flow_options import FlowOptions
    from flows.stack.settings import Settings


class FileFormat(str, Enum):
    avro = "avro"
    parquet = "parquet"


def replay(
    flow: Annotated[str, typer.Argument(help="bars, features, signals, market (those three in one) or risk.")],
    from_: Begin = "beginning",
    to: End = "end",
    symbol: Symbols = None,
    partition: Partitions = None,
    engine: Annotated[Engine, typer.Option(help="What runs the stages.")] = Engine.rust,
    stage_engine: StageEngines = None,
    config: ConfigThen = None,
    to_topics: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="Write to topics with this prefix, made if missing.")
    ] = None,
    to_files: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write to files in this folder.")] = None,
    format: Annotated[FileFormat, typer.Option(help="Of the files.")] = FileFormat.parquet,
    frames: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Over what an ingestor's frame log makes, in place of market.ticks."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Run a flow over a stretch of the log once more, apart from what is live, as fast as it goes.

    It works from the log's beginning, so that its state is what it was then, and writes what the stretch caused. To
    compare with what was written then, or with another version: `tapeflow shadow`.
    """
    from flows import replay as replays
    from flows import stretch
    from flows.cli.bar import following
    from flows.running import runner
    from flows.running.flow import named
    from flows.running.flow_options import BadOption
    from flows.running.stopping import stopping

    if to_files and to_topics is not None:
        raise BadOption("--to-topics and --to-files: choose one of them")
    chosen = named(flow)
    options = flow_options(data_dir, config_then(data_dir, config), engine, stage_engine)
    asked = stretch.Asked(from_, to, symbol or (), partition or ())
    with ExitStack() as stack:
        stack.enter_context(stopping(options.stop))
        if to_topics is not None:
            options = _to_topics(options, to_topics)
        if frames:
            options = replace(options, services=stack.enter_context(_derived(chosen, options.services, frames)))
        found = stretch.find(options.services, chosen.topic, asked)
        for line in found.reservations:
            typer.echo(line, err=True)
        begin_s = time.monotonic()
        if to_files:
            wiring = replays.to_files(chosen, options, found, to_files, format.value)
        elif to_topics is not None:
            wiring = replays.to_topics(chosen, options, found)
        else:
            wiring = replays.to_nowhere(chosen, options, found)
        stack.enter_context(following(wiring.progress, found, chosen.name, options.services))
        runner.run(wiring.flow)
        took_s = time.monotonic() - begin_s
    made = ", ".join(f"{records:,} {topic}" for topic, records in sorted(wiring.made.items())) or "nothing"
    rate = f"{found.records / took_s:,.0f}/s"
    typer.echo(f"{found.records:,} records of {chosen.topic} in {took_s:.1f} s, {rate}: {made}")


@contextmanager
def _derived(flow: Flow, services: Settings, folder: Path) -> Iterator[Settings]:
    """Where `market.ticks` of the frame log stands meanwhile. Raises BadOption, BadFrameLog."""
    from flows import frame_log
    from flows.running.flow_options import BadOption

    if flow.topic != "market.ticks":
        raise BadOption(f"--frames makes market.ticks, and {flow.name} reads {flow.topic}: choose bars or market")
    with frame_log.derived(services, folder) as derived:
        told = f"{derived.frames:,} frames of {derived.runs:,} runs made {derived.records:,} records"
        typer.echo(told, err=True)
        if derived.torn_end:
            typer.echo(derived.torn_end, err=True)
        yield derived.services


def _to_topics(options: FlowOptions, prefix: str) -> FlowOptions:
    """Raises BadOption for a prefix whose topics hold something: the tail rule would leave out what is there."""
    from flows.connectors.log_ends import LogEnds
    from flows.contracts import topics as contracts
    from flows.running.flow_options import BadOption
    from flows.stack import topics

    services = replace(options.services, topic_prefix=prefix)
    if prefix == options.input_prefix:
        raise BadOption(f"--to-topics {prefix!r} is where the live flows write: choose another prefix")
    topics.create(services)
    held = LogEnds(services).read(contracts.load())
    full = [name for name, ends in held.items() if any(ends.values())]
    if full:
        raise BadOption(f"{prefix}{full[0]} holds records already: choose another prefix for --to-topics")
    return replace(options, output_prefix=prefix)
