"""`tapeflow ...` against a stack's broker, as a user would call it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flows.stack import Stack

_TIMEOUT_S = 120


def tapeflow(
    stack: Stack,
    data_dir: Path,
    prefix: str,
    *arguments: str,
    folder: Path | None = None,
    with_clickhouse: bool = False,
    piped: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """`prefix`: of the topics; `data_dir`: apart from the stack's; called in `folder`, or there."""
    environment = {
        **os.environ,
        "TAPEFLOW_BOOTSTRAP_SERVERS": stack.bootstrap_servers,
        "TAPEFLOW_TOPIC_PREFIX": prefix,
        "TAPEFLOW_DATA_DIR": str(data_dir),
        **({"TAPEFLOW_CLICKHOUSE_URL": stack.clickhouse_url} if with_clickhouse else {}),
    }
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        cwd=folder or data_dir,
        env=environment,
        input=piped,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
