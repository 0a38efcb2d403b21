"""The strategies that come with Tapeflow on a recorded market: both engines agree, and an oracle says when they act."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from statistics import fmean, pstdev
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import decode
from flows.contracts.records import FeatureVector, Side, Signal
from flows.errors import StageConfigError
from flows.kernels.stage import Entry, Output, Stage
from tests.recordings import candles, recording

from .recorded import ticks
from .test_signals import strategy
from .twins import IDS, Twins, batch, entry, follow, records

RECORDING = "binance/spot/btcusdt_20240808.gz"


@cache
def vectors() -> Sequence[Entry]:
    """The one-second features of the recording."""
    entries = [entry("market.ticks", offset, tick) for offset, tick in enumerate(ticks(recording(RECORDING)))]
    for name, topic in (("bars", "market.bars"), ("features", "market.features")):
        made = RustStage(name, json.dumps({}), RustIds.embedded(), {}).process(batch(entries)).entries()
        outputs = [Output(to, partition, key, value, origin) for to, partition, _, key, value, origin, _ in made]
        entries = follow(topic, outputs)
    return entries


def said(kind: str, parameters: dict[str, Any]) -> list[tuple[int, Side]]:
    """When the strategy wants which side."""
    return [(one.event_ns, one.side) for one in said_by(kind, parameters)]


def said_by(kind: str, parameters: dict[str, Any]) -> list[Signal]:
    """What the strategy wants, in both engines, which hand their states over amid it."""
    twins = Twins("signals", {"strategies": [strategy("one", kind, parameters=parameters)]})
    half = len(vectors()) // 2
    made = twins.feed(vectors()[:half])
    twins.swap()
    made += twins.feed(vectors()[half:])
    return [one for one in records(made) if isinstance(one, Signal)]


def score(window: Sequence[FeatureVector]) -> float:
    closes = [one.close for one in window]
    return (closes[-1] - fmean(closes)) / pstdev(closes) if pstdev(closes) else 0.0


def imbalance(window: Sequence[FeatureVector]) -> float:
    return fmean(one.order_flow_imbalance or 0.0 for one in window)


def leaves(
    measure: Callable[[Sequence[FeatureVector]], float], window: int, edge: float, seen: Sequence[FeatureVector]
) -> list[tuple[int, int]]:
    """When the measure of each window left its band, behind the first, and to which side."""
    found, before = [], 0
    for end in range(window, len(seen) + 1):
        value = measure(seen[end - window : end])
        now = (value > edge) - (value < -edge)
        if now not in (0, before) and end > window:
            found.append((seen[end - 1].close_ns, now))
        before = now
    return found


@pytest.mark.parametrize(
    ("kind", "measure", "window", "edge", "up"),
    [
        ("zscore_reversion", score, 20, 2.0, Side.SELL),
        ("flow_imbalance", imbalance, 5, 1.0, Side.BUY),
    ],
)
def test_it_acts_when_its_measure_leaves_the_band(
    kind: str, measure: Callable[[Sequence[FeatureVector]], float], window: int, edge: float, up: Side
) -> None:
    all_seen = [decode(one.value, IDS) for one in vectors()]
    down = Side.BUY if up is Side.SELL else Side.SELL
    seen = [one for one in all_seen if one.interval_ns == 10**9]
    if kind == "flow_imbalance":
        assert seen[0].order_flow_imbalance is not None, "else its warm-up would end later than its first window"
        seen = [one for one in seen if one.order_flow_imbalance is not None]
    quoted = {one.close_ns for one in seen if one.bid_price is not None and one.ask_price is not None}
    expected = [(at, up if side > 0 else down) for at, side in leaves(measure, window, edge, seen) if at in quoted]
    made = said(kind, {"window": window, "edge_hundredths": int(edge * 100)})
    assert made == expected
    assert len(made) > 10
    assert {side for _, side in made} == {Side.BUY, Side.SELL}


def average(closes: pd.Series, span: int) -> pd.Series:
    """An exponential average as pandas has it, begun at the mean of the first `span` closes."""
    seeded = closes.iloc[span - 1 :].copy()
    seeded.iloc[0] = closes.iloc[:span].mean()
    return seeded.ewm(span=span, adjust=False).mean()


def test_ema_cross_acts_when_the_averages_of_the_recordings_closes_cross() -> None:
    """From the venue's own messages to the times and sides of the orders, by pandas: no bar or feature of ours."""
    bars = candles(recording(RECORDING), 1_000)
    closes = pd.Series({bar.open_ms * 10**6 + 10**9: float(bar.close) for bar in bars})
    gap = (average(closes, 12) - average(closes, 26)).dropna()
    assert gap.abs().min() > 1e-6, "else another rounding could cross elsewhere"
    side = np.sign(gap)
    crossed = side[(side != side.shift()) & side.shift().notna()]
    seen = [one for one in (decode(one.value, IDS) for one in vectors()) if one.interval_ns == 10**9]
    quoted = {one.close_ns for one in seen if one.bid_price is not None and one.ask_price is not None}
    expected = [(at, Side.BUY if up > 0 else Side.SELL) for at, up in crossed.items() if at in quoted]
    made = said("ema_cross", {})
    assert made == expected
    assert len(made) > 5
    assert all(left[1] is not right[1] for left, right in pairwise(made)), "what rose above falls below next"


