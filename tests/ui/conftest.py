"""A desk that has traded, its stack up again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from flows.stack import Stack


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    data_dir = tmp_path_factory.mktemp("ui")
    command = [sys.executable, "-m", "flows.cli", "demo", "--duration", "7", "--data-dir", str(data_dir)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stdout + run.stderr
    with Stack(data_dir) as stack:
        yield stack
