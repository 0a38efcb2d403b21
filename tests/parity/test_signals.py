"""Both twins of signals make the same of any features."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.records import FeatureVector, Mark, Origin, Signal
from flows.errors import StageConfigError
from flows.kernels.signals import Signals

from .streams import SECOND, START, mostly, names, scale, tapes
from .twins import PARTITION, Twins, entry, records


def strategy(name: str, kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "account": "main",
        "venue": "binance",
        "instrument": "*",
        "interval_ns": SECOND,
        "quantity": "0.004",
        **changes,
    }


CONFIG = {
    "strategies": [
        strategy("cross", "ema_cross"),
        strategy("slow cross", "ema_cross", interval_ns=3 * SECOND, account="other"),
        strategy("reversion", "rsi_reversion", account="other", parameters={"low": 40, "high": 60}),
        strategy("score", "zscore_reversion", account="other", parameters={"window": 3, "edge_hundredths": 120}),
        strategy("flow", "flow_imbalance", parameters={"window": 2, "edge_hundredths": 50}),
        # Fewer than one unit at most scales, so that it is muted there.
        strategy("fine", "ema_cross", account="other", quantity="0.0004"),
        strategy("ticks", "ema_cross", interval_ns=0, series="tick:5", account="third"),
        strategy("bricks", "ema_cross", interval_ns=0, series="renko:2", account="third"),
        strategy("perpetual", "rsi_reversion", venue="binance_usdm", instrument="BTC-USDT", quantity="1"),
    ]
}

averages = mostly(st.floats(99, 101), st.none() | st.just(100.0), 6)
# Of no market, but a log may hold anything: the strategy is muted.
near = mostly(averages, st.sampled_from([math.inf, math.nan, 0.0]), 300)


@st.composite
def features(draw: st.DrawFn) -> FeatureVector:
    close_ns = START + SECOND * draw(st.integers(0, 100))
    bars = mostly(st.just((SECOND, "")), st.sampled_from([(3 * SECOND, ""), (0, "tick:5"), (0, "renko:2")]), 3)
    interval_ns, series = draw(bars)
    plain: dict[str, Any] = {name: None for name in FeatureVector.__dataclass_fields__ if name != "SUBJECT"}
    plain["own"] = []
    told = {
        "origin": Origin(PARTITION, 0, 0),
        **{name: draw(value) for name, value in (names | scale).items()},
        "interval_ns": interval_ns,
        "series": series,
        "depth_levels": 0,
        "configuration": "",
        "close_ns": close_ns,
        "receive_ns": close_ns,
        "close": draw(mostly(st.integers(90, 110), st.just(0))),
        "bid_price": draw(mostly(st.integers(90, 100), st.none(), 8)),
        "ask_price": draw(mostly(st.integers(90, 100), st.none(), 8)),
        "order_flow_imbalance": draw(mostly(st.floats(-2, 2), st.none() | st.sampled_from([math.inf, 0.5, -0.5]), 20)),
        "ema_fast": draw(near),
        "ema_slow": draw(near),
        "rsi": draw(mostly(st.floats(0, 100), st.none() | st.sampled_from([30.0, 40.0, 60.0, 70.0]), 4)),
    }
    return FeatureVector(**plain | told)


def numbered(tape: list[Any]) -> list[Any]:
    """The vectors with origins that increase, as features writes them; one in seven comes twice."""
    made = []
    for number, one in enumerate(tape):
        if not isinstance(one, FeatureVector):
            made.append(one)
            continue
        fields = {name: getattr(one, name) for name in one.__slots__}
        vector = FeatureVector(**{**fields, "origin": Origin(PARTITION, number // 3, number % 3)})
        made += [vector] * (2 if number % 7 == 0 else 1)
    return made


@given(tapes(features()))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_twins_agree(drawn: tuple[list[Any], set[int]]) -> None:
    tape, swaps = drawn
    entries = [entry("market.features", number, record) for number, record in enumerate(numbered(tape))]
    outputs = Twins("signals", CONFIG).feed_swapping(entries, swaps)
    origins = [output.origin for output in outputs]
    assert origins == sorted(set(origins)), "a repeat makes nothing, and origins strictly increase"
    marked = set()
    for made in records(outputs):
        if isinstance(made, Mark):
            marked.add((made.account, made.venue, made.instrument))
        elif isinstance(made, Signal):
            assert made.price is not None
            # An account's marks come with its shortest bars; a slower strategy's signal may precede the first of them.
            if made.interval_ns == SECOND:
                assert (made.account, made.venue, made.instrument) in marked, "a mark comes before the signals"


@pytest.mark.parametrize(
    ("kind", "parameter"),
    [
        ("rsi_reversion", "low"),
        ("zscore_reversion", "window"),
        ("flow_imbalance", "edge_hundredths"),
        ("overnight_range", "atr"),
        ("overnight_range", "closed"),
        ("market_making", "horizon"),
        ("market_making", "timezone"),
        ("market_making", "price_step"),
    ],
)
def test_a_null_is_no_parameter(kind: str, parameter: str) -> None:
    """Nor does it mean that nothing was said."""
    needed = {"price_step": "0.01"} if kind == "market_making" else {}
    config = {"strategies": [strategy("one", kind, parameters={**needed, parameter: None})]}
    said = rf"strategies\.one\.parameters\.{parameter}: is missing"
    with pytest.raises(StageConfigError, match=said):
        Signals(config)
    with pytest.raises(StageConfigError, match=said):
        RustStage("signals", json.dumps(config), RustIds.embedded(), {})
