"""Real FX quotes, as ticks by the contract, read back: nothing is lost, and locked and crossed ones are told."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from flows import journal
from flows.journal import TICK, Flag, Source
from tests.journal.tick_bytes import write_part
from tests.recordings import recording

_DAY_NS = 1_399_593_600_000_000_000


@pytest.mark.parametrize(
    ("venue", "count", "crossed", "locked"), [("fxcm", 102_122, 10_010, 12_309), ("oanda", 47_634, 0, 0)]
)
def test_a_day_of_quotes(tmp_path: Path, venue: str, count: int, crossed: int, locked: int) -> None:
    with zipfile.ZipFile(recording(f"fx/{venue}/tick/eurusd/20140509_quote.zip")) as archive:
        rows = np.loadtxt(io.BytesIO(archive.read(archive.namelist()[0])), delimiter=",")
    made = np.zeros(len(rows), TICK)
    made["timestamp_ns"] = _DAY_NS + rows[:, 0].astype(np.uint64) * 1_000_000
    made["symbol_id"], made["source"] = 1, Source.TRUEFX
    made["bid"], made["ask"] = rows[:, 1], rows[:, 2]
    made["flags"] = np.select([rows[:, 1] > rows[:, 2], rows[:, 1] == rows[:, 2]], [Flag.CROSSED, Flag.LOCKED])
    made["sequence"] = np.arange(len(rows))
    half = len(rows) // 2
    write_part(tmp_path, 0, made[:half].tobytes())
    write_part(tmp_path, 1, made[half:].tobytes(), reserved=1_000)

    with journal.open(tmp_path / "1.00000000.ticks") as file:
        ticks = np.concatenate(list(file.follow(timeout_s=0, from_row=0)))
        assert file.gaps() == []
    assert len(ticks) == count
    assert np.count_nonzero(ticks["flags"] & Flag.CROSSED) == crossed
    assert np.count_nonzero(ticks["flags"] & Flag.LOCKED) == locked
    # Quotes that differ by the last digit are still apart in 32 bits.
    assert np.count_nonzero(ticks["bid"] > ticks["ask"]) == crossed
    assert (ticks["bid"] == rows[:, 1].astype(np.float32)).all()
