"""`tapeflow shadow`."""

from __future__ import annotations

import json
import os
import threading
from contextlib import ExitStack
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
    Symbols,
    config_then,
    flow_options,
)
from flows.errors import TapeflowError

if TYPE_CHECKING:
    from flows.comparison.report import Report
    from flows.comparison.runs import Asked
    from flows.running.flow_options import FlowOptions

_SIDE = "rust, python, written, written:PREFIX, another flow file, a checkout, a wheel, or a git ref"
_NICE = 10


class ShadowFormat(str, Enum):
    text = "text"
    json = "json"
    html = "html"


def shadow(
    flow: Annotated[
        str,
        typer.Argument(
            help="bars, features, signals, market (those three in one), risk, or your own path/to/flow.py or ./package."
        ),
    ],
    candidate: Annotated[str, typer.Option(help=f"What is tried: {_SIDE}.")],
    baseline: Annotated[str, typer.Option(help="What it is held against; written: what was really written then.")] = "",
    config: ConfigThen = None,
    candidate_config: Annotated[Path | None, typer.Option(help="Another configuration for the candidate.")] = None,
    baseline_config: Annotated[Path | None, typer.Option(help="Another configuration for the baseline.")] = None,
    candidate_engine: Annotated[Engine, typer.Option(help="Of a candidate that is a version.")] = Engine.rust,
    baseline_engine: Annotated[Engine, typer.Option(help="Of a baseline that is a version.")] = Engine.rust,
    from_: Begin = "beginning",
    to: End = "end",
    symbol: Symbols = None,
    partition: Partitions = None,
    live: Annotated[bool, typer.Option("--live", help="From the log's end on, beside the live flow.")] = False,
    seconds: Annotated[float | None, typer.Option("--for", min=1, help="With --live: end after so long.")] = None,
    status_file: Annotated[
        Path | None, typer.Option(help="With --live: the live flow's, if it was told another place than its own.")
    ] = None,
    fall_back: Annotated[
        bool, typer.Option("--fall-back", help="With --live: a stage that differs goes to Python, on that partition.")
    ] = False,
    relative: Annotated[float, typer.Option(min=0, help="How far floats may be apart, as a ratio.")] = 1e-10,
    tolerance: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=RELATIVE", help="For one field; inf leaves it out; may be repeated."),
    ] = None,
    format: Annotated[ShadowFormat, typer.Option(help="html is one page with plots.")] = ShadowFormat.text,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report to this file.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Run two sides over the same records and compare all they make, record by record.

    Nothing that anyone acts on is written; every difference goes to shadow.diffs. Exit code 0 if the sides are
    identical, 1 if they differ, 2 if they could not be compared.
    """
    from flows.comparison import own_stages, runs, sides
    from flows.comparison.fields import parse_tolerances
    from flows.running.flow import is_own, named
    from flows.running.flow_options import BadOption
    from flows.stretch import BEGINNING, END, Asked

    try:
        if live:
            # The live flow comes first.
            os.nice(_NICE)
        elif seconds is not None or status_file is not None:
            raise BadOption("--for and --status-file belong to --live")
        begin = END if live and from_ == BEGINNING else from_
        then = config_then(data_dir, config)
        options = flow_options(data_dir, then, Engine.rust)
        asked = runs.Asked(
            flow=own_stages.find(flow, options)[0] if is_own(flow) else named(flow),
            stretch=Asked(begin, None if live else to, symbol or (), partition or ()),
            baseline=sides.Chosen(baseline or "written", baseline_config, baseline_engine.value),
            candidate=sides.Chosen(candidate, candidate_config, candidate_engine.value),
            tolerance=parse_tolerances(tolerance or [], relative),
            config=then,
            status_file=status_file,
            own=str(Path(flow).absolute()) if is_own(flow) else "",
            fall_back=fall_back,
        )
        report = _compared(asked, options, seconds)
        _write(report, format, output)
    except TapeflowError as error:
        typer.echo(f"tapeflow: could not compare: {error}", err=True)
        raise typer.Exit(2) from error
    if not report.identical:
        raise typer.Exit(1)


def _compared(asked: Asked, options: FlowOptions, seconds: float | None) -> Report:
    from flows.cli.bar import following
    from flows.comparison.runs import Run
    from flows.running.stopping import stopping

    with ExitStack() as stack:
        stack.enter_context(stopping(options.stop))
        run = stack.enter_context(Run(options, asked, lambda line: typer.echo(line, err=True)))
        for line in run.stretch.reservations:
            typer.echo(line, err=True)
        flow, progress = run.wire()
        stack.enter_context(following(progress, run.stretch, "compared", options.services))
        if seconds is not None:
            timer = threading.Timer(seconds, options.stop.set)
            timer.daemon = True
            timer.start()
            stack.callback(timer.cancel)
        return run.run(flow)


def _write(report: Report, format: ShadowFormat, output: Path | None) -> None:
    from flows.comparison.html_report import html
    from flows.comparison.text_report import text, verdict

    match format:
        case ShadowFormat.json:
            made = json.dumps(report.as_json(), indent=2, default=str) + "\n"
        case ShadowFormat.html:
            made = html(report)
        case _:
            made = text(report)
    if output:
        output.write_text(made)
        typer.echo(f"{verdict(report)}: {output}", err=True)
    else:
        typer.echo(made, nl=False)
