"""Live bars by sessions, and without gaps: both twins make the bars that the recorded ticks have by `flows.history`,
whose sessions know a zone by its name where these have its rule."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import Record
from flows.errors import StageConfigError
from flows.history import Session, aggregate_ticks
from flows.kernels.stage import Stage
from tests.history.recorded_bars import EUR_USD, columns, minutes, rows
from tests.recordings import recording

from .live_bars import FX, GLOBEX, HOUR, WEEK_DAYS, WEEK_NIGHTS, live, same
from .plain_ticks import heartbeat, quote, trade
from .streams import SECOND
from .twins import IDS


def test_quotes_over_a_weekend() -> None:
    # Friday until New York's close, Sunday from there on, and Monday, of which a quarter says the same.
    parts = [(day, rows("fx/oanda/tick/eurusd", day, "quote")) for day in ("20140502", "20140504", "20140505")]
    chosen = [parts[0][1][-1_000:], parts[1][1], parts[2][1][::4]]
    days = [columns(table, day, ["bid", "ask"], [1, 2], EUR_USD) for (day, _), table in zip(parts, chosen, strict=True)]
    ticks = {name: np.concatenate([one[name] for one in days]) for name in days[0]}
    ticks["mid"] = (ticks["bid"] + ticks["ask"]) // 2
    end_ns = int(ticks["time"][-1]) + HOUR
    told = zip(*(ticks[name].tolist() for name in ("time", "bid", "ask")), strict=True)
    tape: list[Record] = [quote(*one) for one in told]
    wanted = {
        "time:1d:fx@bid": ("1d", "bid", "empty"),
        "time:60s:fx:filled@ask": ("1m", "ask", "filled"),
        "time:7m:fx@mid": ("7m", "mid", "empty"),
        "time:30s:filled@bid": ("30s", "bid", "filled"),
    }
    series = [{"name": name} for name in wanted]
    made = live(
        {"sessions": [{**FX, "days": WEEK_NIGHTS}], "series": series, "lateness_ns": 0}, [*tape, heartbeat(end_ns)]
    )
    session = Session("17:00", "America/New_York", days=WEEK_NIGHTS)
    for name, (timeframe, price, gaps) in wanted.items():
        expected = aggregate_ticks(
            ticks, timeframe, price=price, session=session if "fx" in name else None, gaps=gaps, until=end_ns
        )
        assert same(made[name], expected), name
    # Friday's session, and that which begins on Sunday; the minutes of the second have no gap.
    assert len(made["time:1d:fx@bid"]) == 2
    assert sum(bar.first_offset == bar.origin.offset for bar in made["time:60s:fx:filled@ask"]) > 10


def test_trades_of_futures_a_holiday_and_a_half_day() -> None:
    bars = minutes(recording("bars/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"))
    time, price, volume = (
        bars[name][:12_000].astype(np.int64) if scale is None else np.rint(bars[name][:12_000] * scale).astype(np.int64)
        for name, scale in (("time", None), ("close", 100_000), ("volume", 1))
    )
    # A minute's trade at its end, which at a session's close is outside of it.
    tape: list[Record] = [trade(*one) for one in zip(time.tolist(), price.tolist(), volume.tolist(), strict=True)]
    closed, half = "2024-01-09", "2024-01-10"
    sessions = [{**GLOBEX, "days": WEEK_NIGHTS, "closed": [closed], "early_closes": [f"{half} 12:00"]}]
    series = [{"name": "time:1d:globex"}, {"name": "time:1h:globex:filled"}]
    end_ns = int(time[-1]) + 30 * HOUR
    made = live({"sessions": sessions, "series": series}, [*tape, heartbeat(end_ns + SECOND)])
    session = Session(
        "17:00",
        "America/Chicago",
        end="16:00",
        days=WEEK_NIGHTS,
        closed=[date.fromisoformat(closed)],
        early_ends={date.fromisoformat(half): "12:00"},
    )
    inside = np.zeros(len(price), bool)
    for start, end in zip(*session.spans(int(time[0]), int(time[-1])), strict=True):
        inside |= (time >= start) & (time < end)
    assert 0 < (~inside).sum() < len(price) // 5
    ticks = {"time": time[inside], "price": price[inside], "volume": volume[inside]}
    for name, timeframe, gaps in (("time:1d:globex", "1d", "empty"), ("time:1h:globex:filled", "1h", "filled")):
        expected = aggregate_ticks(ticks, timeframe, session=session, gaps=gaps, sums=["volume"], until=end_ns)
        assert same(made[name], expected, "volume"), name
    lengths = {(bar.close_ns - bar.open_ns) // HOUR for bar in made["time:1d:globex"]}
    assert lengths == {23, 19}


def test_a_half_day_is_over_when_it_closes_and_the_next_opens_as_ever() -> None:
    # A Friday, 9:30 to 13:00 in New York; then Monday's first hour.
    friday_ns = 1_709_856_000 * SECOND
    hours = [14.75, 17.9, 18, 18.1, 20.5, 72 + 13.6]
    tape: list[Record] = [trade(friday_ns + int(hour * HOUR), 100 + place, 1) for place, hour in enumerate(hours)]
    nyse = {"name": "nyse", "timezone": FX["timezone"], "open": "09:30", "close": "16:00", "days": WEEK_DAYS}
    sessions = [{**nyse, "early_closes": ["2024-03-08 13:00"]}]
    series = [{"name": "time:1h:nyse"}]
    made = live({"sessions": sessions, "series": series}, [*tape, heartbeat(friday_ns + 96 * HOUR)])["time:1h:nyse"]
    assert [(bar.close, (bar.close_ns - friday_ns) / HOUR) for bar in made] == [(100, 15.5), (101, 18), (105, 86.5)]


def test_a_day_has_as_many_hours_as_its_clocks_say() -> None:
    # New York's clocks go forward on 10 March 2024.
    friday_ns = 1_709_856_000 * SECOND
    tape: list[Record] = [trade(friday_ns + hour * HOUR, 100 + hour, 1) for hour in range(5 * 24)]
    made = live({"sessions": [FX], "series": [{"name": "time:1d:fx"}]}, tape)
    assert [(bar.close_ns - bar.open_ns) // HOUR for bar in made["time:1d:fx"]] == [24, 24, 23, 24, 24]


def test_a_late_trade_opens_the_next_bar_that_is_not_over() -> None:
    # Of the session that closed an hour ago: its bar cannot be opened again.
    session_end_ns = 1_709_856_000 * SECOND + 22 * HOUR
    late = trade(session_end_ns - HOUR, 90, 2)
    beats: list[Record] = [heartbeat(session_end_ns + HOUR), late, heartbeat(session_end_ns + 80 * HOUR)]
    sessions = [{**FX, "days": WEEK_NIGHTS}]
    made = live({"sessions": sessions, "series": [{"name": "time:1d:fx"}]}, [trade(late.event_ns, 100, 1), *beats])
    first, second = made["time:1d:fx"]
    assert (first.close_ns, first.close, first.volume, first.late_count) == (session_end_ns, 100, 1, 0)
    # It is Friday: the next session begins on Sunday.
    assert (second.open_ns, second.close, second.volume, second.late_count) == (session_end_ns + 47 * HOUR, 90, 2, 1)


def test_a_hole_of_more_than_a_day_of_seconds_stays_empty() -> None:
    start_ns = 1_709_856_000 * SECOND
    hole = [
        trade(start_ns, 100, 1),
        trade(start_ns + 86_402 * SECOND, 101, 1),
        trade(start_ns + 86_405 * SECOND, 102, 1),
    ]
    made = live({"series": [{"name": "time:1s:filled"}]}, [*hole, heartbeat(start_ns + 86_407 * SECOND)])
    seconds = [(bar.open_ns - start_ns) // SECOND for bar in made["time:1s:filled"]]
    assert seconds == [0, 86_402, 86_403, 86_404, 86_405]
    assert [bar.close for bar in made["time:1s:filled"]] == [100, 101, 101, 101, 102]


@pytest.mark.parametrize(
    ("changes", "name", "problem"),
    [
        ({}, "time:60s", "time bars of trades stand in intervals_ns"),
        ({}, "time:60s:lse", "no sessions have the name lse"),
        ({}, "time:60s:fx:full", "what follows the sessions is not filled"),
        ({}, "time:2d:fx", "bars by sessions are no longer than a day"),
        ({"name": "filled"}, "time:60s:fx", "is no name of small letters"),
        ({"timezone": "America/New_York"}, "time:60s:fx", "is no rule as EST5EDT"),
        ({"open": "5 pm"}, "time:60s:fx", "is no time of the day"),
        ({"days": ["weekdays"]}, "time:60s:fx", "name some of mon, tue"),
        ({"closed": ["2024-02-30"]}, "time:60s:fx", "is no date as 2026-12-25"),
        ({"early_closes": ["2024-02-30 12:00"]}, "time:60s:fx", "early_closes: 2024-02-30 is no date as 2026-12-25"),
        ({"early_closes": ["2024-02-29"]}, "time:60s:fx", "2024-02-29: is no time of the day"),
        ({"early_closes": ["2024-02-29 17:00"]}, "time:60s:fx", "is not before the close of other days"),
        ({"early_closes": ["2024-02-29 12:00"] * 2}, "time:60s:fx", "no session begins on that day, or it is named"),
        ({"early_closes": ["2024-03-02 12:00"], "days": ["mon"]}, "time:60s:fx", "no session begins on that day"),
        ({"closed": "2024-02-29"}, "time:60s:fx", r"sessions\.closed: (is not a list of texts|invalid type: string)"),
        ({"holidays": []}, "time:60s:fx", "sessions.*holidays"),
        *(({key: None}, "time:60s:fx", rf"sessions\.{key}: is missing") for key in ("name", "open", "early_closes")),
    ],
)
def test_a_wrong_setting_is_refused_by_both(changes: dict[str, Any], name: str, problem: str) -> None:
    refused({"sessions": [{**FX, **changes}], "series": [{"name": name}]}, problem)


@pytest.mark.parametrize("end", ["open", "close"])
def test_sessions_must_say_when_they_begin_and_end(end: str) -> None:
    entry = {key: value for key, value in FX.items() if key != end}
    refused({"sessions": [entry]}, rf"sessions\.{end}: is missing")


def refused(config: dict[str, Any], problem: str) -> None:
    with pytest.raises(StageConfigError, match=problem):
        Stage("bars", config, IDS, {})
    with pytest.raises(StageConfigError, match=problem):
        RustStage("bars", json.dumps(config), RustIds.embedded(), {})
