"""A real stack on free loopback ports, shared by the tests that leave it as they found it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from flows.connectors.log_ends import LogEnds
from flows.contracts.topics import load
from flows.stack import Stack, tables, topics


@pytest.fixture(scope="session", autouse=True)
def _no_outside_services() -> Iterator[None]:
    """The developer's own services are not for tests."""
    names = [name for name in os.environ if name.startswith("TAPEFLOW_") and name != "TAPEFLOW_DATA"]
    with pytest.MonkeyPatch.context() as patch:
        for name in [*names, "SCHEMA_REGISTRY_URL"]:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _heed_interrupts() -> None:
    """A shell starts background jobs with SIGINT ignored, and children inherit that; ours must heed it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Kafka, ClickHouse and registry, with the project's topics and tables."""
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        topics.create(running.settings)
        tables.create(running.settings)
        yield running


LogEndsByTopic = dict[str, dict[int, int]]


@pytest.fixture(scope="session")
def traded_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, LogEndsByTopic]]:
    """What twenty seconds of `tapeflow demo` left, its stack up again, and where its topics ended then."""
    data_dir = tmp_path_factory.mktemp("traded")
    command = [sys.executable, "-m", "flows.cli", "demo", "--duration", "20", "--data-dir", str(data_dir)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stdout + run.stderr
    with Stack(data_dir) as running:
        yield running, LogEnds(running.settings).read(load())


@pytest.fixture(scope="session")
def traded(traded_to: tuple[Stack, LogEndsByTopic]) -> Stack:
    """What twenty seconds of `tapeflow demo` left, its stack up again; only ever added to."""
    return traded_to[0]


@pytest.fixture(scope="session")
def ends(traded_to: tuple[Stack, LogEndsByTopic]) -> LogEndsByTopic:
    """By topic and partition, where the demo's own records end."""
    return traded_to[1]
