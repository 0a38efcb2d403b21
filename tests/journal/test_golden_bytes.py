"""The bytes that `journal/src/ticks/golden_tests.rs` holds the writer to, made by hand here and read."""

from __future__ import annotations

import math
import re
from pathlib import Path

from flows import journal
from flows.journal import TICK, Flag, Source
from tests.journal.tick_bytes import header, tick, write_symbols

_MAX = 3.4028234663852886e38
HIGHEST = tick(123_456_789, 5, bid=_MAX, ask=math.nan, flags=1 + 8 + 16 + 32)
GOLDEN = b"".join(
    [
        header(1, 0, settled=3),
        tick(123_456_789, 0, bid=1.38727, ask=1.38729, volume=1.5, spread=1),
        tick(123_456_790, 1, bid=1.38729, ask=1.38727, spread=1, flags=2),
        HIGHEST,
    ]
)
_RUST = Path(__file__).parents[2] / "rust_ingest" / "journal" / "src" / "ticks" / "golden_tests.rs"


def test_the_writer_is_held_to_the_same_bytes() -> None:
    told = re.search(r'GOLDEN: &str = "([^"]*)"', _RUST.read_text())
    assert told is not None
    assert bytes.fromhex(told[1].replace("\\\n", "")) == GOLDEN


def test_every_field_is_read(tmp_path: Path) -> None:
    write_symbols(tmp_path)
    (tmp_path / "1.00000000.ticks").write_bytes(GOLDEN)
    with journal.open(tmp_path, "EUR-USD") as file:
        ticks = file.ticks
    assert TICK.itemsize == 32
    assert ticks["timestamp_ns"].tolist() == [123_456_789, 123_456_790, 123_456_789]
    assert ticks["symbol_id"].tolist() == [1, 1, 1]
    assert [round(float(bid), 5) for bid in ticks["bid"][:2]] == [1.38727, 1.38729]
    assert [round(float(ask), 5) for ask in ticks["ask"][:2]] == [1.38729, 1.38727]
    assert float(ticks["bid"][2]) == _MAX
    assert math.isnan(ticks["ask"][2])
    assert ticks["volume"].tolist() == [1.5, 0, 0]
    assert {Source(source) for source in ticks["source"]} == {Source.OANDA}
    assert ticks["spread"].tolist() == [1, 1, 0]
    assert ticks["sequence"].tolist() == [0, 1, 5]
    assert [Flag(int(flags)) for flags in ticks["flags"]] == [
        Flag(0),
        Flag.CROSSED,
        Flag.SATURATED | Flag.ONE_SIDED | Flag.GAP_BEFORE | Flag.OUT_OF_ORDER,
    ]
    assert file.gaps() == [(1, 5, 3, 0, 2)]
