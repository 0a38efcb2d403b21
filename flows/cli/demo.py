"""`tapeflow demo`."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Engine


class Venue(str, Enum):
    binance = "binance"
    binance_usdm = "binance_usdm"


def demo(
    capture: Annotated[
        list[Path] | None, typer.Option(help="Recording to play; repeat for several. Default: a seeded market.")
    ] = None,
    speed: Annotated[str, typer.Option(help="1 as recorded, N times as fast, or max: as fast as it is read.")] = "10",
    venue: Annotated[Venue | None, typer.Option(help="Default: what the recording shows, else binance.")] = None,
    duration: Annotated[
        float | None, typer.Option(min=1, help="Seconds of wall clock. Default: the whole recording, else 30.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="Which twin of the kernels computes.")] = Engine.rust,
    data_dir: Annotated[Path, typer.Option(help="Emptied at every start of a demo.")] = Path(".tapeflow/demo"),
) -> None:
    """Run the whole path: market, ingestor, flows, router, audit; then prove that nothing was lost."""
    from rich.console import Console

    from flows.demo.options import Options
    from flows.demo.run import run
    from flows.errors import TapeflowError

    captures = tuple(path.absolute() for path in capture or ())
    for path in captures:
        if not path.is_file():
            raise TapeflowError(f"no recording at {path}")
    if speed != "max" and not (speed.replace(".", "", 1).isdigit() and float(speed) > 0):
        raise TapeflowError(f"--speed is a number above 0, or max, not {speed}")
    options = Options(captures, speed, venue.value if venue else None, duration, engine.value, data_dir.absolute())
    # A pipe has no width: wide enough that no figure is cut.
    console = Console() if sys.stdout.isatty() else Console(width=140)
    if not run(options, console):
        raise typer.Exit(1)
