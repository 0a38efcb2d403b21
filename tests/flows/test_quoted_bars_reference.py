"""Bars of quotes are those that the source of the quotes recorded: second and minute bars of bid and ask."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import decode
from flows.contracts.records import Bar, Heartbeat, Quote
from tests.history.recorded_bars import EUR_USD, rows
from tests.parity.streams import SECOND, START
from tests.parity.twins import IDS, batch, entry

DAY = "20140505"
MILLISECOND = 1_000_000
EXPONENT = -5
# The files say how long after midnight; which midnight is all the same.
MIDNIGHT_NS = START - START % (86_400 * SECOND)
BATCH = 50_000


@pytest.mark.parametrize("source", ["fxcm", "oanda"])
def test_second_and_minute_bars_of_bid_and_ask_are_the_recorded_ones(source: str) -> None:
    names = {(length, side): f"time:{size}@{side}" for length, size in _LENGTHS for side in ("bid", "ask")}
    series = [{"name": name} for name in [*names.values(), "tick:1000@mid"]]
    stage = RustStage("bars", json.dumps({"series": series}), RustIds.embedded(), {})
    made: dict[str, list[Bar]] = {one["name"]: [] for one in series}
    tape = list(_tape(source))
    for first in range(0, len(tape), BATCH):
        entries = [entry("market.ticks", first + at, record) for at, record in enumerate(tape[first : first + BATCH])]
        for one in stage.process(batch(entries)).entries():
            bar = decode(one[4], IDS)
            made[bar.series].append(bar)
    for (length, side), name in names.items():
        recorded = rows(f"fx/{source}/{length}/eurusd", DAY, "quote")
        first_column = 1 if side == "bid" else 6
        wanted = [(_ns(row[0]), *map(_units, row[first_column : first_column + 4])) for row in recorded]
        assert [(bar.open_ns, bar.open, bar.high, bar.low, bar.close) for bar in made[name]] == wanted
        assert len(wanted) > 1_000
    mids = made["tick:1000@mid"]
    quotes = [one for one in tape if isinstance(one, Quote)]
    assert len(mids) == len(quotes) // 1000
    assert all(bar.quote_count == 1000 for bar in mids)
    assert [bar.close for bar in mids] == [(one.bid_price + one.ask_price) // 2 for one in quotes[999::1000]]


_LENGTHS = (("second", "1s"), ("minute", "60s"))


def _tape(source: str) -> Iterator[Quote | Heartbeat]:
    for number, row in enumerate(rows(f"fx/{source}/tick/eurusd", DAY, "quote")):
        yield Quote(
            venue="oanda",
            instrument="EUR-USD",
            price_exponent=EXPONENT,
            quantity_exponent=EXPONENT,
            event_ns=_ns(row[0]),
            publish_ns=None,
            receive_ns=_ns(row[0]),
            update_id=number,
            bid_price=_units(row[1]),
            bid_quantity=1,
            ask_price=_units(row[2]),
            ask_quantity=1,
            flags=0,
        )
    # Long after the last quote: ends what is open.
    yield Heartbeat("oanda", "EUR-USD", MIDNIGHT_NS + 2 * 86_400 * SECOND, 0)


def _ns(ms_of_day: float) -> int:
    return MIDNIGHT_NS + int(ms_of_day) * MILLISECOND


def _units(price: float) -> int:
    return round(price * EUR_USD)
