"""Both twins of features make the same of a user's own, and what they make is what the indicators give over columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from flows import indicators
from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import decode, encode
from flows.contracts.records import Bar, FeatureVector, FeatureViolation
from flows.errors import StageConfigError, StageRestoreError
from flows.indicators.table import ROWS
from flows.kernels.bar_inputs import INPUTS, meant_by
from flows.kernels.features import Features
from flows.kernels.own_declaration import TAKEN
from tests.recordings import recording

from .plain_bar import plain_bar
from .recorded import EXPONENT, ticks
from .streams import SECOND, tapes
from .test_features import bars, in_order
from .twins import IDS, Twins, entry, follow, records

RECORDING = "binance/spot/btcusdt_20240808.gz"
OWN: list[dict[str, Any]] = [
    {"name": "adx_5", "indicator": "adx", "parameters": {"timeperiod": 5}, "low": "0", "high": "100"},
    {"name": "hist", "indicator": "macd", "output": "macdhist", "parameters": {"fastperiod": 3, "slowperiod": 6}},
    {"name": "upper", "indicator": "bbands", "output": "upperband", "parameters": {"timeperiod": 5, "nbdevup": "2.5"}},
    {"name": "flow_ema", "indicator": "ema", "inputs": ["order_flow_imbalance"], "parameters": {"timeperiod": 4}},
    {"name": "impact", "indicator": "kyle_lambda", "parameters": {"timeperiod": 8}},
    {"name": "weighted", "indicator": "weighted_mid"},
]


def column(made: Sequence[Bar], field: str, exponent: int = EXPONENT) -> NDArray[np.float64]:
    """As a notebook has it: the record's whole numbers in the unit of their scale."""
    return np.array([getattr(bar, field) for bar in made], np.float64) / 10.0**-exponent


def of(vectors: Sequence[FeatureVector], name: str) -> list[float]:
    """A feature of each vector; NaN where it has no value."""
    found = [{one.name: one.value for one in vector.own} for vector in vectors]
    return [values.get(name, float("nan")) for values in found]


def vectors_of(outputs: Any) -> list[FeatureVector]:
    return [one for one in records(outputs) if isinstance(one, FeatureVector)]


def test_a_recording_gives_what_the_indicators_give_over_its_bars() -> None:
    """To the bit, in both engines, which hand their states over on the way."""
    bars, features = Twins("bars", {"intervals_ns": [SECOND]}), Twins("features", {"own": OWN})
    tape = ticks(recording(RECORDING))[:20_000]
    closed = bars.feed([entry("market.ticks", offset, tick) for offset, tick in enumerate(tape)])
    vectors: list[FeatureVector] = []
    read = follow("market.bars", closed)
    for start in range(0, len(read), 40):
        vectors += vectors_of(features.feed(read[start : start + 40]))
        features.swap()
    made = [decode(one.value, IDS) for one in read]
    assert len(made) == len(vectors) > 150
    high, low, close = (column(made, field) for field in ("high", "low", "close"))
    signed = column([replace(bar, volume=bar.buy_volume - bar.sell_volume) for bar in made], "volume")
    quotes = [column(made, field) for field in ("bid_price", "bid_quantity", "ask_price", "ask_quantity")]
    expected = {
        "adx_5": indicators.adx(high, low, close, 5),
        "hist": indicators.macd(close, 3, 6).macdhist,
        "upper": indicators.bbands(close, 5, 2.5).upperband,
        "flow_ema": indicators.ema(column(made, "order_flow_imbalance"), 4),
        "impact": indicators.kyle_lambda(close, signed, 8),
        "weighted": indicators.weighted_mid(*quotes),
    }
    assert list(expected) == [one["name"] for one in OWN]
    for name, values in expected.items():
        assert np.isfinite(values).sum() > 100
        np.testing.assert_array_equal(of(vectors, name), values, err_msg=name)


@given(tapes(bars()))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_twins_agree(drawn: tuple[list[Any], set[int]]) -> None:
    """On bars of any kind, with prices of zero and sides without a quote among them."""
    tape, swaps = drawn
    entries = [entry("market.bars", number, record) for number, record in enumerate(in_order(tape))]
    own = [
        *OWN,
        {"name": "deep", "indicator": "sma", "inputs": ["bid_depth_slope"], "parameters": {"timeperiod": 2}},
        {"name": "range_volatility", "indicator": "parkinson", "parameters": {"timeperiod": 2}},
        {"name": "sizes", "indicator": "quote_imbalance", "low": "-0.5", "high": "0.5"},
    ]
    Twins("features", {"own": own}).feed_swapping(entries, swaps)


