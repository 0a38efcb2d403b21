"""`tapeflow run`."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import ConfigFile, DataDir, Engine, Origin, StageEngines, by_stage

if TYPE_CHECKING:
    from bytewax.dataflow import Dataflow

    from flows.running.cluster import Cluster
    from flows.running.flow_options import FlowOptions

# audit has no stages, no topics to write and no saved state: it lands every topic, for as long as it runs.
_NOT_FOR_AUDIT = (
    "engine",
    "stage_engine",
    "config",
    "output_prefix",
    "from_",
    "until_end",
    "workers",
    "processes",
    "process",
    "addresses",
)
_ONLY_FOR_AUDIT = ("flush_ms",)


def run(
    context: typer.Context,
    flow: Annotated[
        str,
        typer.Argument(
            help="bars, features, signals, market (those three in one), risk, audit, flow.py[:name], ./package[:name]."
        ),
    ],
    data_dir: DataDir = None,
    engine: Annotated[Engine, typer.Option(help="What runs the stages.")] = Engine.rust,
    stage_engine: StageEngines = None,
    config: ConfigFile = None,
    output_prefix: Annotated[
        str | None,
        typer.Option(help="Write to topics with this prefix, made if missing, and keep a saved state of their own."),
    ] = None,
    from_: Annotated[
        Origin, typer.Option("--from", help="Resume the saved state, or forget it and read from the beginning.")
    ] = Origin.saved,
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop where the input ends now.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Threads that share out the partitions.")] = 1,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Run it as so many processes here, which share out the partitions.")
    ] = None,
    process: Annotated[
        int | None, typer.Option(min=0, help="With --addresses: which of the flow's processes this is, from 0.")
    ] = None,
    addresses: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT,...", help="Where each process of the flow listens for the others, on any machines."
        ),
    ] = None,
    keep_awake: Annotated[
        bool,
        typer.Option(
            "--keep-awake", help="Let no idle processor of this machine sleep: faster orders, for power. Needs root."
        ),
    ] = False,
    metrics_listen: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="Serve metrics for Prometheus here; of several processes, each by its own port."
        ),
    ] = None,
    flush_ms: Annotated[
        int, typer.Option(min=1, help="audit: how long a record may wait for company before it lands.")
    ] = 500,
    status_file: Annotated[
        Path | None,
        typer.Option(help="Renew this file every second, with offsets and engines; else FLOW.json in the data folder."),
    ] = None,
) -> None:
    """Run one flow in the foreground; Ctrl-C stops it, and the next run resumes."""
    from flows import log_line
    from flows._native import log_to_stderr
    from flows.config import Config
    from flows.rollout import engines_in_use
    from flows.running import local_cluster, runner, saved_state, steps
    from flows.running.awake import awake
    from flows.running.cluster import PEER_LOST, PeerLost
    from flows.running.flow_options import BadOption, FlowOptions
    from flows.running.status_file import StatusFile
    from flows.running.stopping import stopping
    from flows.stack.settings import Settings

    log_to_stderr()
    _refuse(context, _NOT_FOR_AUDIT if flow == "audit" else _ONLY_FOR_AUDIT, flow)
    options = FlowOptions(
        services=Settings.load(data_dir),
        config=Config.load(config),
        output_prefix=output_prefix,
        until_end=until_end,
        cluster=_cluster(process, processes, addresses),
        is_metered=metrics_listen is not None,
    ).with_engines(engine.value, by_stage(stage_engine or []))
    with ExitStack() as stack:
        stack.enter_context(stopping(options.stop))
        if keep_awake:
            stack.enter_context(awake())
        if flow == "audit":
            from flows import audit
            from flows.connectors.audit_status import AuditStatus

            status = AuditStatus(options.services, status_file, is_metered=options.is_metered)
            if metrics_listen:
                from flows.metrics import audit as audit_metrics

                stack.enter_context(audit_metrics.served(metrics_listen, status))
            runner.run(audit.get_flow(options.services, flush_ms=flush_ms, stop=options.stop, status=status))
            return
        if output_prefix is not None:
            _make_outputs(options)
        made = _make(flow, options)
        place = status_file or engines_in_use.file_of(options.services.data_dir, made.flow_id, output_prefix)
        if process is None and options.cluster.processes > 1:
            local_cluster.run(sys.argv[1:], made.flow_id, options, place, metrics_listen)
            return
        found = steps.of(made)
        stack.enter_context(StatusFile(place, found))
        if metrics_listen:
            if not found.progress:
                raise BadOption(f"--metrics-listen: {flow} reads by none of Tapeflow's sources: leave it out")
            from flows.metrics import flow as flow_metrics

            stack.enter_context(flow_metrics.served(metrics_listen, made.flow_id, found.progress, options.services))
        store = saved_state.store_of(options.services, f"{output_prefix or ''}{made.flow_id}")
        try:
            runner.run(made, store, workers=workers, forget=from_ is Origin.beginning, cluster=options.cluster)
        except PeerLost as error:
            # At once: threads of Bytewax are still in their panic, and would abort an interpreter that ends in order.
            log_line.write(str(error), "ERROR")
            os._exit(PEER_LOST)


def _cluster(process: int | None, processes: int | None, addresses: str | None) -> Cluster:
    """This process's place, or that of the first of many that are to be started here. Raises BadCluster."""
    from flows.running.cluster import BadCluster, Cluster

    if process is None and addresses is None:
        return Cluster.here(processes or 1)
    listed = addresses.split(",") if addresses else []
    if processes not in (None, len(listed)):
        raise BadCluster(f"--processes {processes} disagrees with --addresses, which names {len(listed)}")
    return Cluster.of(process, listed)


def _refuse(context: typer.Context, names: tuple[str, ...], flow: str) -> None:
    """What has no effect is not taken in silence."""
    from flows.running.flow_options import BadOption

    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name) if parameter.name in names else None
        if source is not None and source.name == "COMMANDLINE":
            raise BadOption(f"{parameter.opts[0]} does nothing for flow {flow}: leave it out")


def _make(name: str, options: FlowOptions) -> Dataflow:
    """One of ours, or a user's own."""
    from importlib import import_module

    from flows.running import own_flow
    from flows.running.flow import OURS

    if name not in OURS:
        return own_flow.load(name, options)
    flow: Dataflow = import_module(f"flows.{name}").get_flow(options)
    return flow


def _make_outputs(options: FlowOptions) -> None:
    """The topics of the prefix: all of them, so that whatever reads a log can read this one."""
    from flows.stack import topics

    topics.create(replace(options.services, topic_prefix=options.written_prefix))
