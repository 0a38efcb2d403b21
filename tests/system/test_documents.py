"""Every `$ tapeflow` command in README.md and ARCHITECTURE.md runs, in the order in which it stands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def commands(document: str) -> list[str]:
    """The lines that follow a `$ ` in a document's console blocks."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_readmes_commands_run(tmp_path: Path) -> None:
    environment = {**os.environ, "TAPEFLOW_DATA_DIR": str(tmp_path / "data")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    for command in [line for name in ("README.md", "ARCHITECTURE.md") for line in commands(name)]:
        words = shlex.split(command)
        # `make demo` and `make test` are what runs this test.
        if words[0] == "make":
            assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text(), command
            continue
        run = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=200)
        assert run.returncode == 0, f"$ {command}\n{run.stdout}{run.stderr}"
