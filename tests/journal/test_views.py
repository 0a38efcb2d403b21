"""Ticks are the file's own memory: not copied, not writable, and safe to keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flows import journal
from flows.journal import TICK
from tests.journal.tick_bytes import tick, write_part


def test_a_view_is_the_files_memory(tmp_path: Path) -> None:
    path = write_part(tmp_path, 0, tick(1, 0) + tick(2, 1), reserved=3)
    with journal.open(path) as file:
        ticks = file.ticks
        assert ticks.dtype == TICK
        assert not ticks.flags.owndata
        assert ticks.flags.aligned
        assert np.shares_memory(ticks["bid"], file.ticks)
        # What the writer puts into the file is in the view: here by hand, where a writer never would.
        with path.open("r+b") as written:
            written.seek(64 + 16)
            written.write(np.float32(7).tobytes())
        assert ticks["ask"][0] == 7


def test_a_view_cannot_be_written(tmp_path: Path) -> None:
    with journal.open(write_part(tmp_path, 0, tick(1, 0))) as file:
        with pytest.raises(ValueError, match="read-only"):
            file.ticks["bid"][0] = 2
        with pytest.raises(ValueError, match="WRITEABLE"):
            file.ticks.flags.writeable = True


def test_a_view_outlives_its_file(tmp_path: Path) -> None:
    path = write_part(tmp_path, 0, tick(1, 0))
    with journal.open(path) as file:
        ticks = file.ticks
    path.unlink()
    assert ticks["timestamp_ns"].tolist() == [1]


def test_a_part_without_a_tick(tmp_path: Path) -> None:
    with journal.open(write_part(tmp_path, 0, b"")) as file:
        assert (len(file.ticks), file.ticks.dtype, file.refresh(), file.gaps()) == (0, TICK, 0, [])
