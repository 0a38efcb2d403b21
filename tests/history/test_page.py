"""The examples of `docs/bars.md`, and those of README.md about bars, do what they show."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.stack import Stack

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "bars.md"
_FILE = "time,open,high,low,close,volume\n" + "".join(
    f"2026-03-02 09:{minute:02},1.38,1.39,1.37,1.38,{minute}\n" for minute in range(30)
)


def test_examples() -> None:
    told: list[str] = []
    parsed = doctest.DocTestParser().get_doctest(
        _PAGE.read_text().replace("```pycon", "").replace("```", ""), {}, "docs/bars.md", None, None
    )
    result = doctest.DocTestRunner(verbose=False).run(parsed, out=told.append)
    assert result.attempted > 15
    assert result.failed == 0, "".join(told)


def test_files_are_imported_and_read(clickhouse_alone: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "eurusd.csv").write_text(_FILE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAPEFLOW_DATA_DIR", str(clickhouse_alone.data_dir))
    # The third, of bars that are open, needs a log: tests/replay/test_open_bars.py.
    *lines, _ = re.findall(r"^\$ tapeflow (.*)$", _PAGE.read_text(), re.MULTILINE)
    said = [_run(line) for line in lines]
    assert said == [
        "30 bars of 60 s from 2026-03-02T09:00:00.000000000Z to 2026-03-02T09:29:00.000000000Z, 30 of them new\n",
        "fxcm EUR-USD, 60 s: 30 bars, 2026-03-02 09:00:00 to 2026-03-02 09:29:00\n",
    ]
    for page in (_PAGE, _ROOT / "README.md"):
        blocks = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
        names: dict[str, Any] = {}
        exec(next(block for block in blocks if "from flows.history" in block), names)
        bars = names.get("bars", names.get("minutes"))
        assert bars["volume"].to_list() == [10, 35, 60, 85, 110, 135]


def _run(line: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{_ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    command = [sys.executable, "-m", "flows.cli", *shlex.split(line)]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout
