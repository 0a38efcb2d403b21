"""Features that look back on several bars, held to numpy on recordings: worked out from the trades themselves."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import decode
from flows.contracts.records import FeatureVector, Quote, Side, Trade
from flows.kernels.stage import Entry
from tests.parity.plain_bar import plain_bar
from tests.parity.recorded import ticks
from tests.parity.twins import IDS, batch, entry
from tests.recordings import recording

SECOND = 1_000_000_000
WINDOWS = {
    "return_short": 2,
    "return_medium": 7,
    "return_long": 30,
    "kyle_lambda": 40,
    "vpin": 25,
    "sign_autocorrelation": 30,
}
SERIES = "volume:1"
UNIT = 1e9


@pytest.fixture(scope="module")
def tape() -> list[Trade | Quote]:
    return ticks(recording("binance/spot/btcusdt_20240808.gz"))


@pytest.fixture(scope="module")
def vectors(tape: list[Trade | Quote]) -> list[FeatureVector]:
    bars = _stage("bars", {"intervals_ns": [SECOND], "series": [{"name": SERIES}]})
    entries = [entry("market.ticks", offset, tick) for offset, tick in enumerate(tape)]
    made = bars.process(batch(entries)).entries()
    inputs = [entry(topic, number, value) for number, (topic, _, _, _, value, *_) in enumerate(made)]
    return _vectors(_stage("features", WINDOWS), inputs)


def _stage(name: str, config: dict[str, Any]) -> RustStage:
    return RustStage(name, json.dumps(config), RustIds.embedded(), {})


def _vectors(stage: RustStage, bars: Sequence[Entry]) -> list[FeatureVector]:
    made = [decode(one[4], IDS) for one in stage.process(batch(bars)).entries()]
    return [one for one in made if isinstance(one, FeatureVector)]


def _trades(tape: list[Trade | Quote]) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Time, price, and quantity, negative where the aggressor sold."""
    found = [one for one in tape if isinstance(one, Trade)]
    signs = np.array([1 if one.aggressor is Side.BUY else -1 for one in found])
    times = np.array([one.event_ns for one in found])
    return (
        times,
        np.array([one.price for one in found]) / UNIT,
        np.array([one.quantity for one in found]) / UNIT * signs,
    )