def test_every_indicator_is_one_that_both_engines_take() -> None:
    """With its own defaults, and the close where nothing of a bar has its inputs' names; they say so alike."""
    own = []
    for row in ROWS.values():
        is_fed = all(meant_by(one.name) in INPUTS for one in row.inputs)
        own += [
            {"name": f"own_{row.name}_{at}", "indicator": row.name, "output": output}
            | ({} if is_fed else {"inputs": ["close"] * len(row.inputs)})
            for at, output in enumerate(row.outputs_named)
        ]
    tape = [entry("market.bars", number, plain_bar(number, 100 + number * number % 7)) for number in range(400)]
    twins = Twins("features", {"own": own})
    twins.feed(tape[:200])
    twins.swap()
    last = vectors_of(twins.feed(tape[200:]))[-1]
    assert len(ROWS) > 100
    # VPIN's buckets of 1000 are never filled by these bars.
    assert {one["name"] for one in own} - {one.name for one in last.own} == {"own_vpin_0"}
    assert [one["name"] for one in json.loads(last.configuration)["own"]] == [one["name"] for one in own]


@given(st.decimals("1e-12", "1e17", allow_nan=False, places=12))
@settings(max_examples=50, deadline=None)
def test_a_parameter_is_written_alike(number: Decimal) -> None:
    """And read back as it was."""
    own = [{"name": "toxic", "indicator": "vpin", "parameters": {"bucket_volume": format(number, "f")}}]
    tape = [entry("market.bars", 0, plain_bar(0, 100))]
    [vector] = records(Twins("features", {"own": own}).feed(tape))
    [said] = json.loads(vector.configuration)["own"]
    assert float(said["parameters"]["bucket_volume"]) == float(number)
    [again] = records(Twins("features", {"own": [said]}).feed(tape))
    assert again.configuration == vector.configuration


def test_a_vector_says_by_which_declaration_it_was_made() -> None:
    """All that goes without saying is said, but for what is for people; a flow without any says nothing of them."""
    own = [OWN[0] | {"description": "how strong the trend is"}]
    [vector] = records(Twins("features", {"own": own}).feed([entry("market.bars", 0, plain_bar(0, 100))]))
    [said] = json.loads(vector.configuration)["own"]
    assert said == OWN[0] | {"inputs": ["high", "low", "close"], "output": "adx"}
    [same] = records(Twins("features", {"own": [said]}).feed([entry("market.bars", 0, plain_bar(0, 100))]))
    assert same.configuration == vector.configuration
    [none] = records(Twins("features", {"own": []}).feed([entry("market.bars", 0, plain_bar(0, 100))]))
    assert "own" not in json.loads(none.configuration)
    assert none.own == []


def test_a_bar_without_an_input_gives_no_value_and_changes_nothing() -> None:
    """A bid that is missing, and a price of zero, which the indicator divides by."""
    own = [
        {"name": "bids", "indicator": "sma", "inputs": ["bid_price"], "parameters": {"timeperiod": 2}},
        {"name": "lows", "indicator": "parkinson", "parameters": {"timeperiod": 2}},
    ]
    tape = [
        plain_bar(0, 100),
        plain_bar(1, 110, bid_price=None, low=0),
        plain_bar(2, 120, high=240),
        plain_bar(3, 130),
    ]
    made = vectors_of(
        Twins("features", {"own": own}).feed([entry("market.bars", at, bar) for at, bar in enumerate(tape)])
    )
    # Prices count cents.
    np.testing.assert_array_equal(of(made, "bids"), [np.nan, np.nan, 1.1, 1.25])
    high, low = np.array([1.0, 2.4, 1.3]), np.array([1.0, 1.2, 1.3])
    expected = indicators.parkinson(high, low, 2)
    np.testing.assert_array_equal(of(made, "lows"), [expected[0], np.nan, *expected[1:]])


def test_what_leaves_its_range_is_a_violation() -> None:
    own = [
        {"name": "fast", "indicator": "sma", "parameters": {"timeperiod": 1}, "low": "1.1", "high": "1.2"},
        {"name": "free", "indicator": "sma", "parameters": {"timeperiod": 1}},
    ]
    tape = [entry("market.bars", at, plain_bar(at, close)) for at, close in enumerate((100, 110, 120, 130))]
    made = records(Twins("features", {"own": own}).feed(tape))
    found = [
        (one.origin.offset, one.origin.index, one.feature, one.rule.value, one.value, one.limit)
        for one in made
        if isinstance(one, FeatureViolation)
    ]
    assert found == [(0, 1, "fast", "below", 1.0, 1.1), (3, 1, "fast", "above", 1.3, 1.2)]


