"""`tapeflow scale`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import DataDir


def scale(
    flow: Annotated[str, typer.Argument(help="A flow that is deployed.")],
    processes: Annotated[int, typer.Argument(min=1, help="How many processes share out its partitions.")],
    data_dir: DataDir = None,
) -> None:
    """Run a flow as another number of processes: it stops, and resumes as so many. Its records are the same."""
    from flows.desk.desk import Desk

    Desk(data_dir, typer.echo).scale(flow, processes)
