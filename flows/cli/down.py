"""`tapeflow down`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import DataDir


def down(
    data_dir: DataDir = None,
    wipe: Annotated[
        bool, typer.Option("--wipe", help="Delete the data as well: topics, tables, frames, logs.")
    ] = False,
) -> None:
    """Stop the stack, and before it all that is deployed on it; `tapeflow deploy` brings that back."""
    from flows.desk.desk import Desk
    from flows.stack import daemon, folder, state

    resolved = folder.resolve(data_dir)
    if not resolved.is_dir():
        typer.echo(f"no stack is running on {resolved}: the folder does not exist")
        return
    ended = Desk(resolved, typer.echo).end()
    typer.echo("stopped" if daemon.stop(resolved) or ended else f"no stack is running on {resolved}")
    if wipe:
        lock = state.Lock(resolved)
        try:
            left = folder.wipe(resolved)
        finally:
            lock.release()
        typer.echo(f"wiped {resolved}" + (f"; left alone: {', '.join(left)}" if left else ""))