def horizon_bars(vector: FeatureVector, close_of_day: datetime | None) -> float:
    """Bars to the end: of the day's session, or always sixty."""
    if close_of_day is None:
        return 60.0
    return (int(close_of_day.timestamp()) * 10**9 - vector.close_ns) / vector.interval_ns


@pytest.mark.parametrize("session", ["none", "each day", "half day"])
def test_market_making_says_the_terms_of_avellaneda_and_stoikov(session: str) -> None:
    """Half the spread and the skew, from their two formulas written out in numpy's functions."""
    seen = [one for one in (decode(one.value, IDS) for one in vectors()) if one.interval_ns == 10**9]
    gamma, k, volatility = 0.02, 0.4, 20
    parameters: dict[str, Any] = {"gamma_thousandths": 20, "k_thousandths": 400, "price_step": "0.01"}
    first = datetime.fromtimestamp(seen[0].close_ns // 10**9, timezone.utc)
    begin, end = first + timedelta(minutes=1), first + timedelta(minutes=4)
    close_of_day = None if session == "none" else end.replace(second=0)
    if session == "each day":
        parameters |= {"open": begin.strftime("%H:%M"), "close": end.strftime("%H:%M")}
    if session == "half day":
        early = end.strftime("%Y-%m-%d %H:%M")
        parameters |= {"open": begin.strftime("%H:%M"), "close": "23:59", "early_closes": [early]}
    made = said_by("market_making", parameters)
    expected = {}
    for vector in seen:
        if vector.realised_volatility is None or vector.bid_price is None or vector.ask_price is None:
            continue
        start_ns = vector.close_ns - vector.interval_ns
        if close_of_day is not None:
            opened_ns, closed_ns = (int(at.replace(second=0).timestamp()) * 10**9 for at in (begin, end))
            if start_ns < opened_ns or vector.close_ns >= closed_ns:
                continue
        middle = (vector.bid_price + vector.ask_price) / 2
        sigma_squared = (vector.realised_volatility * middle) ** 2 / volatility
        point = middle / 10_000
        # Their gamma and k are per price: here per basis point of the middle.
        risk = gamma / point * sigma_squared * horizon_bars(vector, close_of_day)
        expected[vector.close_ns] = (risk / 2 + np.log1p(gamma / k) / gamma * point, risk)
    assert [one.event_ns for one in made] == list(expected)
    assert len(made) > 100
    for one in made:
        half_spread, skew = expected[one.event_ns]
        assert one.half_spread == pytest.approx(half_spread, abs=1.001, rel=1e-9)
        assert one.skew == pytest.approx(skew, abs=1.001, rel=1e-9)
        assert (one.post_only, one.price_step) == (True, 10 ** (-2 - one.price_exponent))
        life_ns = 3 * 10**9
        if close_of_day is not None:
            life_ns = min(life_ns, int(close_of_day.timestamp()) * 10**9 - one.event_ns)
        assert one.expires_ns == one.receive_ns + life_ns
    assert len({one.skew for one in made}) > 100, "it follows the volatility"


def test_market_making_quotes_nothing_on_a_day_without_a_session() -> None:
    day = datetime.fromtimestamp(decode(vectors()[0].value, IDS).close_ns // 10**9, timezone.utc)
    others = [f"{one:%a}".lower() for one in (day + timedelta(days=1), day - timedelta(days=1))]
    parameters = {"price_step": "0.01", "open": "00:01", "close": "23:59"}
    assert len(said_by("market_making", parameters)) > 100
    for told in ({"closed": [f"{day:%Y-%m-%d}"]}, {"days": others}):
        assert said_by("market_making", {**parameters, **told}) == []


def test_a_half_day_alone_is_a_session_which_has_no_horizon() -> None:
    parameters = {"price_step": "0.01", "early_closes": ["2024-08-08 13:00"], "horizon": 60}
    config = {"strategies": [strategy("one", "market_making", parameters=parameters)]}
    with pytest.raises(StageConfigError, match="horizon: is for a strategy without a session"):
        Stage("signals", config, IDS, {})
    with pytest.raises(StageConfigError, match="horizon: is for a strategy without a session"):
        RustStage("signals", json.dumps(config), RustIds.embedded(), {})
