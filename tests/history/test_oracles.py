"""Recorded ticks and bars roll up to the longer bars that the same source recorded."""

from __future__ import annotations

import numpy as np
import pytest

from flows.history import Session, aggregate_bars, aggregate_ticks
from tests.recordings import recording

from .recorded_bars import BTC_USD, EUR_USD, columns, days, each_row, minutes, rows, same

PRICES = ("open", "high", "low", "close")
GLOBEX = Session("17:00", "America/Chicago", end="16:00", days=("sun", "mon", "tue", "wed", "thu"))


@pytest.mark.parametrize("source", ["fxcm", "oanda"])
def test_quotes_make_the_recorded_second_and_minute_bars(source: str) -> None:
    compared = 0
    for day in days(f"fx/{source}/tick/eurusd"):
        tick_rows = rows(f"fx/{source}/tick/eurusd", day, "quote")
        for length, timeframe in (("second", "1s"), ("minute", "1m")):
            bar_rows = rows(f"fx/{source}/{length}/eurusd", day, "quote")
            for tick_place, first in ((1, 1), (2, 6)):
                ticks = columns(tick_rows, day, ["price"], [tick_place], EUR_USD)
                recorded = columns(bar_rows, day, PRICES, range(first, first + 4), EUR_USD)
                made = aggregate_ticks(ticks, timeframe, partial=True)
                assert same(made, recorded), (day, length, tick_place)
                compared += len(recorded["time"])
    assert compared > 100_000


@pytest.mark.parametrize("source", ["fxcm", "oanda"])
def test_second_bars_make_the_recorded_minute_bars(source: str) -> None:
    for day in days(f"fx/{source}/second/eurusd"):
        for first in (1, 6):
            seconds, recorded = (
                columns(
                    rows(f"fx/{source}/{length}/eurusd", day, "quote"), day, PRICES, range(first, first + 4), EUR_USD
                )
                for length in ("second", "minute")
            )
            assert same(aggregate_bars(seconds, "1m", partial=True), recorded), (day, first)


@pytest.mark.parametrize("engine", ["rust", "python"])
def test_bitcoin_seconds_make_minutes_volume_included(engine: str) -> None:
    for day in ("20161007", "20161008", "20161009"):
        seconds, recorded = (
            columns(
                rows(f"coinbase_bars/{length}/btcusd", day, "trade"), day, (*PRICES, "volume"), range(1, 6), BTC_USD
            )
            for length in ("second", "minute")
        )
        made = aggregate_bars(seconds, "1m", partial=True, engine=engine)  # type: ignore[arg-type]
        assert same(made, recorded), day


def test_minutes_without_a_gap_make_whole_hours() -> None:
    bars = minutes(recording("bars/btc-perp-20211231-20220201_1m.csv.gz"))
    hours = aggregate_bars(bars, "1h", stamp="close", partial=True)
    # 45,031 minutes, from 23:00 on: 750 hours, and 31 minutes of the last.
    assert len(hours["time"]) == 751
    by_hand = bars["high"][: 750 * 60].reshape(750, 60).max(axis=1)
    assert np.array_equal(hours["high"][:750], by_hand)
    assert len(aggregate_bars(bars, "1h", stamp="close")["time"]) == 750


def test_minutes_with_session_gaps() -> None:
    """A month of a future on Globex: 375 gaps, sessions of 23 hours, weekends, the times those of the closes."""
    bars = minutes(recording("bars/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"))
    made = aggregate_bars(bars, "5m", session=GLOBEX, stamp="close", partial=True)
    assert list(each_row(made)) == _five_minutes_by_hand(bars)


def test_gaps_are_filled_in_sessions_alone() -> None:
    bars = minutes(recording("bars/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"))
    made = aggregate_bars(bars, "1m", session=GLOBEX, stamp="close", gaps="filled")
    is_flat = made["volume"] == 0
    # 302 gaps of one minute, 42 of two, 3 of three, 4 of four, 2 of six; 18 nights and 4 weekends are none.
    assert is_flat.sum() == 302 + 42 * 2 + 3 * 3 + 4 * 4 + 2 * 6
    assert same({name: values[~is_flat] for name, values in made.items()}, bars)
    before = made["close"][np.flatnonzero(is_flat) - 1]
    for price in PRICES:
        assert np.array_equal(made[price][is_flat], before)


def test_a_day_is_the_whole_session() -> None:
    bars = minutes(recording("bars/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"))
    made = aggregate_bars(bars, "1d", session=GLOBEX, stamp="close")
    # Each ends at 16:00 in Chicago, 22:00 UTC in winter; the last session has only begun.
    assert len(made["time"]) == 22
    assert {str(time)[11:16] for time in made["time"]} == {"22:00"}
    assert made["volume"].sum() < bars["volume"].sum()
    assert len(aggregate_bars(bars, "1d", session=GLOBEX, stamp="close", partial=True)["time"]) == 23


def _five_minutes_by_hand(bars: dict[str, np.ndarray]) -> list[dict[str, object]]:
    """All sessions begin on a whole hour: an end rounded up to five minutes names the bar."""
    five, made = np.timedelta64(300, "s"), dict[object, dict[str, object]]()
    for row in each_row(bars):
        since = row["time"] - np.datetime64("1970-01-01", "ns")
        end = np.datetime64("1970-01-01", "ns") + -(-since // five) * five
        bar = made.setdefault(end, {**row, "time": end, "volume": 0.0})
        bar["high"], bar["low"] = max(bar["high"], row["high"]), min(bar["low"], row["low"])  # type: ignore[call-overload]
        bar["close"], bar["volume"] = row["close"], bar["volume"] + row["volume"]
    return list(made.values())
