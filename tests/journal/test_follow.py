"""A reader beside a writer: another thread that writes into a file's reserved room, ends parts and begins new ones."""

from __future__ import annotations

import mmap
import threading
from pathlib import Path

import numpy as np
import pytest

from flows import journal
from tests.journal.tick_bytes import tick, write_part

_PARTS, _PER_PART = 6, 500


def _write(folder: Path) -> None:
    """As the writer does: the timestamp after all else; a part is cut to its end before the next is named."""
    for part in range(_PARTS):
        path = folder / f"1.{part:08}.ticks"
        if part > 0:
            write_part(folder, part, b"", reserved=_PER_PART + 100)
        with path.open("r+b") as file:
            with mmap.mmap(file.fileno(), 0) as memory:
                for row in range(_PER_PART):
                    sequence = part * _PER_PART + row
                    told, at = tick(sequence + 1, sequence), 64 + 32 * row
                    memory[at + 8 : at + 32] = told[8:]
                    memory[at : at + 8] = told[:8]
            file.truncate(64 + 32 * _PER_PART)


def test_follow_gives_each_tick_once_through_rotations(tmp_path: Path) -> None:
    first = write_part(tmp_path, 0, b"", reserved=_PER_PART + 100)
    writing = threading.Thread(target=_write, args=(tmp_path,))
    seen = np.empty(0, journal.TICK)
    with journal.open(first) as file:
        writing.start()
        for ticks in file.follow(timeout_s=20):
            assert not ticks.flags.owndata
            seen = np.concatenate([seen, ticks])
            if len(seen) == _PARTS * _PER_PART:
                break
        writing.join()
        assert file.part == _PARTS - 1
        assert file.gaps() == []
    assert seen["sequence"].tolist() == list(range(_PARTS * _PER_PART))
    assert (seen["timestamp_ns"] == seen["sequence"] + 1).all()
    assert (seen["bid"] == 1).all()


def test_follow_begins_at_the_end_or_at_a_row(tmp_path: Path) -> None:
    path = write_part(tmp_path, 0, tick(1, 0) + tick(2, 1) + tick(3, 2))
    with journal.open(path) as file:
        assert list(file.follow(timeout_s=0)) == []
        rows = [ticks["sequence"].tolist() for ticks in file.follow(timeout_s=0, from_row=1)]
        assert rows == [[1, 2]]


def test_refresh_takes_in_what_was_written(tmp_path: Path) -> None:
    path = write_part(tmp_path, 0, tick(1, 0), reserved=1)
    with journal.open(path) as file:
        before = file.ticks
        with path.open("r+b") as written:
            written.seek(64 + 32)
            # Beyond what was reserved when the file was opened, too.
            written.write(b"".join(tick(2, sequence) for sequence in range(1, 10_000)))
        assert file.refresh() == 9_999
        assert file.refresh() == 0
        assert (len(before), len(file.ticks)) == (1, 10_000)


def test_a_part_that_retention_took_is_passed_over(tmp_path: Path) -> None:
    first = write_part(tmp_path, 0, tick(1, 0))
    write_part(tmp_path, 2, tick(3, 2))
    with journal.open(first) as file:
        first.unlink()
        assert [ticks["sequence"].tolist() for ticks in file.follow(timeout_s=0, from_row=0)] == [[0], [2]]


def test_an_unreadable_later_part_is_an_error(tmp_path: Path) -> None:
    first = write_part(tmp_path, 0, tick(1, 0))
    (tmp_path / "1.00000001.ticks").write_bytes(b"no header")
    with journal.open(first) as file, pytest.raises(journal.NotTicks, match=r"1\.00000001\.ticks"):
        list(file.follow(timeout_s=0))


def test_the_folder_opens_at_its_newest_part(tmp_path: Path) -> None:
    (tmp_path / "symbols.jsonl").write_text('{"id":1,"name":"EUR-USD","venue":"oanda"}\n')
    for part in range(3):
        write_part(tmp_path, part, tick(1, part))
    with journal.open(tmp_path, "EUR-USD") as newest, journal.open(tmp_path, "EUR-USD", part=0) as oldest:
        assert (newest.part, oldest.part) == (2, 0)
        assert [(part, len(ticks)) for part, ticks in newest.history()] == [(0, 1), (1, 1), (2, 1)]
        assert [int(ticks["sequence"][0]) for ticks in oldest.follow(timeout_s=0, from_row=0)] == [0, 1, 2]
