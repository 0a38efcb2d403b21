"""With TAPEFLOW_LOG_FORMAT=json every line that a program writes on stderr is one object with the same keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.stack.process import program


def _said(command: list[str], folder: Path, **environment: str) -> list[str]:
    told = subprocess.run(
        command,
        env={**os.environ, "TAPEFLOW_BOOTSTRAP_SERVERS": "127.0.0.1:1", "TAPEFLOW_VENUE_KEY": "", **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert told.returncode == 1
    return told.stderr.splitlines()


_COMMANDS = {
    "flow": lambda: [sys.executable, "-m", "flows.cli", "run", "bars", "--process", "0"],
    "router": lambda: [program("tapeflow-router"), "--venue", "nowhere"],
    "ingestor": lambda: [
        program("tapeflow-ingestor"),
        "--venue",
        "binance",
        "--symbols",
        "X",
        "--metrics-listen",
        "1.1.1.1:1",
    ],
}


@pytest.mark.parametrize("name", _COMMANDS)
def test_objects(name: str, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in _said(_COMMANDS[name](), tmp_path, TAPEFLOW_LOG_FORMAT="json")]
    assert lines[-1]["level"] == "ERROR"
    assert all({"timestamp", "level", "message", "target"} <= set(line) for line in lines)


@pytest.mark.parametrize("name", _COMMANDS)
def test_text_otherwise(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Expecting value|Extra data"):
        json.loads(_said(_COMMANDS[name](), tmp_path)[-1])


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    last = _said(_COMMANDS["ingestor"](), tmp_path)[-1]
    assert "cannot serve metrics on 1.1.1.1:1" in last
    assert "choose another --metrics-listen" in last
