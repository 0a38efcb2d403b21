"""Two batches, matched by origin: what is the same, near, different, missing, extra, or out of order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows._native import Batch
from flows.comparison.fields import Tolerance, differences, parse_tolerances
from flows.comparison.matching import Kind, Pair, match
from flows.comparison.side import SideFailed
from flows.contracts.codec import encode
from flows.contracts.records import FeatureVector, Origin, OwnFeature
from flows.contracts.registry import SchemaIds
from flows.running.flow_options import BadOption

_IDS = SchemaIds.embedded()
_EXACT = Tolerance()


def vector(offset: int, **values: Any) -> FeatureVector:
    plain: dict[str, Any] = {name: None for name in FeatureVector.__dataclass_fields__ if name != "SUBJECT"}
    plain["own"] = []
    known = {
        "origin": Origin(0, offset, 0),
        "venue": "binance",
        "instrument": "BTC-USDT",
        "price_exponent": -9,
        "quantity_exponent": -9,
        "interval_ns": 10**9,
        "close_ns": 10**18,
        "receive_ns": 10**18,
        "close": 60_000 * 10**9,
        "series": "",
        "depth_levels": 0,
        "configuration": "",
    }
    return FeatureVector(**{**plain, **known, **values})


def batch(*vectors: FeatureVector) -> Batch:
    outputs = [(one.origin.offset, encode(one, _IDS)) for one in vectors]
    return Batch.of([("market.features", 0, b"BTC-USDT", value, (0, offset, 0)) for offset, value in outputs])


def matched(one: Batch, other: Batch, tolerance: Tolerance = _EXACT) -> list[Pair]:
    return list(match(one, other, _IDS, tolerance))


def test_missing_and_extra() -> None:
    pairs = matched(batch(vector(1), vector(2), vector(4)), batch(vector(1), vector(3), vector(4)))
    assert [(pair.kind, pair.origin.offset) for pair in pairs] == [
        (Kind.SAME, 1),
        (Kind.MISSING, 2),
        (Kind.SAME, 4),
        (Kind.EXTRA, 3),
    ]
    assert pairs[1].baseline == vector(2)
    assert pairs[3].candidate == vector(3)


def test_reordered() -> None:
    pairs = matched(batch(vector(1), vector(2), vector(3)), batch(vector(2), vector(1), vector(3)))
    assert [pair.kind for pair in pairs] == [Kind.SAME, Kind.REORDERED, Kind.SAME]


def test_floats_may_be_near() -> None:
    one, other = vector(1, rsi=50.0), vector(1, rsi=50.0 * (1 + 1e-12))
    assert matched(batch(one), batch(other))[0].kind is Kind.NEAR
    far = vector(1, rsi=50.0 * (1 + 1e-9))
    (pair,) = matched(batch(one), batch(far))
    assert pair.kind is Kind.FIELD
    assert [(field.path, field.baseline) for field in pair.fields] == [("rsi", 50.0)]
    assert pair.fields[0].relative == pytest.approx(1e-9, rel=1e-3)
    assert matched(batch(one), batch(far), parse_tolerances(["rsi=1e-8"], 1e-10))[0].kind is Kind.NEAR
    assert matched(batch(one), batch(other), parse_tolerances(["FeatureVector.rsi=0"], 1e-10))[0].kind is Kind.FIELD


def test_money_must_be_equal() -> None:
    one, other = vector(1), vector(1, close=60_000 * 10**9 + 1)
    assert matched(batch(one), batch(other))[0].kind is Kind.FIELD
    # Said by name, even money may be left out.
    assert matched(batch(one), batch(other), parse_tolerances(["close=inf"], 1e-10))[0].kind is Kind.NEAR


def own(**values: float) -> list[OwnFeature]:
    return [OwnFeature(name, value) for name, value in values.items()]


def test_items_with_names_are_matched_by_them() -> None:
    """What one side lacks makes the later ones no different."""
    one, other = vector(1, own=own(adx=1.0, hist=2.0, slow=3.0)), vector(1, own=own(hist=2.0, slow=3.5, new=4.0))
    (pair,) = matched(batch(one), batch(other))
    assert [(field.path, field.baseline, field.candidate) for field in pair.fields] == [
        ("own[adx].value", 1.0, None),
        ("own[slow].value", 3.0, 3.5),
        ("own[new].value", None, 4.0),
    ]
    assert matched(batch(one), batch(other), parse_tolerances(["own=inf"], 1e-10))[0].kind is Kind.NEAR
    near = vector(1, own=own(adx=1.0, hist=2.0 * (1 + 1e-12), slow=3.0))
    assert matched(batch(one), batch(near))[0].kind is Kind.NEAR


def test_another_order_of_names_is_a_difference() -> None:
    one, other = vector(1, own=own(adx=1.0, hist=2.0)), vector(1, own=own(hist=2.0, adx=1.0))
    (pair,) = matched(batch(one), batch(other))
    told = [(field.path, field.baseline, field.candidate) for field in pair.fields]
    assert told == [("own[(order)]", "own[adx].value", "own[hist].value")]


def test_items_of_one_name_are_matched_by_index() -> None:
    twice = [OwnFeature("adx", 1.0), OwnFeature("adx", 2.0)]
    beyond, _ = differences(vector(1, own=twice), vector(1, own=[twice[0], OwnFeature("adx", 3.0)]), _EXACT)
    assert [(field.path, field.baseline, field.candidate) for field in beyond] == [("own[1].value", 2.0, 3.0)]


def test_settings_are_no_results() -> None:
    """Two configurations differ, and say so in every vector: what came of them is compared."""
    one, other = vector(1), vector(1, configuration='{"rsi":7}', depth_levels=10)
    assert matched(batch(one), batch(other))[0].kind is Kind.NEAR
    strictly = parse_tolerances(["configuration=0"], 1e-10)
    assert matched(batch(one), batch(other), strictly)[0].kind is Kind.FIELD


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(float("nan"), float("nan"), True), (0.0, -0.0, False), (None, 1.0, False), (float("inf"), 1e308, False)],
)
def test_floats_that_are_no_numbers(one: float | None, other: float | None, same: bool) -> None:
    beyond, any_at_all = differences(vector(1, rsi=one), vector(1, rsi=other), Tolerance(default=0.0))
    assert any_at_all is not same
    assert bool(beyond) is (not same and one != 0.0)


def test_a_record_of_another_version() -> None:
    """A schema id that this version does not know."""
    strange = b"\0\0\0\xff\xff" + encode(replace(vector(1)), _IDS)[5:]
    other = Batch.of([("market.features", 0, b"BTC-USDT", strange, (0, 1, 0))])
    with pytest.raises(SideFailed, match=r"the candidate wrote a record that this version cannot read .*id 65535"):
        matched(batch(vector(1)), other)


def test_what_is_no_tolerance() -> None:
    with pytest.raises(BadOption, match="rsi=narrow is not of the form FIELD=NUMBER"):
        parse_tolerances(["rsi=narrow"], 1e-10)