@pytest.mark.parametrize("now", [[], OWN[:1], [*OWN, OWN[0] | {"name": "again"}], [OWN[0] | {"high": "99"}, *OWN[1:]]])
def test_a_state_of_others_is_refused(now: list[dict[str, Any]]) -> None:
    tape = [entry("market.bars", number, plain_bar(number, 100 + number)) for number in range(30)]
    twins = Twins("features", {"own": OWN})
    twins.feed(tape)
    saved = decode(decode(twins.snapshot(), IDS).kernel, IDS)
    assert len(saved.own_indicators) == len(saved.own) == len(OWN)
    with pytest.raises(StageRestoreError, match="own was"):
        Features({"own": now}).restore(IDS, encode(saved, IDS))
    rust = RustStage("features", json.dumps({"own": now}), RustIds.embedded(), {})
    with pytest.raises(StageRestoreError, match="own was"):
        rust.restore(twins.snapshot())


def test_a_state_without_any_is_as_it_was() -> None:
    """So that one from before goes on, and one of another memory does not."""
    tape = [entry("market.bars", number, plain_bar(number, 100 + number)) for number in range(30)]
    twins = Twins("features", {})
    twins.feed(tape)
    saved = decode(decode(twins.snapshot(), IDS).kernel, IDS)
    assert (saved.own, saved.own_indicators) == ([], [])
    twins.swap()
    with pytest.raises(StageRestoreError, match="own was"):
        Features({"own": OWN}).restore(IDS, encode(saved, IDS))
    twins = Twins("features", {"own": OWN})
    twins.feed(tape)
    stage = decode(twins.snapshot(), IDS)
    saved = decode(stage.kernel, IDS)
    for memories in ([], [replace(saved.own_indicators[0], memory=[1.0]), *saved.own_indicators[1:]]):
        broken = encode(replace(saved, own_indicators=memories), IDS)
        with pytest.raises(StageRestoreError, match="the feature adx_5 of your own"):
            Features({"own": OWN}).restore(IDS, broken)
        rust = RustStage("features", json.dumps({"own": OWN}), RustIds.embedded(), {})
        with pytest.raises(StageRestoreError, match="the feature adx_5 of your own"):
            rust.restore(encode(replace(stage, kernel=broken), IDS))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Adx"}, "own: Adx: is no name: give a to z, 0 to 9 and _, a letter first, 64 at most"),
        ({"name": "a" * 65}, "is no name"),
        *(
            ({"name": name}, f"own: {name}: is a column of feature vectors: choose another name")
            for name in sorted(TAKEN)
        ),
        ({"name": "hist"}, "own: hist: stands there twice: choose another name"),
        ({"indicator": "adxx"}, "own: x: indicator: there is no adxx: did you mean adx?"),
        ({"indicator": "trendiness"}, "own: x: indicator: there is no trendiness: docs/indicators.md has all"),
        ({"inputs": ["high", "low"]}, r"own: x: inputs: adx takes 3 \(high, low, close\), not 2"),
        ({"inputs": ["high", "low", "shut"]}, "own: x: inputs: shut is nothing of a bar: give one of open, high, low"),
        ({"indicator": "correl"}, "own: x: inputs: nothing of a bar is called real0: give each one of open, high"),
        ({"parameters": {"period": 14}}, "own: x: parameters: adx has no period: it has timeperiod"),
        ({"indicator": "obv", "parameters": {"n": 1}}, "own: x: parameters: obv has no n: it has none"),
        *(
            ({"parameters": {"timeperiod": value}}, "parameters.timeperiod: give a whole number from 2 to 10000")
            for value in (1, 10_001, 2**63, 14.0, "14", True, [14])
        ),
        *(
            (
                {"indicator": "bbands", "output": "upperband", "parameters": {"nbdevup": value}},
                'parameters.nbdevup: give a decimal as a text, such as "2.5", from -1000 to 1000',
            )
            for value in (2.5, "1e1", "1000.5", 1001, True)
        ),
        ({"output": "plus"}, "own: x: output: give one of adx: adx"),
        ({"indicator": "macd"}, "own: x: output: give one of macd: macd, macdsignal, macdhist"),
        ({"low": "1e3"}, "own: x: low: 1e3 is not a decimal such as -0.5"),
        ({"low": "2", "high": "1"}, "own: x: low: is above high"),
        ({"window": 3}, "window"),
        ({"name": 3}, "own"),
    ],
)
def test_both_engines_refuse_what_makes_no_sense(changes: dict[str, Any], said: str) -> None:
    config = {"own": [OWN[1], {"name": "x", "indicator": "adx"} | changes]}
    with pytest.raises(StageConfigError, match=said):
        Features(config)
    with pytest.raises(StageConfigError, match=said):
        RustStage("features", json.dumps(config), RustIds.embedded(), {})
