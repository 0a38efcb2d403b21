"""All processes of a flow on this machine, started, watched and ended by one that they do not outlive."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.errors import TapeflowError
from flows.running.cluster import PEER_LOST
from flows.running.flow_options import FlowOptions
from flows.stack.failure import reason_of
from flows.stack.process import Process

_LOOK_S = 0.2
# What a process that was asked to stop may take; it ends itself before that.
_GRACE_S = 8.0


class ProcessFailed(TapeflowError):
    """One of the processes of a flow ended, and with it all of them."""

    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(
            f"{name} failed: {reason}; all of the flow has ended. More in {log}; started again, it goes on"
        )


def run(
    arguments: Sequence[str], flow: str, options: FlowOptions, status_file: Path, metrics_listen: str | None = None
) -> None:
    """Returns when all have ended. `arguments`: this command's own. `options`: theirs, whose cluster says where they
    listen; when its `stop` is set they are asked to end. `status_file` tells of all of them; `metrics_listen` is the
    first one's, and the others' is at the ports behind. Raises ProcessFailed."""
    addresses = options.cluster.addresses
    states = [status_file.with_name(f"{status_file.stem}.{number}.status") for number in range(len(addresses))]
    logs = options.services.data_dir / "logs"
    children: list[Process] = []
    try:
        for number, state in enumerate(states):
            state.unlink(missing_ok=True)
            own = ["--process", str(number), "--addresses", ",".join(addresses), "--status-file", str(state)]
            if metrics_listen:
                host, _, port = metrics_listen.rpartition(":")
                own += ["--metrics-listen", f"{host}:{int(port) + number}" if port.isdecimal() else metrics_listen]
            command = [sys.executable, "-m", "flows.cli", *arguments, *own]
            children.append(Process.start(f"{flow}-{number}", command, logs / f"{flow}-{number}.log"))
        _watch(children, states, status_file, options)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.stop(_GRACE_S)
        for state in states:
            state.unlink(missing_ok=True)


def _watch(children: Sequence[Process], states: Sequence[Path], status_file: Path, options: FlowOptions) -> None:
    while any(child.running() for child in children):
        if options.stop.wait(_LOOK_S):
            for child in children:
                child.terminate()
            for child in children:
                child.wait(_GRACE_S)
        _merge(states, status_file)
        if any(child.exit_code() for child in children):
            break
    # The others end on their own then, and know less about the reason.
    failed = [child for child in children if child.wait(_LOOK_S) not in (0, None)]
    if failed:
        first = min(failed, key=lambda child: child.exit_code() == PEER_LOST)
        raise ProcessFailed(first.name, reason_of(first), first.log)


def _merge(states: Sequence[Path], status_file: Path) -> None:
    """One file of the flow, as a single process writes it, when all processes have said how far they are."""
    try:
        told: list[dict[str, Any]] = [json.loads(state.read_text()) for state in states]
    except FileNotFoundError:
        return
    merged: dict[str, Any] = {
        **told[0],
        "updated_ns": min(one["updated_ns"] for one in told),
        "saved_ns": min((one["saved_ns"] for one in told if one["saved_ns"]), default=None),
        "positions": {},
        "engines": {},
    }
    for one in told:
        merged["engines"] |= one["engines"]
        for topic, positions in one["positions"].items():
            merged["positions"].setdefault(topic, {}).update(positions)
    scratch = status_file.with_suffix(".json.new")
    scratch.write_text(json.dumps(merged))
    os.replace(scratch, status_file)