def _bars(tape: list[Trade | Quote], ends: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """Close, bought and sold of bars that end behind these trades."""
    _, prices, quantities = _trades(tape)
    starts, closed = np.r_[0, ends[:-1]], quantities[: ends[-1]]
    bought = np.add.reduceat(np.maximum(closed, 0), starts)
    sold = np.add.reduceat(np.maximum(-closed, 0), starts)
    return prices[ends - 1], bought, sold


def _second_ends(tape: list[Trade | Quote]) -> NDArray[np.int64]:
    """The recording's trades are in the order of their time: a bar ends where the second changes; the last stays
    open."""
    seconds = _trades(tape)[0] // SECOND
    assert (np.diff(seconds) >= 0).all()
    return np.flatnonzero(np.diff(seconds)) + 1


def _volume_ends(tape: list[Trade | Quote]) -> NDArray[np.int64]:
    """Behind each trade that brings what came since the last end to 1 of the base."""
    found, since = [], 0
    for number, one in enumerate(one for one in tape if isinstance(one, Trade)):
        since += one.quantity
        if since >= 10**9:
            found.append(number + 1)
            since = 0
    return np.array(found)


def _column(vectors: Sequence[FeatureVector], name: str) -> NDArray[np.float64]:
    """None as NaN."""
    return np.array([np.nan if getattr(one, name) is None else getattr(one, name) for one in vectors])


@pytest.mark.parametrize("series", ["", SERIES])
def test_windows_are_numpys(tape: list[Trade | Quote], vectors: list[FeatureVector], series: str) -> None:
    made = [one for one in vectors if one.series == series]
    close, bought, sold = _bars(tape, _volume_ends(tape) if series else _second_ends(tape))
    assert len(made) == len(close) > 150
    for name in ("return_short", "return_medium", "return_long"):
        length = WINDOWS[name]
        expected = np.r_[np.full(length, np.nan), close[length:] / close[:-length] - 1]
        np.testing.assert_allclose(_column(made, name), expected, rtol=1e-10, atol=1e-15)
    # The first bar has no change: the window is full one bar later.
    change, flow = np.diff(close), (bought - sold)[1:]
    length = WINDOWS["kyle_lambda"]
    slopes = [
        np.linalg.lstsq(flow[end - length : end, None], change[end - length : end], rcond=None)[0][0]
        for end in range(length, len(flow) + 1)
    ]
    np.testing.assert_allclose(_column(made, "kyle_lambda"), np.r_[np.full(length, np.nan), slopes], rtol=1e-7)
    length, ones = WINDOWS["vpin"], np.ones(WINDOWS["vpin"])
    vpin = np.convolve(abs(bought - sold), ones, "valid") / np.convolve(bought + sold, ones, "valid")
    np.testing.assert_allclose(_column(made, "vpin"), np.r_[np.full(length - 1, np.nan), vpin], rtol=1e-9)


@pytest.mark.parametrize("series", ["", SERIES])
def test_signs_correlate_as_numpy_says(tape: list[Trade | Quote], vectors: list[FeatureVector], series: str) -> None:
    """A pair belongs to the bar of its later trade, and the first trade is none."""
    made = [one for one in vectors if one.series == series]
    signs = np.sign(_trades(tape)[2])
    ends = _volume_ends(tape) if series else _second_ends(tape)
    starts, length = np.r_[0, ends[:-1]], WINDOWS["sign_autocorrelation"]
    assert ends[0] > 1, "so that every bar has pairs"
    expected = np.full(len(ends), np.nan)
    for bar in range(length - 1, len(ends)):
        later = np.arange(max(starts[bar - length + 1], 1), ends[bar])
        expected[bar] = np.corrcoef(signs[later - 1], signs[later])[0, 1]
    np.testing.assert_allclose(_column(made, "sign_autocorrelation"), expected, rtol=1e-9)
    assert np.nanmin(expected) > 0, "a buy is likelier behind a buy"


def test_the_microprice_is_of_the_last_quote_before_the_close(
    tape: list[Trade | Quote], vectors: list[FeatureVector]
) -> None:
    assert vectors[-1].microprice is not None
    for one in vectors:
        cause = tape[one.origin.offset]
        before = tape[: one.origin.offset]
        quote = next((tick for tick in reversed(before) if isinstance(tick, Quote)), None)
        assert isinstance(cause, Trade)
        if quote is None:
            assert one.microprice is None
            continue
        share = quote.bid_quantity / (quote.bid_quantity + quote.ask_quantity)
        weighed = (quote.bid_price * (1 - share) + quote.ask_price * share) / UNIT
        assert one.microprice is not None
        assert one.microprice == pytest.approx(weighed, rel=1e-13)
        assert quote.bid_price <= one.microprice * UNIT <= quote.ask_price


def test_seasonality_compares_with_the_days_before() -> None:
    """Three days of minutes: the first has nothing to be compared with, the third the mean of two."""
    days = [_minutes(date(2016, 10, day)) for day in (7, 8, 9)]
    rows = np.concatenate([np.c_[np.full(len(one), at), one] for at, one in enumerate(days)])
    bars = [
        plain_bar(
            number,
            round(close * 100),
            open_ns=(17_081 + int(day)) * 86_400 * SECOND + int(at_ms) * 1_000_000,
            close_ns=(17_081 + int(day)) * 86_400 * SECOND + int(at_ms) * 1_000_000 + 60 * SECOND,
            quantity_exponent=-8,
            volume=round(volume * 1e8),
            buy_volume=round(volume * 1e8),
            sell_volume=0,
        )
        for number, (day, at_ms, close, volume) in enumerate(rows)
    ]
    stage = _stage("features", {"season_slots": 48})
    made = _vectors(stage, [entry("market.bars", number, bar) for number, bar in enumerate(bars)])
    assert len(made) == len(rows)
    day, slot = rows[:, 0], rows[:, 1] // (30 * 60_000)
    close = np.round(rows[:, 2] * 100)
    moved = np.abs(np.r_[np.nan, close[1:] / close[:-1] - 1])
    volume = np.round(rows[:, 3] * 1e8) / 1e8
    for name, values in (("seasonal_volume", volume), ("seasonal_volatility", moved)):
        expected = np.full(len(rows), np.nan)
        for at in range(1, len(rows)):
            earlier = [values[1:][(slot[1:] == slot[at]) & (day[1:] == before)] for before in range(int(day[at]))]
            means = [one.mean() for one in earlier if len(one)]
            if means and np.mean(means) > 0:
                expected[at] = values[at] / np.mean(means)
        found = _column(made, name)
        assert np.isfinite(found).sum() > 2_000
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def _minutes(day: date) -> NDArray[np.float64]:
    """Rows of time of the day (ms), close and volume."""
    path = recording(f"coinbase_bars/minute/btcusd/{day:%Y%m%d}_trade.zip")
    with zipfile.ZipFile(path) as packed, packed.open(packed.namelist()[0]) as file:
        rows = list(csv.reader(io.TextIOWrapper(file)))
    return np.array([[float(row[0]), float(row[4]), float(row[5])] for row in rows])
