"""An ingestor's frame log -> `market.ticks` and dead letters once more, in topics of their own for a while."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flows.contracts import topics as contract
from flows.errors import TapeflowError
from flows.stack import process, topics
from flows.stack.settings import Settings

_TOPICS = ("market.ticks", "ops.dead_letters")


class BadFrameLog(TapeflowError):
    """A folder from which nothing can be derived, or not all of it."""


@dataclass(frozen=True)
class Derived:
    """What a frame log holds, as records."""

    services: Settings
    """The same services, with the prefix of the topics that hold it."""
    frames: int
    runs: int
    records: int
    """Of both topics."""
    torn_end: str | None
    """Where the log ends amid a frame, if it does."""


@contextmanager
def derived(services: Settings, folder: Path) -> Iterator[Derived]:
    """The log's records, in topics that are deleted at the end.

    Raises BadFrameLog for a folder without a run, of another version or damaged; ProgramMissing; NotRunning;
    StackError.
    """
    apart = replace(services, topic_prefix=f"frames-{secrets.token_hex(4)}.")
    held = [contract.load()[name] for name in _TOPICS]
    topics.create(apart, held)
    try:
        yield _derive(apart, folder)
    finally:
        topics.remove(apart, held)


def _derive(apart: Settings, folder: Path) -> Derived:
    command = [process.program("tapeflow-ingestor"), "derive", "--frames", str(folder)]
    command += ["--bootstrap-servers", apart.bootstrap_servers, "--topic-prefix", apart.topic_prefix]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BadFrameLog(done.stderr.strip().rpartition("ERROR ")[2])
    return Derived(apart, **json.loads(done.stdout))
