"""Breaks in the sequence, through parts and around its wrap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flows import journal
from flows.journal import TICK, Flag, Gap
from tests.journal.tick_bytes import tick, write_part

_TOP = 2**32 - 1


def _ticks(*sequences: int) -> bytes:
    return b"".join(tick(1, sequence) for sequence in sequences)


def test_breaks_are_listed_through_all_parts(tmp_path: Path) -> None:
    write_part(tmp_path, 0, _ticks(7, 8, 11, 12))
    write_part(tmp_path, 1, b"", reserved=2)
    write_part(tmp_path, 2, _ticks(15, 16))
    with journal.open(write_part(tmp_path, 3, _ticks(17, 20), reserved=5)) as file:
        assert file.gaps() == [Gap(8, 11, 2, 0, 2), Gap(12, 15, 2, 2, 0), Gap(17, 20, 2, 3, 1)]


@pytest.mark.parametrize(
    ("sequences", "missing"),
    [
        ((_TOP - 1, _TOP, 0, 1), []),
        ((_TOP - 1, 1), [2]),
        ((_TOP, _TOP), [-1]),
        ((0, _TOP, 0), [-2]),
        ((5, 2, 3), [-4]),
        ((5, 5 + 2**31), [2**31 - 1]),
    ],
)
def test_steps_are_taken_around_the_wrap(tmp_path: Path, sequences: tuple[int, ...], missing: list[int]) -> None:
    with journal.open(write_part(tmp_path, 0, _ticks(*sequences))) as file:
        assert [gap.missing for gap in file.gaps()] == missing


def test_a_gap_of_unknown_length_is_one(tmp_path: Path) -> None:
    flagged = tick(1, 1, flags=Flag.GAP_BEFORE | Flag.LOCKED)
    with journal.open(write_part(tmp_path, 0, tick(1, 0) + flagged + tick(1, 2))) as file:
        assert file.gaps() == [Gap(before=0, after=1, missing=0, part=0, at=1)]


def test_the_oldest_tick_that_is_there_has_nothing_before_it(tmp_path: Path) -> None:
    write_part(tmp_path, 4, tick(1, 900, flags=Flag.GAP_BEFORE) + tick(1, 901))
    with journal.open(tmp_path / "1.00000004.ticks") as file:
        assert file.gaps() == []


def test_breaks_are_found_wherever_a_long_part_has_them(tmp_path: Path) -> None:
    breaks = [1, 65_535, 65_536, 65_537, 131_072, 140_000]
    ticks = np.zeros(150_000, TICK)
    ticks["timestamp_ns"] = 1
    ticks["sequence"] = np.arange(len(ticks))
    for row in breaks:
        ticks["sequence"][row:] += 10
    with journal.open(write_part(tmp_path, 0, ticks.tobytes())) as file:
        found = [(gap.at, gap.missing, gap.after - gap.before) for gap in file.gaps()]
        assert found == [(row, 10, 11) for row in breaks]
