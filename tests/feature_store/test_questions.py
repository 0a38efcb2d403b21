"""What can be asked for, in which forms, and what is said where there is no good answer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flows.connectors import clickhouse
from flows.errors import FeatureStoreError
from flows.feature_store import AmbiguousSeries, BadMoment, FeatureStore, NoFeatures
from flows.feature_store.vectors import out_of_range, schema
from flows.kernels.feature_rules import Range
from flows.stack import Stack
from tests.feature_store.conftest import PREFIX, Landed

ASKED: dict[str, Any] = {"instrument": "BTC-USDT", "venue": "binance", "interval": "1s"}
AT = datetime(2024, 8, 8, 0, 0, 30, 500_000, timezone.utc)
AT_NS = 1_723_075_230_500_000_000


@pytest.fixture
def store(here: Landed) -> FeatureStore:
    return FeatureStore(here.stack.data_dir)


@pytest.mark.parametrize(
    "at",
    [
        AT,
        AT_NS,
        "2024-08-08T00:00:30.5",
        "2024-08-08T02:00:30.5+02:00",
        np.datetime64(AT_NS, "ns"),
        np.array([AT_NS]),
        np.array([AT_NS // 1_000], "M8[us]"),
        pa.chunked_array([[AT_NS]]),
        pl.Series([AT]),
        pl.Series(["2024-08-08T00:00:30.5"]),
        pd.Series([pd.Timestamp(AT).tz_convert("America/New_York")]),
        pd.DatetimeIndex([AT]),
    ],
    ids=lambda at: type(at).__name__,
)
def test_moments_come_as_people_have_them(at: Any, store: FeatureStore) -> None:
    made = store.as_of(at, to="arrow", **ASKED).to_pylist()
    assert [row["moment"].value for row in made] == [AT_NS]
    assert made[0]["status"] == "known"


@pytest.mark.parametrize(
    ("at", "said", "index"),
    [
        ([AT, datetime(2024, 8, 8)], "moment 1 is 2024-08-08 00:00:00, which names no time zone", 1),
        (["2024-08-08", "nine"], "moment 1: 'nine' is no time", 1),
        ([AT_NS, AT_NS // 1_000_000], "multiply milliseconds", 1),
        ([AT_NS, None], "moment 1 is missing", 1),
        ([1.5], "of type double", None),
        ([AT, "2024-08-08"], "all of one kind", None),
    ],
)
def test_moments_that_are_none(at: Any, said: str, index: int | None, store: FeatureStore) -> None:
    with pytest.raises(BadMoment, match=said) as caught:
        store.as_of(at, **ASKED)
    assert caught.value.index == index


def test_moments_may_come_in_any_order_and_twice(store: FeatureStore) -> None:
    at = [AT_NS, AT_NS - 10**10, AT_NS, AT_NS - 10**12]
    made = store.as_of(at, to="polars", **ASKED)
    assert made["moment"].to_physical().to_list() == at
    assert made["status"].to_list() == ["known", "known", "known", "none"]
    assert made["origin_offset"][0] == made["origin_offset"][2] > made["origin_offset"][1]
    assert len(store.as_of([], **ASKED)) == 0


def test_forms_hold_the_same(store: FeatureStore) -> None:
    at = [AT_NS - 10**12, AT_NS]
    made = {to: store.as_of(at, to=to, **ASKED) for to in ("polars", "pandas", "arrow", "numpy")}
    close = made["arrow"].column("close")[1].as_py()
    assert made["polars"]["close"].to_list() == [None, close]
    assert made["pandas"]["close"][1] == made["numpy"]["close"][1] == close
    assert np.isnan(made["numpy"]["close"][0])
    assert np.isnat(made["numpy"]["known_ns"][0])
    assert str(made["pandas"].dtypes["origin_offset"]) == "Int64"
    offset = made["arrow"].column("origin_offset")[1].as_py()
    assert made["numpy"]["origin_offset"].tolist() == [None, offset] == made["polars"]["origin_offset"].to_list()
    exact = store.as_of(AT_NS, exact=True, to="polars", **ASKED)
    assert exact["close"][0] * 10.0 ** exact["price_exponent"][0] == pytest.approx(close, rel=1e-15)


def test_what_is_too_old_is_null_and_says_so(store: FeatureStore) -> None:
    known = store.as_of(AT_NS, to="arrow", **ASKED).to_pylist()[0]["known_ns"].value
    at = [known, known + 500_000_000]
    for age in ("1s", timedelta(milliseconds=500), 500_000_000):
        assert store.as_of(at, max_age=age, **ASKED)["status"].to_list() == ["known", "known"]
    made = store.as_of(at, max_age=499_999_999, to="arrow", **ASKED).to_pylist()
    assert [row["status"] for row in made] == ["known", "stale"]
    assert (made[1]["close"], made[1]["origin_offset"]) == (None, None)
    assert made[1]["known_ns"].value == known
    with pytest.raises(BadMoment, match="negative"):
        store.as_of(at, max_age=-1, **ASKED)


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"venue": None}, AmbiguousSeries, "binance 1 s, binance_usdm 1 s: name one"),
        ({"interval": None}, AmbiguousSeries, "binance 1 s, binance 5 s"),
        ({"instrument": "DOGE-USDT"}, NoFeatures, "no feature vectors of DOGE-USDT"),
        ({"venue": "okx"}, NoFeatures, "there are those of binance renko:0.02, binance tick:20, binance 1 s"),
        ({"to": "excel"}, FeatureStoreError, "choose polars"),
    ],
)
def test_questions_without_an_answer(
    changed: dict[str, Any], error: type[Exception], said: str, store: FeatureStore
) -> None:
    with pytest.raises(error, match=said):
        store.as_of(AT_NS, **{**ASKED, **changed})


def test_positions_and_ranges_that_are_none(store: FeatureStore, here: Landed) -> None:
    with pytest.raises(BadMoment, match="the two have no order"):
        store.as_of_offsets([5], partition=here.ticks[0].partition + 1, **ASKED)
    with pytest.raises(BadMoment, match="give offsets"):
        store.as_of_offsets([5.0], **ASKED)
    with pytest.raises(BadMoment, match="give an end behind"):
        store.range("2024-08-08T00:01", "2024-08-08", **ASKED)


def test_values_outside_their_declared_range_are_named() -> None:
    """The kernels make none: these are made here."""
    plain = {name: 1.0 for name in ("close", "rsi", "trade_imbalance", "spread_bps")}
    rows = [
        plain,
        {**plain, "rsi": 100.5, "trade_imbalance": -1.5},
        {**plain, "spread_bps": -3.0},
        {**plain, "spread_bps": float("nan"), "simple_return": float("inf")},
        {},
    ]
    table = pa.Table.from_pylist(rows, schema(False))
    columns = {name: table.column(name) for name in table.column_names}
    columns["adx_5"] = pa.chunked_array([pa.array([60.0, 61.0, None, 0.0, -1.0])])
    found = out_of_range(columns, {"adx_5": Range(0.0, 60.0)}).to_pylist()
    assert found == ["", "trade_imbalance rsi adx_5", "spread_bps", "simple_return spread_bps", "adx_5"]


def copied(stack: Stack, table: str, prefix: str, which: str = "1", changed: str = "") -> None:
    """Rows of the log under another prefix, in place of those that are there, with other values for some columns."""
    name = table.replace("_", ".")
    with clickhouse.client(stack.clickhouse_url) as client:
        client.command(f"DELETE FROM {table} WHERE topic = '{prefix}{name}'")
        rows = f"(SELECT * FROM {table} WHERE topic = '{PREFIX}{name}' AND {which})"
        client.command(f"INSERT INTO {table} SELECT * REPLACE ('{prefix}{name}' AS topic{changed}) FROM {rows}")


@pytest.mark.parametrize(("ticks", "causes"), [(1_500, 900), (900, 1_500)], ids=["features behind", "ticks behind"])
def test_while_the_audit_is_behind_what_is_settled_stays_and_the_rest_says_that_it_may_not(
    ticks: int, causes: int, here: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = f"half{ticks}."
    copied(here.stack, "market_ticks", prefix, f"offset < {ticks}")
    copied(here.stack, "market_features", prefix, f"origin_offset < {causes}")
    store = FeatureStore(here.stack.data_dir)
    at = [AT_NS + step * 250_000_000 for step in range(-120, 400)]
    offsets = list(range(0, 2_000, 7))
    later = store.as_of(at, **ASKED), store.as_of_offsets(offsets, **ASKED)
    monkeypatch.setenv("TAPEFLOW_TOPIC_PREFIX", prefix)
    early = store.as_of(at, **ASKED), store.as_of_offsets(offsets, **ASKED)
    for was, now in zip(early, later, strict=True):
        settled = was["settled"]
        assert 100 < settled.sum() < len(settled)
        # When a vector was known is not told before its tick has landed.
        columns = pl.exclude("settled", "known_ns")
        assert was.filter(settled).select(columns).equals(now.filter(settled).select(columns))
        assert not was.select(columns).equals(now.select(columns))


def test_vectors_without_their_ticks_tell_no_time(here: Landed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPEFLOW_TOPIC_PREFIX", "alone.")
    copied(here.stack, "market_features", "alone.")
    with pytest.raises(NoFeatures, match="have not landed in market_ticks"):
        FeatureStore(here.stack.data_dir).as_of(AT_NS, **ASKED)


def test_of_several_vectors_that_one_tick_made_the_last_counts(here: Landed, monkeypatch: pytest.MonkeyPatch) -> None:
    """One tick may end several bars of a series that time does not end. Here two intervals are made one series."""
    prefix = "several."
    monkeypatch.setenv("TAPEFLOW_TOPIC_PREFIX", prefix)
    copied(here.stack, "market_ticks", prefix)
    copied(here.stack, "market_features", prefix, changed=", toInt64(0) AS interval_ns, 'renko:25' AS series")
    store = FeatureStore(here.stack.data_dir)
    asked = {"instrument": "BTC-USDT", "venue": "binance", "series": "renko:25"}
    whole = store.range("2024-08-08", "2024-08-09", **asked)
    twice = whole.filter(pl.col("origin_index") > 0)
    assert 0 < len(twice) < len(whole)
    assert whole.select("origin_offset", "origin_index").rows() == sorted(
        set(whole.select("origin_offset", "origin_index").rows())
    )
    at = twice["origin_offset"].to_list()
    last = whole.group_by("origin_offset", maintain_order=True).last().filter(pl.col("origin_offset").is_in(at))
    made = store.as_of_offsets(sorted(set(at)), **asked)
    assert made["origin_index"].to_list() == last["origin_index"].to_list()
    assert min(made["origin_index"].to_list()) > 0
