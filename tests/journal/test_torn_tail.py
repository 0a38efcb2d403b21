"""A file that was cut anywhere, or not written to its end, gives its whole and committed ticks."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import journal
from flows.journal import NotTicks
from tests.journal.tick_bytes import tick, write_part

_TICKS = b"".join(tick(at + 1, at) for at in range(5))


def test_cut_at_every_byte(tmp_path: Path) -> None:
    path = write_part(tmp_path, 0, _TICKS, reserved=2, settled=4)
    whole = path.read_bytes()
    for length in range(len(whole), -1, -1):
        path.write_bytes(whole[:length])
        if length < 64:
            with pytest.raises(NotTicks, match="ends within its header"):
                journal.open(path)
        else:
            with journal.open(path) as file:
                assert file.ticks["sequence"].tolist() == list(range(min(5, (length - 64) // 32))), length


def test_a_tick_without_its_timestamp_is_the_end(tmp_path: Path) -> None:
    uncommitted = bytes(8) + tick(9, 3)[8:]
    path = write_part(tmp_path, 0, _TICKS[:96] + uncommitted + tick(10, 4), reserved=9)
    with journal.open(path) as file:
        assert file.ticks["sequence"].tolist() == [0, 1, 2]


def test_a_long_part_ends_where_its_ticks_do(tmp_path: Path) -> None:
    # More than is looked at together, and an end amid that.
    path = write_part(tmp_path, 0, b"".join(tick(1, at) for at in range(20_001)), reserved=20_000)
    with journal.open(path) as file:
        assert len(file.ticks) == 20_001


@pytest.mark.parametrize("at", range(56))
def test_a_header_with_a_byte_changed_is_refused(tmp_path: Path, at: int) -> None:
    path = write_part(tmp_path, 0, _TICKS)
    changed = bytearray(path.read_bytes())
    changed[at] ^= 0x40
    path.write_bytes(changed)
    with pytest.raises(NotTicks, match=r"1\.00000000\.ticks is no tick file"):
        journal.open(path)


def test_a_part_under_anothers_name_is_refused(tmp_path: Path) -> None:
    path = write_part(tmp_path, 0, _TICKS).rename(tmp_path / "1.00000003.ticks")
    with pytest.raises(NotTicks, match="its header says part 0 of symbol 1"):
        journal.open(path)
