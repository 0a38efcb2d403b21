"""What `aggregate_bars` does with each form of bars, with sessions, and with bars that are wrong."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flows.history import BadBars, ListedSessions, Session, aggregate_bars, aggregate_ticks

MINUTE_NS = 60_000_000_000
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
NINE_NS = int(NINE.timestamp()) * 1_000_000_000
ENGINES = ["rust", "python"]
FOREX = Session("17:00", "America/New_York", days=("sun", "mon", "tue", "wed", "thu"))


def bars(count: int = 10, **changed: Any) -> dict[str, Any]:
    """Minutes from nine o'clock on, each a dollar up."""
    steps = np.arange(count)
    made = {
        "time": NINE_NS + steps * MINUTE_NS,
        "open": steps + 100.0,
        "high": steps + 102.0,
        "low": steps + 99.0,
        "close": steps + 101.0,
        "volume": steps + 1,
    }
    return made | {name: np.array(values) for name, values in changed.items()}


def with_price(row: int, **prices: float) -> dict[str, Any]:
    made = bars()
    for name, price in prices.items():
        made[name][row] = price
    return made


def times_of(made: dict[str, Any]) -> list[str]:
    return [str(time)[:16] for time in made["time"].view("M8[ns]")]


@pytest.mark.parametrize("engine", ENGINES)
def test_five_minutes(engine: Any) -> None:
    made = aggregate_bars(bars(), "5m", engine=engine)
    assert {name: values.tolist() for name, values in made.items()} == {
        "time": [NINE_NS, NINE_NS + 5 * MINUTE_NS],
        "open": [100, 105],
        "high": [106, 111],
        "low": [99, 104],
        "close": [105, 110],
        "volume": [15, 40],
    }


def forms() -> dict[str, Any]:
    columns = bars(12)
    times = columns["time"].view("M8[ns]")
    structured = np.empty(12, [(name, values.dtype) for name, values in columns.items()])
    for name, values in columns.items():
        structured[name] = values
    zoned = pd.Series(times).dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    stamped = columns | {"time": times}
    return {
        "structured": structured,
        "mapping": columns,
        "arrow": pa.table(stamped),
        "arrow with a zone": pa.table(columns | {"time": pa.array(times, pa.timestamp("ns", "Asia/Tokyo"))}),
        "polars": pl.DataFrame(stamped),
        "polars with a zone": pl.DataFrame(stamped).with_columns(
            pl.col("time").dt.cast_time_unit("ms").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo")
        ),
        "pandas": pd.DataFrame(stamped),
        "pandas with a zone": pd.DataFrame(columns | {"time": zoned}),
        "pandas by index": pd.DataFrame(columns).set_index(pd.DatetimeIndex(zoned)).drop(columns="time"),
    }


@pytest.mark.parametrize("form", list(forms()))
def test_the_same_form_comes_out(form: str) -> None:
    given = forms()[form]
    made = aggregate_bars(given, "5m", partial=True)
    assert type(made) is type(given)
    column = made.index if form == "pandas by index" else made["time"]
    times = pa.chunked_array([pa.array(column)]).cast(pa.timestamp("ns")).to_numpy().astype(np.int64)
    assert times.tolist() == [NINE_NS + place * 5 * MINUTE_NS for place in range(3)]
    assert np.asarray(made["close"]).tolist() == [105, 110, 112]
    assert np.asarray(made["volume"]).tolist() == [15, 40, 23]
    if form.startswith("polars") or form.startswith("arrow"):
        assert made.schema == given.schema
    else:
        assert str(getattr(made, "dtypes", None)) == str(getattr(given, "dtypes", None))


def test_columns_keep_their_names_and_order() -> None:
    frame = pd.DataFrame(bars()).rename(columns=str.capitalize)[["Close", "Volume", "Time", "Low", "High", "Open"]]
    made = aggregate_bars(frame, timedelta(minutes=5))
    assert list(made.columns) == list(frame.columns)
    assert made["Close"].tolist() == [105, 110]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_bar_is_over_by_its_rows_or_by_until(engine: Any) -> None:
    seven = bars(7)
    assert len(aggregate_bars(seven, "5m", engine=engine)["time"]) == 1
    assert len(aggregate_bars(seven, "5m", engine=engine, partial=True)["time"]) == 2
    assert len(aggregate_bars(seven, "5m", engine=engine, until="2026-03-02T09:10")["time"]) == 2
    assert len(aggregate_bars(seven, "5m", engine=engine, until=NINE + timedelta(minutes=9))["time"]) == 1
    filled = aggregate_bars(seven, "5m", engine=engine, until="2026-03-02T09:21", gaps="filled")
    assert filled["close"].tolist() == [105, 107, 107, 107]
    assert filled["volume"].tolist() == [15, 13, 0, 0]


