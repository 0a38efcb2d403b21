"""What a data folder knows about its stack: who owns it, and where its services are (`stack.json`, `stack.lock`)."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flows.stack.errors import AlreadyRunning, FolderUnusable, StackError
from flows.stack.process import Identity


@dataclass
class ServiceState:
    """One running service, as `tapeflow status` shows it."""

    endpoint: str
    log: str
    process: Identity | None = None
    restarts: int = 0


@dataclass
class State:
    """The contents of stack.json. Ports outlive a stop, so that clients find the stack where it was."""

    owner: Identity | None = None
    ready: bool = False
    bootstrap_servers: str = ""
    clickhouse_url: str = ""
    registry_url: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    services: dict[str, ServiceState] = field(default_factory=dict)

    def owner_alive(self) -> bool:
        """Whether the process that wrote this still runs: after a crash the file is stale."""
        return self.owner is not None and self.owner.alive()


def path(data_dir: Path) -> Path:
    return data_dir / "stack.json"


def read(data_dir: Path) -> State:
    """The state as last written; an empty one if there is none.

    Raises StackError if the file is not ours.
    """
    try:
        fields: dict[str, Any] = json.loads(path(data_dir).read_text())
        services = {
            name: ServiceState(**{**service, "process": _identity(service["process"])})
            for name, service in fields.pop("services").items()
        }
        return State(**{**fields, "owner": _identity(fields["owner"]), "services": services})
    except (FileNotFoundError, NotADirectoryError):
        return State()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise StackError(f"cannot read {path(data_dir)} ({error}): delete it, then run `tapeflow up`") from error


def write(data_dir: Path, state: State) -> None:
    """Replaces the file at once: a reader sees the old state or the new."""
    scratch = path(data_dir).with_suffix(".json.new")
    scratch.write_text(json.dumps(asdict(state), indent=2) + "\n")
    os.replace(scratch, path(data_dir))


def _identity(value: dict[str, Any] | None) -> Identity | None:
    return Identity(**value) if value else None


class Lock:
    """Sole ownership of a data folder. The kernel frees it when the owner ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        """Raises AlreadyRunning, FolderUnusable."""
        try:
            self._file = os.open(data_dir / "stack.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise FolderUnusable(data_dir, error.strerror or str(error)) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            owner = read(data_dir).owner
            raise AlreadyRunning(data_dir, owner.pid if owner else None) from None

    def release(self) -> None:
        with suppress(OSError):
            os.close(self._file)
