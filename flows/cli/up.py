"""`tapeflow up`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import DataDir

if TYPE_CHECKING:
    from flows.stack.settings import Settings

_FREE = "0 takes the port of last time if it is free, else any."
Port = Annotated[int, typer.Option(min=0, max=65535, help=_FREE)]


def up(
    data_dir: DataDir = None,
    kafka_port: Port = 0,
    clickhouse_port: Port = 0,
    registry_port: Port = 0,
    foreground: Annotated[bool, typer.Option("--foreground", help="Stay, and stop the stack on Ctrl-C.")] = False,
) -> None:
    """Start Kafka, ClickHouse and the schema registry, and make topics and tables."""
    from flows.stack import Stack, daemon, folder
    from flows.stack.settings import EXTERNAL, Settings

    resolved = folder.resolve(data_dir)
    running = Settings.load(resolved).running
    if running.owner:
        typer.echo(f"already running on {resolved} (process {running.owner.pid})")
        _prepare(Settings.load(resolved))
    elif set(Settings.load(resolved).external) == EXTERNAL:
        typer.echo("the environment names all three services: nothing to start")
        _prepare(Settings.load(resolved))
    elif foreground:
        stack = Stack(
            resolved,
            kafka_port=kafka_port,
            clickhouse_port=clickhouse_port,
            registry_port=registry_port,
            report=typer.echo,
        )
        daemon.run(stack, lambda: _prepare(stack.settings))
    else:
        daemon.start_detached(resolved, (kafka_port, clickhouse_port, registry_port), typer.echo)
        _prepare(Settings.load(resolved))


def _prepare(settings: Settings) -> None:
    """Makes what the stack is for, and says where everything is."""
    from flows.stack import tables, topics
    from flows.stack.health import without_secrets

    made_topics, made_tables = topics.create(settings), tables.create(settings)
    typer.echo(f"topics: {len(made_topics)} made, tables: {len(made_tables)} made")
    typer.echo(f"kafka       {settings.bootstrap_servers}")
    typer.echo(f"clickhouse  {without_secrets(settings.clickhouse_url)}")
    typer.echo(f"registry    {settings.registry_url}")
