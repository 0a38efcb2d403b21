"""overnight_range on recorded minutes: both engines agree, and an oracle says when it acts and by which prices."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.records import FeatureVector, Origin, Side, Signal
from flows.errors import StageConfigError
from flows.indicators import atr
from flows.kernels.config import Fields
from flows.kernels.day_session import DaySession
from flows.kernels.stage import Stage
from tests.recordings import recording

from .test_signals import strategy
from .twins import IDS, PARTITION, Twins, entry, records

MINUTE_NS = 60 * 10**9
NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"
BARS = 15_000


@cache
def vectors() -> Sequence[FeatureVector]:
    """Ten days of minutes; the touch stands a cent from the close."""
    plain: dict[str, Any] = {name: None for name in FeatureVector.__dataclass_fields__ if name != "SUBJECT"}
    plain |= {"series": "", "depth_levels": 0, "configuration": ""}
    with gzip.open(recording("bars/btc-perp-20211231-20220201_1m.csv.gz"), "rb") as packed:
        rows = list(csv.DictReader(io.TextIOWrapper(packed)))[:BARS]
    made = []
    for number, row in enumerate(rows):
        start = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=timezone.utc)
        close_ns = int(start.timestamp()) * 10**9 + MINUTE_NS
        cents = {name: round(float(row[name]) * 100) for name in ("open", "high", "low", "close")}
        place = {"venue": "binance", "instrument": "BTC-USDT", "price_exponent": -2, "quantity_exponent": -3}
        times = {"interval_ns": MINUTE_NS, "close_ns": close_ns, "receive_ns": close_ns}
        touch = {"bid_price": cents["close"] - 1, "ask_price": cents["close"] + 1}
        made.append(
            FeatureVector(**{**plain, **place, **times, **cents, **touch, "origin": Origin(PARTITION, number, 0)})
        )
    return made


def said(**parameters: Any) -> list[Signal]:
    """In both engines, which hand their states over amid it."""
    one = strategy("range", "overnight_range", interval_ns=MINUTE_NS, parameters={"timezone": NEW_YORK, **parameters})
    twins = Twins("signals", {"strategies": [one]})
    entries = [entry("market.features", number, vector) for number, vector in enumerate(vectors())]
    half = len(entries) // 2
    made = twins.feed(entries[:half])
    twins.swap()
    made += twins.feed(entries[half:])
    return [one for one in records(made) if isinstance(one, Signal)]


def session_of(vector: FeatureVector) -> tuple[date, bool]:
    """The session that a bar belongs to, or to whose night; and whether that goes on."""
    zone = ZoneInfo("America/New_York")
    start = datetime.fromtimestamp((vector.close_ns - MINUTE_NS) // 10**9, zone)
    if start.time() >= time(16):
        return start.date() + timedelta(days=1), False
    return start.date(), start.time() >= time(9, 30)


def expected(stop: float, target: float, period: int) -> list[tuple[int, Side, int, int, int]]:
    """When, which side, stop, target, and when it is out."""
    columns = [np.array([float(getattr(one, name) or 0) for one in vectors()]) for name in ("high", "low", "close")]
    ranges = atr(*columns, timeperiod=period)
    found = []
    for number, (day, group) in enumerate(groupby(enumerate(vectors()), lambda one: session_of(one[1])[0])):
        bars = list(group)
        night = [bar for _, bar in bars if not session_of(bar)[1]]
        end = datetime.combine(day, time(16), ZoneInfo("America/New_York"))
        end_ns = int(end.timestamp()) * 10**9
        if number == 0 or not night:
            continue
        high, low = max(bar.high or 0 for bar in night), min(bar.low or 0 for bar in night)
        for at, bar in bars:
            breaks = session_of(bar)[1] and bar.close_ns < end_ns and not low <= bar.close <= high
            if breaks and not math.isnan(ranges[at]):
                sign, side = (1, Side.BUY) if bar.close > high else (-1, Side.SELL)
                price = bar.close + sign
                away = [sign * int(times * ranges[at]) for times in (stop, target)]
                found.append((bar.close_ns, side, price - away[0], price + away[1], end_ns))
                break
    return found


@pytest.mark.parametrize(("stop", "target", "period"), [(150, 300, 14), (80, 1000, 60)])
def test_it_breaks_out_of_each_night_once(stop: int, target: int, period: int) -> None:
    made = said(stop_atr_hundredths=stop, target_atr_hundredths=target, atr=period)
    told = [(one.event_ns, one.side, one.stop_price, one.target_price, one.exit_ns) for one in made]
    assert told == expected(stop / 100, target / 100, period)
    assert len(told) >= 8
    assert {one.side for one in made} == {Side.BUY, Side.SELL}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (NEW_YORK, "America/New_York"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berlin"),
        ("GMT0BST,M3.5.0/1,M10.5.0", "Europe/London"),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney"),
        ("JST-9", "Asia/Tokyo"),
        ("<+0530>-5:30", "Asia/Kolkata"),
    ],
)
def test_a_rule_says_what_its_zone_says(rule: str, name: str) -> None:
    """Today's rule, against the standard library's tables."""
    days, zone = DaySession(Fields({"timezone": rule, "open": "02:30", "close": "02:45"})), ZoneInfo(name)
    drawn = random.Random(5)
    for _ in range(2_000):
        at = datetime.fromtimestamp(drawn.randrange(1_300_000_000, 1_800_000_000), timezone.utc)
        day = at.astimezone(zone).date()
        ends = [int(datetime.combine(one, time(2, 45), zone).timestamp()) for one in (day, day + timedelta(days=1))]
        assert (
            days.of(int(at.timestamp()) * 10**9).close_ns == next(end for end in ends if end > at.timestamp()) * 10**9
        )


@pytest.mark.parametrize(
    "parameters",
    [
        {"timezone": "America/New_York"},
        {"timezone": ""},
        {"open": "9:30"},
        {"close": "24:00"},
        {"open": "16:00"},
        {"atr": 0},
    ],
)
def test_a_wrong_parameter_is_refused_by_both(parameters: dict[str, Any]) -> None:
    config = {"strategies": [strategy("range", "overnight_range", parameters=parameters)]}
    with pytest.raises(StageConfigError):
        Stage("signals", config, IDS, {})
    with pytest.raises(StageConfigError):
        RustStage("signals", json.dumps(config), RustIds.embedded(), {})
