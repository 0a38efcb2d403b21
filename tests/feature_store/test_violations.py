"""What breaks a rule stands in the log and in ClickHouse: what an engine makes of the same ticks, once."""

from __future__ import annotations

from collections import Counter

from flows.contracts.codec import decode
from flows.contracts.records import FeatureViolation
from flows.engine import TradingEngine
from flows.feature_store import FeatureStore
from tests.feature_store.conftest import IDS, Landed, vector_of


def test_the_log_has_what_an_engine_says(here: Landed) -> None:
    engine = TradingEngine(here.config)
    made: list[FeatureViolation] = []
    for one in here.ticks:
        made += engine.execute_tick(one.value, partition=one.partition, offset=one.offset).records(FeatureViolation)
    assert made == [decode(one.value, IDS) for one in here.violations]


def test_each_is_of_a_vector_that_breaks_the_rule(here: Landed) -> None:
    """Worked out from the vectors as they stand in the log; quotes and bars are never old there."""
    said = [decode(one.value, IDS) for one in here.violations]
    assert all(isinstance(one, FeatureViolation) for one in said)
    outside = [
        (vector.origin.partition, vector.origin.offset, vector.interval_ns, vector.series, vector.trade_imbalance)
        for vector in map(vector_of, here.vectors)
        if vector.trade_imbalance is not None and abs(vector.trade_imbalance) > 0.9
    ]
    assert len(outside) > 10
    assert outside == [
        (one.origin.partition, one.origin.offset, one.interval_ns, one.series, one.value)
        for one in said
        if one.feature == "trade_imbalance"
    ]


def test_they_land_and_are_counted(here: Landed) -> None:
    said = [decode(one.value, IDS) for one in here.violations]
    for instrument in ("BTC-USDT", "ETH-USDT"):
        expected = Counter(
            (one.venue, one.interval_ns, one.series, one.feature, one.rule.value)
            for one in said
            if one.instrument == instrument
        )
        rows = FeatureStore(here.stack.data_dir).violations(instrument).to_pylist()
        found = {
            (row["venue"], int(row["interval_ns"]), row["series"], row["feature"], row["rule"]): row["vectors"]
            for row in rows
        }
        assert found == expected
        assert all(row["limit"] is not None and row["first"] <= row["last"] for row in rows)
