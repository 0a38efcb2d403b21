"""`tapeflow undeploy`."""

from __future__ import annotations

from flows.cli.options import AllPrograms, DataDir, Programs, desk_and_names


def undeploy(programs: Programs = None, everything: AllPrograms = False, data_dir: DataDir = None) -> None:
    """Stop programs and forget them; what they wrote stays, and so do their saved states."""
    desk, names = desk_and_names(data_dir, programs or [], everything)
    desk.undeploy(names)
