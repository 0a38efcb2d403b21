"""The data folder: made, writable, with room to start in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from flows.stack.errors import DiskFull, FolderUnusable

DEFAULT = ".tapeflow"
VARIABLE = "TAPEFLOW_DATA_DIR"

# Kafka and ClickHouse start in less; a stack with less has nothing to run in.
_NEEDED_BYTES = 256 << 20


# All that anybody keeps in a data folder: the stack's own, the state of flows and programs in `state/`, and the frames
# that the topics are made of: left behind, they would be written into other topics.
CONTENTS = (
    *("kafka", "clickhouse", "frames", "logs", "state", "status", "desk"),
    *("stack.json", "stack.json.new", "stack.lock"),
)


def resolve(data_dir: Path | str | None) -> Path:
    """The folder given, else TAPEFLOW_DATA_DIR, else `.tapeflow` here."""
    return Path(data_dir or os.environ.get(VARIABLE) or DEFAULT).absolute()


def wipe(data_dir: Path) -> list[str]:
    """Deletes what is Tapeflow's, and the folder if nothing else was in it; the names of what was not ours.

    The stack must be down.
    """
    for name in CONTENTS:
        path = data_dir / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    left = sorted(path.name for path in data_dir.iterdir())
    if not left:
        data_dir.rmdir()
    return left


def make(data_dir: Path) -> None:
    """Makes the folder if its parent is there, and checks that services can write to it.

    Raises FolderUnusable, DiskFull.
    """
    if not data_dir.parent.is_dir():
        raise FolderUnusable(data_dir, f"{data_dir.parent} does not exist")
    try:
        data_dir.mkdir(exist_ok=True)
    except FileExistsError:
        raise FolderUnusable(data_dir, "it is a file") from None
    except OSError as error:
        raise FolderUnusable(data_dir, error.strerror or str(error)) from error
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise FolderUnusable(data_dir, "it is not writable")
    free_bytes = shutil.disk_usage(data_dir).free
    if free_bytes < _NEEDED_BYTES:
        raise DiskFull(data_dir, free_bytes, _NEEDED_BYTES)
