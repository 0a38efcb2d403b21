"""`tapeflow ui`."""

from __future__ import annotations

import sys
import threading
from typing import Annotated

import typer

from flows.cli.options import ConfigThen, DataDir, Engine, config_then, flow_options


def ui(
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes any free one.")] = 8640,
    allow_actions: Annotated[
        bool,
        typer.Option("--allow-actions", help="Kill, resume and engines from the page, with a token printed here once."),
    ] = False,
    config: ConfigThen = None,
    data_dir: DataDir = None,
) -> None:
    """Show the desk live in a browser on this machine, from ClickHouse and the log. Ctrl-C ends it."""
    from flows.config import DEFAULTS
    from flows.running.stopping import stopping
    from flows.stack import folder
    from flows.ui.errors import NoTerminal
    from flows.ui.explanations import Explanations
    from flows.ui.live import Live
    from flows.ui.server import Server

    if allow_actions and not sys.stdout.isatty():
        raise NoTerminal
    used = config_then(data_dir, config)
    options = flow_options(data_dir, used, Engine.rust)
    # Without a stack there is nothing to show: said now, and not on the page.
    _ = options.services.bootstrap_servers, options.services.clickhouse_url
    stop = threading.Event()
    live = Live(folder.resolve(data_dir), stop)
    server = Server(live, Explanations(options, str(used or DEFAULTS)), port, allow_actions=allow_actions)
    with stopping(stop), server:
        live.start()
        threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
        typer.echo(f"tapeflow ui: {server.address}")
        if server.token:
            typer.echo(f"token for actions, shown once: {server.token}")
        stop.wait()
        live.stop()
        server.shutdown()
    if live.failure:
        raise live.failure
