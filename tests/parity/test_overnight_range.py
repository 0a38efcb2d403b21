"""overnight_range on recorded minutes: both engines agree, and an oracle says when it acts and by which prices."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
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
from flows.history import Session
from flows.indicators import atr
from flows.kernels.config import Fields
from flows.kernels.day_session import DaySession
from flows.kernels.stage import Stage
from tests.recordings import recording

from .live_bars import WEEK_DAYS
from .test_signals import strategy
from .twins import IDS, PARTITION, Twins, entry, records

MINUTE_NS = 60 * 10**9
NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"
BARS = 15_000


@cache
def vectors() -> Sequence[FeatureVector]:
    """Ten days of minutes; the touch stands a cent from the close."""
    plain: dict[str, Any] = {name: None for name in FeatureVector.__dataclass_fields__ if name != "SUBJECT"}
    plain["own"] = []
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


NEW_YORKS_DAYS = Session("09:30", "America/New_York", end="16:00")
NYSE = Session(
    "09:30",
    "America/New_York",
    end="16:00",
    days=WEEK_DAYS,
    closed=[date(2022, 1, 4)],
    early_ends={date(2022, 1, 3): "13:00", date(2022, 1, 7): "11:15"},
)
NYSE_TOLD: dict[str, Any] = {
    "days": WEEK_DAYS,
    "closed": ["2022-01-04"],
    "early_closes": ["2022-01-03 13:00", "2022-01-07 11:15"],
}


def expected(stop: float, target: float, period: int, session: Session) -> list[tuple[int, Side, int, int, int]]:
    """When, which side, stop, target, and when it is out."""
    columns = [np.array([float(getattr(one, name) or 0) for one in vectors()]) for name in ("high", "low", "close")]
    ranges = atr(*columns, timeperiod=period)
    starts, ends = session.spans(vectors()[0].close_ns, vectors()[-1].close_ns)
    found = []

    def session_of(bar: FeatureVector) -> int:
        """That which the bar belongs to, or to whose night."""
        return int(np.searchsorted(ends, bar.close_ns - MINUTE_NS, side="right"))

    for count, (place, group) in enumerate(groupby(enumerate(vectors()), lambda one: session_of(one[1]))):
        bars = list(group)
        start_ns, end_ns = int(starts[place]), int(ends[place])
        night = [bar for _, bar in bars if bar.close_ns - MINUTE_NS < start_ns]
        if count == 0 or not night:
            continue
        high, low = max(bar.high or 0 for bar in night), min(bar.low or 0 for bar in night)
        for at, bar in bars:
            goes_on = bar.close_ns - MINUTE_NS >= start_ns and bar.close_ns < end_ns
            if goes_on and not low <= bar.close <= high and not math.isnan(ranges[at]):
                sign, side = (1, Side.BUY) if bar.close > high else (-1, Side.SELL)
                price = bar.close + sign
                away = [sign * int(times * ranges[at]) for times in (stop, target)]
                found.append((bar.close_ns, side, price - away[0], price + away[1], end_ns))
                break
    return found


def terms(made: Sequence[Signal]) -> list[tuple[int, Side, int | None, int | None, int | None]]:
    return [(one.event_ns, one.side, one.stop_price, one.target_price, one.exit_ns) for one in made]


@pytest.mark.parametrize(("stop", "target", "period"), [(150, 300, 14), (80, 1000, 60)])
def test_it_breaks_out_of_each_night_once(stop: int, target: int, period: int) -> None:
    made = said(stop_atr_hundredths=stop, target_atr_hundredths=target, atr=period)
    assert terms(made) == expected(stop / 100, target / 100, period, NEW_YORKS_DAYS)
    assert len(made) >= 8
    assert {one.side for one in made} == {Side.BUY, Side.SELL}


def test_weekends_and_holidays_are_night_and_half_days_end_early() -> None:
    made = said(**NYSE_TOLD)
    assert terms(made) == expected(1.5, 3.0, 14, NYSE)
    ends = [datetime.fromtimestamp((one.exit_ns or 0) // 10**9, ZoneInfo("America/New_York")) for one in made]
    assert [f"{end:%d %H:%M}" for end in ends] == ["05 16:00", "07 11:15", "10 16:00"]
    # The holiday's prices are the night's, so that it breaks out later, if at all.
    assert made[0].event_ns not in {one.event_ns for one in said()}


HALF_DAY_NS = 1_709_856_000 * 10**9
"""Friday, 8 March 2024, UTC."""


def minute(clock: str, low: int, high: int, close: int, day: int = 0) -> FeatureVector:
    """The bar that begins then, that many days behind the half day."""
    hours, minutes = clock.split(":")
    start_ns = HALF_DAY_NS + ((day * 24 + int(hours)) * 60 + int(minutes)) * MINUTE_NS
    prices = {"high": high, "low": low, "close": close, "bid_price": close - 1, "ask_price": close + 1}
    return replace(vectors()[0], **prices, close_ns=start_ns + MINUTE_NS, receive_ns=start_ns + MINUTE_NS)


@pytest.mark.parametrize(
    ("early", "orders"),
    [
        # It breaks out a minute before the early close, is out at that, and Saturday's night holds what came behind it.
        (["2024-03-08 13:00"], [("12:59", Side.BUY, "13:00"), ("34:32", Side.BUY, "40:00")]),
        # The bar that ends as the session does opens nothing.
        (["2024-03-08 12:59"], [("34:32", Side.BUY, "40:00")]),
        (["2024-03-08 12:58"], [("34:32", Side.BUY, "40:00")]),
        # As on other days: Saturday's range is that of the evening, of which 1301 lies beyond.
        ([], [("12:59", Side.BUY, "16:00"), ("33:31", Side.BUY, "40:00")]),
    ],
)
def test_a_half_day_ends_at_its_minute_and_the_night_begins_with_it(
    early: list[str], orders: list[tuple[str, Side, str]]
) -> None:
    bars = [
        minute("15:59", 1000, 1010, 1005, day=-1),
        minute("16:00", 1000, 1100, 1050, day=-1),
        minute("12:57", 1050, 1090, 1080),
        minute("12:58", 1080, 1210, 1200),
        minute("13:00", 1200, 1310, 1300),
        minute("16:00", 1290, 1300, 1295),
        minute("09:30", 1290, 1305, 1301, day=1),
        minute("10:31", 1300, 1330, 1320, day=1),
    ]
    settings = {"parameters": {"atr": 1, **({"early_closes": early} if early else {})}}
    twins = Twins("signals", {"strategies": [strategy("range", "overnight_range", interval_ns=MINUTE_NS, **settings)]})
    tape = [
        entry("market.features", number, replace(bar, origin=Origin(PARTITION, number, 0)))
        for number, bar in enumerate(bars)
    ]
    made = [one for one in records(twins.feed_swapping(tape, {3, 6})) if isinstance(one, Signal)]

    def at_ns(clock: str) -> int:
        hours, minutes = clock.split(":")
        return HALF_DAY_NS + (int(hours) * 60 + int(minutes)) * MINUTE_NS

    told = [(one.event_ns, one.side, one.exit_ns) for one in made]
    assert told == [(at_ns(at), side, at_ns(out)) for at, side, out in orders]


def test_what_was_saved_without_half_days_goes_on_with_them() -> None:
    """From the night on, as if they had stood there from the beginning: no state tells of the calendar."""
    entries = [entry("market.features", number, vector) for number, vector in enumerate(vectors())]

    def twins(told: dict[str, Any]) -> Twins:
        parameters = {"timezone": NEW_YORK, **told}
        one = strategy("range", "overnight_range", interval_ns=MINUTE_NS, parameters=parameters)
        return Twins("signals", {"strategies": [one]})

    early = {"early_closes": ["2022-01-07 11:15"]}
    plain, changed, always = twins({}), twins(early), twins(early)
    plain.feed(entries[: BARS // 2])
    changed.restore(plain.snapshot())
    always.feed(entries[: BARS // 2])
    made = changed.feed(entries[BARS // 2 :])
    assert made == always.feed(entries[BARS // 2 :])
    assert made != plain.feed(entries[BARS // 2 :])


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


@pytest.mark.parametrize("kind", ["overnight_range", "market_making"])
@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"timezone": "America/New_York"}, "timezone: .* is no rule as EST5EDT"),
        ({"timezone": ""}, "timezone: .* is no rule as EST5EDT"),
        ({"open": "9:30"}, "open: is no time of the day"),
        ({"close": "24:00"}, "close: is no time of the day"),
        ({"open": "16:00"}, "open: is not before the close"),
        ({"days": []}, "days: name some of mon, tue"),
        ({"closed": ["2022-02-30"]}, "closed: 2022-02-30 is no date as 2026-12-25"),
        ({"early_closes": ["2022-01-06"]}, "early_closes: 2022-01-06: is no time of the day"),
        ({"early_closes": ["2022-01-06 16:00"]}, "2022-01-06 16:00: is not before the close of other days"),
        ({"early_closes": ["2022-01-06 09:30"]}, "2022-01-06 09:30: is not before the close of other days"),
        ({"early_closes": ["2022-01-06 13:00"] * 2}, "no session begins on that day, or it is named twice"),
        ({"early_closes": ["2022-01-06 13:00"], "closed": ["2022-01-06"]}, "no session begins on that day"),
        ({"early_closes": ["2022-01-08 13:00"], "days": WEEK_DAYS}, "no session begins on that day"),
        ({"early_closes": "2022-01-06 13:00"}, "one.*early_closes: (is not a list of texts|invalid type: string)"),
        ({"timezone": 5}, "one.*timezone: (is not a text|invalid type: integer)"),
        ({"holidays": []}, "holidays"),
    ],
)
def test_a_wrong_session_is_refused_by_both(kind: str, parameters: dict[str, Any], problem: str) -> None:
    needed = {"price_step": "0.01"} if kind == "market_making" else {}
    refused(strategy("one", kind, parameters={**needed, **parameters}), problem)


def test_a_wrong_period_is_refused_by_both() -> None:
    refused(strategy("range", "overnight_range", parameters={"atr": 0}), "need 1 <= atr <= 10000")


def refused(one: dict[str, Any], problem: str) -> None:
    config = {"strategies": [one]}
    with pytest.raises(StageConfigError, match=problem):
        Stage("signals", config, IDS, {})
    with pytest.raises(StageConfigError, match=problem):
        RustStage("signals", json.dumps(config), RustIds.embedded(), {})
