"""`flows/_native.pyi` says what the compiled module has."""

import subprocess
import sys


def test_stub_agrees() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "flows._native"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
