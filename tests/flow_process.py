"""`tapeflow run` as a process of its own, against a stack's broker, with a data folder apart from the stack's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

_TIMEOUT_S = 120.0


class Services(Protocol):
    """A stack, or what says of other services what a stack says of its own."""

    @property
    def bootstrap_servers(self) -> str: ...
    @property
    def clickhouse_url(self) -> str: ...


class FlowProcess:
    """One run; killed at the end of the `with` if it still lives."""

    def __init__(self, stack: Services, folder: Path, prefix: str, *arguments: str) -> None:
        """`prefix`: of the topics that it reads. Saved state and status file go to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.status_file = folder / f"{'-'.join(arguments).replace('/', '_')}.status"
        self.log = folder / "flow.log"
        self.environment = {
            **os.environ,
            "TAPEFLOW_BOOTSTRAP_SERVERS": stack.bootstrap_servers,
            "TAPEFLOW_CLICKHOUSE_URL": stack.clickhouse_url,
            "TAPEFLOW_TOPIC_PREFIX": prefix,
        }
        command = [sys.executable, "-m", "flows.cli", "run", *arguments, "--data-dir", str(folder)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--status-file", str(self.status_file)], env=self.environment, stdout=log, stderr=log
            )

    def __enter__(self) -> FlowProcess:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.process.kill()
        self.process.wait()

    def kill(self) -> None:
        """As a crash."""
        self.process.kill()
        self.process.wait()

    def interrupt(self) -> float:
        """As Ctrl-C; the seconds until it was gone."""
        start_s = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.ended()
        return time.monotonic() - start_s

    def ended(self) -> None:
        """Waits for a good end."""
        code = self.process.wait(_TIMEOUT_S)
        assert code == 0, f"exit code {code}: {self.log.read_text()[-2000:]}"

    def positions(self, topic: str) -> dict[str, int]:
        """By partition, the offset behind the last record that is processed, by the flow's own word."""
        try:
            status: dict[str, Any] = json.loads(self.status_file.read_text())
        except FileNotFoundError:
            return {}
        return dict(status["positions"].get(topic, {}))

    def done(self, topic: str) -> int:
        """Records of the topic that are processed, by the flow's own word."""
        return sum(self.positions(topic).values())

    def until(self, reached: Callable[[], bool]) -> None:
        """Waits for something while the flow runs."""
        deadline_s = time.monotonic() + _TIMEOUT_S
        while not reached():
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline_s, f"not reached: {self.log.read_text()[-2000:]}"
            time.sleep(0.02)
