"""What is declared of features, and what FeatureVector has, are the same."""

from __future__ import annotations

from flows.config import Config
from flows.contracts import registry
from flows.contracts.records import Bar, FeatureVector
from flows.feature_store.catalogue import FEATURES, IDENTITY
from flows.kernels.feature_rules import RANGES


def test_every_field_of_the_record_is_declared_once() -> None:
    fields = [field["name"] for field in registry.schema(FeatureVector.SUBJECT)["fields"]]
    assert sorted([*IDENTITY, *FEATURES]) == sorted(fields), (
        "declare what is new in flows/feature_store/catalogue.py: in FEATURES a feature, in IDENTITY what says whose "
        "vector it is"
    )


def test_inputs_are_fields_of_bars() -> None:
    known = {field["name"] for field in registry.schema(Bar.SUBJECT)["fields"]}
    for one in FEATURES.values():
        assert set(one.inputs) <= known, one.name


def test_windows_are_the_configurations() -> None:
    lengths = Config.load().stages["features"]
    named = {one.setting for one in FEATURES.values() if one.setting}
    assert named | {"season_slots", "stale_ns", "limits", "own"} == set(lengths)
    config = Config({"features": {**lengths, "volatility": 11}})
    assert FEATURES["realised_volatility"].window(config) == 11
    assert FEATURES["rsi"].window_text(Config.load()) == "14 bars (rsi)"
    assert FEATURES["simple_return"].window_text(config) == "2 bars"
    assert FEATURES["seasonal_volume"].window_text(config) == "20 days (season_days)"


def test_descriptions_are_the_schemas() -> None:
    assert FEATURES["simple_return"].description == "close / previous close - 1"
    assert all(one.description for one in FEATURES.values())


def test_statistics_have_rules_and_prices_are_not_negative() -> None:
    doubles = [
        field["name"]
        for field in registry.schema(FeatureVector.SUBJECT)["fields"]
        if field["type"] == ["null", "double"]
    ]
    assert list(RANGES) == doubles
    assert {FEATURES[name].range for name in FEATURES.keys() - RANGES.keys()} == {"[0, ...]"}
    assert FEATURES["trade_imbalance"].range == "[-1, 1]"
