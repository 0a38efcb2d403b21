"""The processes of a demo, as the supervisor keeps them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.demo.listing import Listing
from flows.demo.options import Options
from flows.stack.process import program
from flows.stack.settings import Settings

# The simulated exchange's own default key pair: it guards nothing but this demo's play money.
_DEMO_KEYS = {"TAPEFLOW_VENUE_KEY": "test-key", "TAPEFLOW_VENUE_SECRET": "test-secret"}
FLOWS = ("market", "risk", "audit")


@dataclass(frozen=True)
class Program:
    """One process of ours under supervision; ready when `is_ready` says so."""

    name: str
    log: Path
    arguments: list[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    is_ready: Callable[[], bool] = lambda: True
    stop_grace_s: float = 10.0

    def prepare(self) -> None:
        """Nothing: the data folder is there."""

    def command(self) -> list[str]:
        return self.arguments

    def environment(self) -> Mapping[str, str]:
        return self.variables

    def ready(self) -> bool:
        return self.is_ready()


def status_file(data_dir: Path, name: str) -> Path:
    """Where a process of the demo says every second how far it is."""
    return data_dir / "state" / f"{name}.json"


def exchange(options: Options, port: int) -> Program:
    """The simulated exchange; writes its address to `exchange_address`."""
    ready_file = exchange_address(options.data_dir)
    arguments = [program("tapeflow-exchange"), "--listen", f"127.0.0.1:{port}", "--speed", options.speed]
    arguments += ["--ready-file", str(ready_file)]
    if options.venue:
        arguments += ["--venue", options.venue]
    for capture in options.captures:
        arguments += ["--capture", str(capture)]
    return Program("exchange", _log(options, "exchange"), arguments, is_ready=ready_file.exists)


def exchange_address(data_dir: Path) -> Path:
    return data_dir / "state" / "exchange-address.json"


def ingestor(options: Options, settings: Settings, listing: Listing) -> Program:
    status = status_file(options.data_dir, "ingestor")
    arguments = [program("tapeflow-ingestor"), "--venue", listing.venue]
    arguments += ["--stream-url", f"ws://{listing.address}", "--rest-url", f"http://{listing.address}"]
    arguments += ["--symbols", ",".join(listing.symbols), "--bootstrap-servers", settings.bootstrap_servers]
    arguments += ["--topic-prefix", settings.topic_prefix, "--status-file", str(status)]
    return Program("ingestor", _log(options, "ingestor"), arguments, settings.environment(), status.exists)


def router(options: Options, settings: Settings, listing: Listing) -> Program:
    status = status_file(options.data_dir, "router")
    arguments = [program("tapeflow-router"), "--venue", f"{listing.venue}=http://{listing.address}"]
    arguments += ["--bootstrap-servers", settings.bootstrap_servers]
    arguments += ["--topic-prefix", settings.topic_prefix, "--status-file", str(status)]
    variables = {**settings.environment(), **_DEMO_KEYS}
    return Program("router", _log(options, "router"), arguments, variables, status.exists)


def flow(options: Options, settings: Settings, name: str, config: Path) -> Program:
    """One of FLOWS, as `tapeflow run` runs it."""
    status = status_file(options.data_dir, name)
    arguments = [sys.executable, "-m", "flows.cli", "run", name, "--data-dir", str(options.data_dir)]
    arguments += ["--status-file", str(status)]
    if name != "audit":
        arguments += ["--engine", options.engine, "--config", str(config)]
    return Program(name, _log(options, name), arguments, settings.environment(), status.exists)


def _log(options: Options, name: str) -> Path:
    return options.data_dir / "logs" / f"{name}.log"
