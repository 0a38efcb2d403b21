"""A desk in a folder of its own, run by the command line as a person would, against a stack's services."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path

import psutil
import pytest

from flows.cli import main
from flows.desk import standing
from flows.desk.desk import Desk
from flows.desk.places import Places
from flows.desk.standing import Standing
from flows.desk.supervisor import Supervisor
from flows.stack import Stack
from flows.stack.settings import BOOTSTRAP_SERVERS, CLICKHOUSE_URL, TOPIC_PREFIX, Settings

_TIMEOUT_S = 200


class DeskAt:
    """Leave the `with` to end all that it started."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.places = Places(self.data_dir)
        self.supervisor = Supervisor(self.places)
        self.environment = {**os.environ, **environment, "TAPEFLOW_DATA_DIR": str(self.data_dir)}

    @classmethod
    def on(cls, stack: Stack, folder: Path, prefix: str) -> DeskAt:
        """As with services of one's own."""
        return cls(
            folder,
            {
                "TAPEFLOW_BOOTSTRAP_SERVERS": stack.bootstrap_servers,
                "TAPEFLOW_CLICKHOUSE_URL": stack.clickhouse_url,
                "TAPEFLOW_TOPIC_PREFIX": prefix,
                "TAPEFLOW_VENUE_KEY": "test-key",
                "TAPEFLOW_VENUE_SECRET": "test-secret",
            },
        )

    def __enter__(self) -> DeskAt:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.supervisor.end()

    def write(self, text: str) -> None:
        """Its tapeflow.toml."""
        (self.folder / "tapeflow.toml").write_text(text)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """In a session that is ended when the command is done, as a terminal is closed."""
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", *words],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        out, err = process.communicate(timeout=_TIMEOUT_S)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGHUP)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def well(self, *words: str, **environment: str) -> str:
        """Standard output of a command that must succeed."""
        done = self.run(*words, **environment)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def refused(self, *words: str, **environment: str) -> str:
        """The one line of a command that must fail."""
        done = self.here(*words, **environment)
        assert done.returncode == 1, f"{words}: {done.stdout}{done.stderr}"
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr

    def shown(self, *words: str) -> str:
        """As `well`, and as quick as `here`."""
        done = self.here(*words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def here(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """In this process: most of a short command is its imports. None that starts the supervisor."""
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["tapeflow", *words])
            # It keeps its place among the others.
            patch.setattr(os, "nice", lambda _more: 0)
            for name, value in {**self.environment, **environment}.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        return subprocess.CompletedProcess(words, int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def states(self) -> dict[str, str]:
        """By program, as `tapeflow list` says."""
        return {one["name"]: one["state"] for one in json.loads(self.shown("list", "--format", "json"))}

    def programs(self) -> dict[str, Standing]:
        """By name, as `tapeflow status` says, without the start of a process each time."""
        return {one.name: one for one in standing.read(Desk(self.data_dir, print), self.settings)[0]}

    @property
    def settings(self) -> Settings:
        external = {name: self.environment[name] for name in (BOOTSTRAP_SERVERS, CLICKHOUSE_URL)}
        return Settings(self.data_dir, self.environment[TOPIC_PREFIX], external=external)

    def pid(self, name: str) -> int:
        found = self.supervisor.processes()[name].pid
        assert found is not None
        return found

    def lose_power(self) -> None:
        """Kills all at once, as the end of a machine does."""
        found = self.supervisor.identity()
        assert found is not None
        owner = psutil.Process(found.pid)
        everything = [*owner.children(recursive=True), owner]
        for process in everything:
            process.kill()
        psutil.wait_procs(everything, timeout=30)


def until(what: str, holds: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for it."""
    deadline_s = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline_s, f"not so within {seconds:g} s: {what}"
        time.sleep(0.1)
