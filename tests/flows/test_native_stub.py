"""`flows/_native.pyi` says what the compiled module has."""

import subprocess
import sys

from flows.stack.files import PROJECT


def test_stub_agrees() -> None:
    command = [sys.executable, "-m", "mypy.stubtest", "--mypy-config-file", "pyproject.toml", "flows._native"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
