"""`tapeflow ...` against a stack's broker, as a user would call it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flows.stack import Stack

_TIMEOUT_S = 120


def tapeflow(stack: Stack, folder: Path, prefix: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`prefix`: of the topics; `folder`: the data folder, apart from the stack's."""
    environment = {
        **os.environ,
        "TAPEFLOW_BOOTSTRAP_SERVERS": stack.bootstrap_servers,
        "TAPEFLOW_TOPIC_PREFIX": prefix,
        "TAPEFLOW_DATA_DIR": str(folder),
    }
    command = [sys.executable, "-m", "flows.cli", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False, cwd=folder
    )
