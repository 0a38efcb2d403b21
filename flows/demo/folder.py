"""The demo's data folder: fresh at every start, because a recording played twice into one log is two markets."""

from __future__ import annotations

from pathlib import Path

from flows.stack import folder, state
from flows.stack.errors import StackError

_MARK = "demo"


class NotADemosFolder(StackError):
    """The folder holds a log that no demo made."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"{data_dir} holds a log that no demo made, and a demo begins with an empty one: "
            "choose another folder with --data-dir, or delete this one with `tapeflow down --wipe`"
        )


def make_fresh(data_dir: Path) -> None:
    """Makes the folder, empty of what an earlier demo left.

    Raises FolderUnusable, DiskFull, AlreadyRunning if a stack runs there, NotADemosFolder.
    """
    if data_dir.parent.name == folder.DEFAULT:
        data_dir.parent.mkdir(exist_ok=True)
    folder.make(data_dir)
    lock = state.Lock(data_dir)
    try:
        mark = data_dir / "state" / _MARK
        if (data_dir / "kafka").exists() and not mark.exists():
            raise NotADemosFolder(data_dir)
        folder.wipe(data_dir)
        mark.parent.mkdir(parents=True)
        mark.touch()
    finally:
        lock.release()