@pytest.mark.parametrize("engine", ENGINES)
def test_days_of_a_session_follow_the_clocks_of_its_zone(engine: Any) -> None:
    """New York springs forward on 8 March 2026: from then on its sessions begin an hour earlier in UTC."""
    hours = np.arange(24 * 5 - 1)
    start = np.datetime64("2026-03-05T22:00", "ns")
    flat = np.ones(len(hours))
    table = {"time": start + hours * np.timedelta64(1, "h"), **dict.fromkeys(("open", "high", "low", "close"), flat)}
    open_hours = (table["time"] < np.datetime64("2026-03-06T22:00")) | (
        table["time"] >= np.datetime64("2026-03-08T21:00")
    )
    traded = {name: values[open_hours] for name, values in table.items()}
    made = aggregate_bars(traded, "1d", session=FOREX, interval="1h", engine=engine, partial=True)
    assert times_of(made) == ["2026-03-05T22:00", "2026-03-08T21:00", "2026-03-09T21:00"]
    four = aggregate_bars(traded, "4h", session=FOREX, engine=engine)
    assert times_of(four)[5:8] == ["2026-03-06T18:00", "2026-03-08T21:00", "2026-03-09T01:00"]
    midnights = Session("00:00", "America/New_York")
    days = aggregate_bars(table | {"volume": flat}, "1d", session=midnights, interval="1h", engine=engine)
    assert days["volume"].tolist() == [7, 24, 24, 23, 24], "23 hours of the day that the clocks cut short"


@pytest.mark.parametrize("engine", ENGINES)
def test_no_bar_spans_two_sessions(engine: Any) -> None:
    """Seven minutes do not divide a session: its last bar is shorter."""
    halves = ListedSessions(
        [(NINE, NINE + timedelta(minutes=10)), (NINE + timedelta(minutes=10), NINE + timedelta(minutes=30))]
    )
    made = aggregate_bars(bars(24), "7m", session=halves, engine=engine)
    assert times_of(made) == [f"2026-03-02T09:{minute:02}" for minute in (0, 7, 10, 17)]
    assert made["volume"].tolist() == [28, 27, 98, 147]


def test_a_holiday_has_no_session() -> None:
    session = Session("09:00", end="17:00", closed={date(2026, 3, 2)})
    with pytest.raises(BadBars, match="no session then") as caught:
        aggregate_bars(bars(), "5m", session=session)
    assert (caught.value.rule, caught.value.index) == ("OUTSIDE_SESSION", 0)


def test_a_half_day_ends_early() -> None:
    week = ("mon", "tue", "wed", "thu", "fri")
    session = Session("09:00", end="17:00", days=week, early_ends={date(2026, 3, 2): "09:30"})
    with pytest.raises(BadBars, match="no session then") as caught:
        aggregate_bars(bars(40), "5m", session=session)
    assert caught.value.index == 30
    assert aggregate_bars(bars(30), "1d", session=session)["time"].tolist() == [NINE_NS]
    assert pickle.loads(pickle.dumps(session)) == session, "it goes to other processes"
    for day, end in ((date(2026, 3, 2), "17:00"), (date(2026, 3, 1), "13:00")):
        with pytest.raises(BadBars, match=f"early_ends {day}: "):
            Session("09:00", end="17:00", days=week, early_ends={day: end})


@pytest.mark.parametrize("engine", ENGINES)
def test_ticks(engine: Any) -> None:
    ticks = {"time": NINE_NS + np.array([0, 0, 59, 60, 200]) * 1_000_000_000, "price": np.array([5, 7, 6, -1, 0])}
    ticks["quantity"] = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    made = aggregate_ticks(ticks, "1m", sums=["quantity"], partial=True, engine=engine)
    assert {name: values.tolist() for name, values in made.items()} == {
        "time": [NINE_NS, NINE_NS + MINUTE_NS, NINE_NS + 3 * MINUTE_NS],
        "open": [5, -1, 0],
        "high": [7, -1, 0],
        "low": [5, -1, 0],
        "close": [6, -1, 0],
        "quantity": [6, 4, 5],
    }
    assert len(aggregate_ticks(ticks, "1m", engine=engine)["time"]) == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_zero_and_negative_prices_are_prices(engine: Any) -> None:
    """Oil on 20 April 2020, and any calendar spread."""
    prices = np.array([10.01, 0.0, -37.63, -40.32, -13.1])
    table = bars(5) | dict.fromkeys(("open", "high", "low", "close"), prices)
    made = aggregate_bars(table, "5m", engine=engine)
    assert [made[name][0] for name in ("open", "high", "low", "close")] == [10.01, 10.01, -40.32, -13.1]


