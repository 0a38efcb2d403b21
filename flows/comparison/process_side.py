"""A side in a process of its own: another version of the flow, in its own environment."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows._native import Batch
from flows.comparison import frames
from flows.comparison.side import SideFailed
from flows.comparison.versions import Version
from flows.contracts import topics

_END_S = 5.0
_LAST_LINES = 3


@dataclass(frozen=True)
class Served:
    """What a process shall be."""

    name: str
    version: Version
    flow: str
    """One of Tapeflow's, or the file or package of a user's own."""
    engine: str
    counts: Mapping[str, int]
    """Partitions by topic."""
    stage_engines: Mapping[str, str] = field(default_factory=dict)
    config: Path | None = None
    """Of the other version's stages; its own defaults and `tapeflow.toml` here if none."""
    data_dir: Path | None = None
    """Where a user's own flow finds what runs."""


class SideProcess:
    """Serves all partitions. It ends with us: its input is a pipe."""

    def __init__(self, served: Served) -> None:
        """Raises SideFailed if it cannot start."""
        self._name = served.name
        # Closed with the process; a pipe would block it when full.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        # Python looks first where it is called: a repository's own flows would pass for the version's. What is beside
        # the user, as a strategy's module, comes behind.
        path = f"{served.version.folder}{os.pathsep}{os.getcwd()}"
        environment = {**os.environ, "PYTHONPATH": path}
        self._process = subprocess.Popen(
            [served.version.python, "-m", "flows.comparison.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            cwd=served.version.folder,
        )
        hello = {
            "name": served.name,
            "flow": served.flow,
            "engine": served.engine,
            "stage_engines": dict(served.stage_engines),
            "config": str(served.config.resolve()) if served.config else None,
            "counts": dict(served.counts),
            "data_dir": str(served.data_dir) if served.data_dir else None,
        }
        answer = json.loads(self._ask(frames.HELLO, -1, json.dumps(hello).encode()))
        if answer["topics"] != list(topics.load()):
            self.close()
            raise SideFailed(f"{self._name} knows other topics than this version: compare what each wrote instead")
        self.reads: str | None = answer.get("reads")
        """The topic; None from an earlier version."""

    def ask(self, kind: bytes, batch: Batch) -> Batch:
        """Raises SideFailed."""
        body = self._ask(kind, batch.partition, batch.to_bytes(), batch)
        return Batch.from_bytes(body) if body else Batch.of([])

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, kind: bytes, partition: int, body: bytes, batch: Batch | None = None) -> bytes:
        assert self._process.stdin
        assert self._process.stdout
        try:
            frames.write(self._process.stdin, kind, partition, body)
            answer, _, body = frames.read(self._process.stdout)
        except (BrokenPipeError, frames.Closed):
            raise SideFailed(self._died(batch)) from None
        if answer == frames.FAILED:
            raise SideFailed(body.decode())
        return body

    def _died(self, batch: Batch | None) -> str:
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()[-_LAST_LINES:]
        where = "before its first record"
        if batch:
            where = f"on {batch.topic}[{batch.partition}] offsets {batch.first_offset} to {batch.last_offset}"
        return f"{self._name} died {where} (exit code {code}): {' / '.join(said) or 'without a word'}"


class ProcessSide:
    """One partition of it."""

    def __init__(self, process: SideProcess) -> None:
        self._process = process

    def process(self, batch: Batch) -> Batch:
        return self._process.ask(frames.PROCESS, batch)

    def skip(self, batch: Batch) -> None:
        self._process.ask(frames.SKIP, batch)
