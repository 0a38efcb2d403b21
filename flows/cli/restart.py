"""`tapeflow restart`."""

from __future__ import annotations

from flows.cli.options import AllPrograms, DataDir, Programs, desk_and_names


def restart(programs: Programs = None, everything: AllPrograms = False, data_dir: DataDir = None) -> None:
    """Stop and start programs with what they were deployed with."""
    desk, names = desk_and_names(data_dir, programs or [], everything)
    desk.restart(names)