WRONG = {
    "not sorted": (bars(2, time=[NINE_NS, NINE_NS - MINUTE_NS]), {}, "TIME_ORDER", 1),
    "twice": (bars(3, time=[NINE_NS, NINE_NS + MINUTE_NS, NINE_NS + MINUTE_NS]), {}, "TIME_ORDER", 2),
    "alone": (bars(1), {}, "INTERVAL_UNKNOWN", None),
    "no multiple": (bars(3, time=NINE_NS + np.arange(3) * 2 * MINUTE_NS), {}, "NOT_DIVIDED", None),
    "mixed": (bars(3, time=NINE_NS + np.array([0, 60, 150]) * 1_000_000_000), {}, "MIXED_INTERVALS", 2),
    "askew": (bars(3, time=NINE_NS + np.array([30, 90, 150]) * 1_000_000_000), {}, "MISALIGNED", 0),
    "not yet": (bars(), {"until": NINE + timedelta(minutes=3)}, "AFTER_END", 3),
    "NaN": (with_price(4, close=np.nan), {}, "NOT_FINITE", 4),
    "infinite": (with_price(4, high=np.inf), {}, "NOT_FINITE", 4),
    "upside down": (with_price(6, high=1.0), {}, "HIGH_BELOW_LOW", 6),
    "outside": (with_price(7, close=500.0), {}, "OUTSIDE_RANGE", 7),
    "negative volume": (with_price(3, volume=-1), {}, "NEGATIVE", 3),
    "too large": (with_price(3, volume=2**63 - 2), {}, "OVERFLOW", 3),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", list(WRONG))
def test_wrong_bars_are_told_by_row(name: str, engine: Any) -> None:
    table, terms, rule, index = WRONG[name]
    with pytest.raises(BadBars) as caught:
        aggregate_bars(table, "5m", engine=engine, **terms)
    assert (caught.value.rule, caught.value.index) == (rule, index)
    if index is not None:
        assert str(caught.value).startswith(f"row {index} (2026-03-02T")


@pytest.mark.parametrize(
    ("table", "terms", "said"),
    [
        (bars(), {"timeframe": "5x"}, "no timeframe"),
        (bars(), {"timeframe": "2d"}, "up to a day"),
        (bars(), {"timeframe": 0}, "no timeframe"),
        (bars() | {"vwap": np.ones(10)}, {}, "no rule for vwap"),
        (bars() | {"volume": np.ones(9)}, {}, "differ in length"),
        ({"price": np.ones(2)}, {}, "no column of times"),
        (bars() | {"open": np.array(["1"] * 10)}, {}, "give int64 or float64"),
        (bars() | {"open": np.ma.masked_array(np.ones(10))}, {}, "compressed"),
        (bars(time=np.arange(10) * 60_000), {}, "multiply milliseconds"),
        (bars(time=["2026-01-01"] * 10), {}, "give datetime64"),
        (bars(time=np.array(["NaT"] * 10, "M8[s]")), {}, "row 0: time is missing"),
        (bars(time=np.array(["9999-01-01"] * 10, "M8[s]")), {}, "between 1678 and 2261"),
        (pl.DataFrame({**bars(2), "open": [1.0, None]}), {}, "row 1: open is missing"),
        (pa.table({**bars(2), "open": pa.array([None, 1.0])}), {}, "row 0: open is missing"),
        (pd.DataFrame({**bars(2), "open": [1, "?"]}), {}, "of type"),
        ([1, 2], {}, "list holds no bars"),
        (bars(), {"engine": "julia"}, "choose one of rust, python"),
        (bars(), {"gaps": "linear"}, "choose one of empty, filled"),
        (bars(), {"until": datetime(2026, 3, 2)}, "names no time zone"),
        (bars(), {"gaps": "filled", "timeframe": "1m", "until": "2200-01-01"}, "more than 50,000,000 bars"),
    ],
)
def test_terms_that_cannot_be(table: Any, terms: dict[str, Any], said: str) -> None:
    timeframe = terms.pop("timeframe", "5m")
    with pytest.raises(BadBars, match=said):
        aggregate_bars(table, timeframe, **terms)


@pytest.mark.parametrize(
    "terms",
    [
        {"start": "25:00"},
        {"start": "17:00", "timezone": "Mars/Olympus"},
        {"start": "17:00", "days": ("sunday",)},
        {"start": "17:00", "end": "soon"},
    ],
)
def test_sessions_that_cannot_be(terms: dict[str, Any]) -> None:
    with pytest.raises(BadBars):
        Session(**terms)


def test_no_bars_make_none() -> None:
    for engine in ENGINES:
        made = aggregate_bars(bars(0), "5m", engine=engine)  # type: ignore[arg-type]
        assert [len(values) for values in made.values()] == [0] * 6
        assert made["volume"].dtype == np.int64
