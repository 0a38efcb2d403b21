"""How long a dataflow takes for what it reads, without its start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flows.running.progress import Progress
from flows.stack import Stack
from flows.stack.settings import BOOTSTRAP_SERVERS

_HERE = Path(__file__).parent


def seconds_of(progress: Progress, run: Callable[[], object]) -> float:
    """From opening the first partition to the end of `run`."""
    opened_s: list[float] = []
    begins = progress.begins

    def timed(partition: int, position: int) -> None:
        opened_s.append(time.monotonic())
        begins(partition, position)

    progress.begins = timed  # type: ignore[method-assign]
    run()
    return time.monotonic() - opened_s[0]


def seconds(program: str, stack: Stack, folder: Path, *arguments: str, python: str = sys.executable) -> float:
    """What a program beside this one says that it took: `FOLDER ARGUMENTS`. `python`: of its environment."""
    environment = {**os.environ, BOOTSTRAP_SERVERS: stack.bootstrap_servers, "PYTHONPATH": str(_HERE.parents[1])}
    folder.mkdir(exist_ok=True)
    command = [python, str(_HERE / program), str(folder), *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


def shown(rates: list[float]) -> str:
    return ", ".join(f"{rate:,.0f}" for rate in rates)
