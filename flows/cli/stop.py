"""`tapeflow stop`."""

from __future__ import annotations

from flows.cli.options import AllPrograms, DataDir, Programs, desk_and_names


def stop(programs: Programs = None, everything: AllPrograms = False, data_dir: DataDir = None) -> None:
    """Stop programs; they stay deployed, and stopped until `restart` or `deploy NAME`."""
    desk, names = desk_and_names(data_dir, programs or [], everything)
    desk.stop(names)
