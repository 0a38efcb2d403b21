"""Both twins of features make the same of any bars."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.config import Config
from flows.contracts.codec import decode, encode
from flows.contracts.records import Bar, FeatureRule, FeatureVector, FeatureViolation
from flows.errors import StageConfigError
from flows.kernels.config import Fields
from flows.kernels.feature_rules import Rules
from flows.kernels.features import Features

from .plain_bar import plain_bar
from .streams import INT64_MAX, SECOND, START, mostly, names, scale, tapes
from .twins import IDS, Twins, entry, records

CONFIG = {
    **{"ema_fast": 2, "ema_slow": 3, "rsi": 2, "volatility": 3},
    **{"return_short": 1, "return_medium": 2, "return_long": 4, "kyle_lambda": 2, "vpin": 2},
    **{"sign_autocorrelation": 2, "season_slots": 1440, "season_days": 2},
}
RULES = {
    "stale_ns": 5 * SECOND,
    "limits": [{"feature": "vpin", "low": "0.2", "high": "0.75"}, {"feature": "simple_return", "high": "-0.5"}],
}
DAY = 86_400 * SECOND

prices = mostly(st.integers(1, 10**6), st.sampled_from([0, -1, 1, INT64_MAX]))
volumes = mostly(st.integers(1, 50), st.sampled_from([0, INT64_MAX]))
touches = mostly(st.integers(90, 110), st.none() | st.just(0), 10)
pairs = mostly(st.integers(0, 3), st.sampled_from([-1, INT64_MAX]))
slopes = mostly(st.floats(0, 1e9), st.none() | st.sampled_from([-1.0, math.inf]), 10)
touched = mostly(st.integers(1, 9), st.none() | st.sampled_from([0, -1, INT64_MAX]), 10)


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    price = draw(prices)
    interval_ns, series = draw(st.sampled_from([(SECOND, ""), (3 * SECOND, ""), (0, "volume:1"), (0, "renko:2")]))
    # Mostly forward: bars of one series come in their order.
    open_ns = START + (interval_ns or SECOND // 4) * draw(st.integers(0, 200)) + DAY * draw(st.integers(0, 3))
    volume = draw(volumes)
    bought = draw(st.integers(0, max(volume, 0)))
    return plain_bar(
        (open_ns - START) // SECOND + draw(st.integers(0, 2)),
        price,
        index=draw(st.integers(0, 3)),
        **{name: draw(value) for name, value in (names | scale).items()},
        interval_ns=interval_ns,
        open_ns=open_ns,
        close_ns=open_ns + interval_ns,
        series=series,
        volume=volume,
        buy_volume=bought,
        sell_volume=volume - bought,
        order_flow_imbalance=draw(st.integers(-INT64_MAX, INT64_MAX)),
        quote_count=draw(st.integers(0, 1)),
        **{name: draw(pairs) for name in ("buy_after_buy", "sell_after_buy", "buy_after_sell", "sell_after_sell")},
        bid_price=draw(touches),
        bid_quantity=draw(touched),
        ask_price=draw(touches),
        ask_quantity=draw(touched),
        bid_depth_slope=draw(slopes),
        ask_depth_slope=draw(slopes),
    )


def in_order(tape: list[Any]) -> list[Any]:
    """Bars by origin, as bars writes them; what is no bar keeps its place."""
    ordered = iter(
        sorted(
            (one for one in tape if isinstance(one, Bar)),
            key=lambda bar: (bar.origin.offset, bar.origin.index, bar.close_ns),
        )
    )
    return [next(ordered) if isinstance(one, Bar) else one for one in tape]


@given(tapes(bars()))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_twins_agree(drawn: tuple[list[Any], set[int]]) -> None:
    tape, swaps = drawn
    entries = [entry("market.bars", number, record) for number, record in enumerate(in_order(tape))]
    outputs = Twins("features", CONFIG | RULES).feed_swapping(entries, swaps)
    origins = [output.origin for output in outputs]
    assert origins == sorted(set(origins)), "origins strictly increase"
    for made in records(outputs):
        if isinstance(made, FeatureVector):
            assert made.rsi is None or 0 <= made.rsi <= 100
            assert made.trade_imbalance is None or -1 <= made.trade_imbalance <= 1
            assert made.vpin is None or 0 <= made.vpin <= 1
            assert made.sign_autocorrelation is None or -1 <= made.sign_autocorrelation <= 1


@given(st.lists(st.integers(1, 10**12), min_size=4, max_size=40))
@settings(max_examples=60, deadline=None)
def test_twins_agree_on_long_series(closes: list[int]) -> None:
    """One series without a fault: the averages run as long as they can, with all their rounding."""
    entries = []
    for number, close in enumerate(closes):
        # A quarter of a day from one to the next, so that each slot comes again.
        opened = {"open_ns": START + number * DAY // 4, "close_ns": START + number * DAY // 4 + SECOND}
        volumes = {"volume": 7 * close, "buy_volume": 3 * close, "sell_volume": 4 * close}
        bar = plain_bar(number, close, **opened, **volumes)
        entries.append(entry("market.bars", number, bar))
    # No quotes, no rules that prices of any size would break.
    outputs = Twins("features", CONFIG | {"stale_ns": DAY}).feed(entries)
    made = [one for one in records(outputs) if isinstance(one, FeatureVector)]
    assert len(made) == len(closes)
    assert made[-1].realised_volatility is not None
    assert made[-1].ema_slow is not None
    assert made[-1].kyle_lambda is not None
    assert made[-1].vpin == 1 / 7
    assert (made[-1].return_long is None) == (len(closes) <= CONFIG["return_long"])
    # The first bar has no return, so that its slot counts from the day after.
    assert (made[-1].seasonal_volume is None) == (len(closes) <= 5)


def test_a_vector_says_by_which_settings_it_was_made() -> None:
    """All of them, as they stand in a file of settings, so that another flow can be started with the same."""
    for config, expected in (
        # Features of one's own are said where there are some.
        ({}, {name: value for name, value in Config.load().stages["features"].items() if name != "own"}),
        (
            CONFIG | RULES,
            {
                **CONFIG,
                "stale_ns": 5 * SECOND,
                "limits": [
                    {"feature": "vpin", "low": "0.2", "high": "0.75"},
                    {"feature": "simple_return", "low": "", "high": "-0.5"},
                ],
            },
        ),
    ):
        first, *_ = records(Twins("features", config).feed([entry("market.bars", 0, plain_bar(0, 100))]))
        assert json.loads(first.configuration) == expected
        assert first.depth_levels == 5, "the bar's"
        again, *_ = records(Twins("features", expected).feed([entry("market.bars", 0, plain_bar(0, 100))]))
        assert again.configuration == first.configuration


def _breaches(*bars: Bar, **config: Any) -> list[tuple[str, str, float | None, float | None]]:
    """Of the last of these bars, in both engines."""
    twins = Twins("features", config)
    entries = [entry("market.bars", number, bar) for number, bar in enumerate(bars)]
    last = [records(twins.feed([one])) for one in entries][-1]
    vector, *violations = last
    assert isinstance(vector, FeatureVector)
    assert [one.origin.index for one in violations] == list(range(1, len(last)))
    assert all(isinstance(one, FeatureViolation) for one in violations)
    assert all(one.close_ns == vector.close_ns for one in violations)
    return [(one.feature, one.rule.value, one.value, one.limit) for one in violations]


def test_nothing_is_said_of_features_that_keep_their_rules() -> None:
    assert _breaches(plain_bar(0, 100), plain_bar(1, 101), plain_bar(61, 100)) == []


def test_crossed_quotes_are_below_the_range() -> None:
    [(feature, rule, value, limit)] = _breaches(plain_bar(0, 100, bid_price=101, ask_price=99))
    assert (feature, rule, limit) == ("spread_bps", "below", 0.0)
    assert value == pytest.approx(-200)


def test_a_desk_has_ranges_of_its_own() -> None:
    limits = [{"feature": "trade_imbalance", "low": "-0.5", "high": "0.5"}, {"feature": "spread_bps"}]
    bought = plain_bar(0, 100, buy_volume=2, sell_volume=0, bid_price=101, ask_price=99)
    assert _breaches(bought, limits=limits) == [("trade_imbalance", "above", 1.0, 0.5)]


def test_what_lies_behind_a_hole_is_stale() -> None:
    minute = 60.0 * SECOND
    assert _breaches(plain_bar(0, 100), plain_bar(62, 100)) == [("close", "stale", minute + SECOND, minute)]


def test_old_quotes_are_stale() -> None:
    """What a bar shows as bid and ask may be older than the bar."""
    quiet = [plain_bar(number, 100, quote_count=0) for number in range(1, 4)]
    age = [(name, "stale", 3.0 * SECOND, 2.0 * SECOND) for name in ("bid_price", "ask_price")]
    assert _breaches(plain_bar(0, 100), *quiet[:2], stale_ns=2 * SECOND) == []
    assert _breaches(plain_bar(0, 100), *quiet, stale_ns=2 * SECOND) == age
    assert _breaches(*quiet, stale_ns=2 * SECOND) == [], "nobody knows how old it is"
    emptied = plain_bar(3, 100, quote_count=0, bid_price=None)
    assert _breaches(plain_bar(0, 100), *quiet[:2], emptied, stale_ns=2 * SECOND) == age[1:]


def test_a_statistic_that_is_no_number_is_told() -> None:
    """No bar makes one, so that the Python engine's rules are asked alone; the Rust engine's tests ask theirs."""
    [vector] = records(Twins("features", {}).feed([entry("market.bars", 0, plain_bar(0, 100))]))
    for value in (math.nan, math.inf):
        [breach] = Rules.taken(Fields({})).breaches(replace(vector, rsi=value))
        assert breach == ("rsi", FeatureRule.NOT_FINITE, None, None)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"feature": "close"}, "is no statistic of a feature vector"),
        ({"feature": "rsi", "low": "1e3"}, "1e3 is not a decimal such as -0.5"),
    ],
)
def test_a_limit_must_be_one(limit: dict[str, str], said: str) -> None:
    with pytest.raises(StageConfigError, match=said):
        Features({"limits": [limit]})
    with pytest.raises(StageConfigError, match=said):
        RustStage("features", json.dumps({"limits": [limit]}), RustIds.embedded(), {})


def test_a_state_from_before_there_were_windows_begins_them_anew() -> None:
    """It has no windows and no lengths of them; all else goes on, in both engines."""
    settled = {name: CONFIG[name] for name in ("ema_fast", "ema_slow", "rsi", "volatility")}
    tape = [entry("market.bars", number, plain_bar(number, 100 + number % 3)) for number in range(12)]
    whole, twins = Twins("features", CONFIG), Twins("features", CONFIG)
    expected = records(whole.feed(tape))
    twins.feed(tape[:6])
    saved = decode(twins.snapshot(), IDS)
    kernel = decode(saved.kernel, IDS)
    lengths = {name: 0 for name in CONFIG if name not in settled}
    twins.restore(
        encode(
            replace(
                saved, kernel=encode(replace(kernel, windows=[], signs=[], quoted_ns=[], stale_ns=0, **lengths), IDS)
            ),
            IDS,
        )
    )
    made = records(twins.feed(tape[6:]))
    assert [one.ema_slow for one in made] == [one.ema_slow for one in expected[6:]]
    assert [one.return_short for one in made[:3]] == [None, made[1].simple_return, made[2].simple_return]
    assert made[-1].return_long == expected[-1].return_long
