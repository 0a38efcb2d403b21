"""What is declared of features, and what FeatureVector has, are the same."""

from __future__ import annotations

from flows.config import Config
from flows.contracts import registry
from flows.contracts.records import Bar, FeatureVector
from flows.feature_store.catalogue import FEATURES, IDENTITY


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
    lengths = {"ema_fast": 3, "ema_slow": 7, "rsi": 5, "volatility": 11}
    config = Config({"features": lengths})
    assert {one.setting for one in FEATURES.values() if one.setting} == set(lengths)
    assert FEATURES["realised_volatility"].window_bars(config) == 11
    assert FEATURES["rsi"].window_bars(Config.load()) == 14
    assert FEATURES["simple_return"].window_bars(config) == 2


def test_descriptions_are_the_schemas() -> None:
    assert FEATURES["simple_return"].description == "close / previous close - 1"
    assert all(one.description for one in FEATURES.values())
