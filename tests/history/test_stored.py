"""Bars are imported into the embedded ClickHouse, as often as one likes, and read back by range."""

from __future__ import annotations

import gzip
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet
import pytest

from flows.connectors import bar_table, clickhouse
from flows.history import BadBars, BarCache, History, NoBars, aggregate_bars, import_bars
from flows.history.bar_file import BadBarFile, FileTerms
from flows.stack import Stack
from tests.recordings import recording

from .recorded_bars import minutes, part, same
from .test_oracles import GLOBEX

CLOSE = FileTerms(is_close=True)
ROWS = """time,open,high,low,close,volume
2026-03-02 09:00,100.1,102,99.5,101,3
2026-03-02 09:01,101,103.25,100,103,1.5
2026-03-02 09:02,103,103,-37.5,-1e1,0
"""


def written(folder: Path, text: str = ROWS, name: str = "bars.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def rows_of(stack: Stack, sql: str) -> list[tuple[Any, ...]]:
    with clickhouse.client(stack.settings.clickhouse_url) as client:
        return [tuple(row) for row in client.query(sql).result_rows]


def test_a_recorded_month_comes_back_as_it_was(clickhouse_alone: Stack) -> None:
    """Imported once and read in pieces: the same as the file aggregated in memory, to the bit."""
    path = recording("bars/6EH4.XCME_1min_bars_20240101_20240131.csv.gz")
    done = import_bars(path, venue="cme", instrument="6EH4", terms=CLOSE, data_dir=clickhouse_alone.data_dir)
    assert (done.rows, done.new_rows, done.interval_ns) == (29_996, 29_996, 60_000_000_000)
    history = History(clickhouse_alone.data_dir)
    bars = minutes(path)
    opens = bars | {"time": bars["time"] - np.timedelta64(60, "s")}
    for timeframe in ("1m", "5m", "4h", "1d"):
        terms: dict[str, Any] = {"session": GLOBEX, "gaps": "filled", "partial": True}
        made = history.bars("6EH4", timeframe, "2024-01-01", "2024-03-01", to="numpy", **terms)
        assert same(made, aggregate_bars(opens, timeframe, **terms))
    # A range that begins and ends amid buckets: those that begin in it, each whole.
    week = history.bars("6EH4", "1h", "2024-01-08T00:30", "2024-01-09T10:30", session=GLOBEX, to="numpy")
    whole = aggregate_bars(opens, "1h", session=GLOBEX)
    first, end = np.searchsorted(whole["time"], [np.datetime64("2024-01-08T00:30"), np.datetime64("2024-01-09T10:30")])
    assert same(week, part(whole, first, end))


def test_an_import_twice_changes_nothing_and_a_correction_counts(clickhouse_alone: Stack, tmp_path: Path) -> None:
    terms: dict[str, Any] = {"venue": "here", "instrument": "TWICE", "data_dir": clickhouse_alone.data_dir}
    history = History(clickhouse_alone.data_dir)
    assert import_bars(written(tmp_path), **terms).new_rows == 3
    before = history.bars("TWICE", "1m", "2026-03-02", "2026-03-03", to="numpy")
    assert import_bars(written(tmp_path), **terms).new_rows == 0
    assert same(history.bars("TWICE", "1m", "2026-03-02", "2026-03-03", to="numpy"), before)
    corrected = "".join(ROWS.splitlines(keepends=True)[:2]).replace(",101,3", ",101.5,7")
    with pytest.raises(BadBarFile, match="fewer than two bars"):
        import_bars(written(tmp_path, corrected), **terms)
    head, first, _, third = ROWS.splitlines(keepends=True)
    with pytest.raises(BadBarFile, match="rows lie 120 s apart, and of that time bars of 60 s are stored"):
        import_bars(written(tmp_path, head + first + third), **terms)
    one = replace(FileTerms(), interval_ns=60_000_000_000)
    assert import_bars(written(tmp_path, corrected), terms=one, **terms).new_rows == 0
    made = history.bars("TWICE", "1m", "2026-03-02", "2026-03-03", to="numpy")
    assert made["close"].tolist() == [101.5, 103, -10]
    assert made["volume"].tolist() == [7, 1.5, 0]
    stored = rows_of(clickhouse_alone, "SELECT high, low FROM history_bars FINAL WHERE instrument = 'TWICE' LIMIT 1")
    assert stored == [(Decimal("102"), Decimal("99.5"))]


def test_results_are_kept_until_newer_bars_come(clickhouse_alone: Stack, tmp_path: Path) -> None:
    terms: dict[str, Any] = {"venue": "here", "instrument": "KEPT", "data_dir": clickhouse_alone.data_dir}
    import_bars(written(tmp_path), **terms)
    cache = BarCache(1 << 20)
    history = History(clickhouse_alone.data_dir, cache=cache)
    asked = ("KEPT", "1m", "2026-03-02", "2026-03-03")
    first = history.bars(*asked)
    assert history.bars(*asked).equals(first)
    assert (cache.info().hits, cache.info().misses) == (1, 1)
    more = ROWS + "2026-03-02 09:03,1,1,1,1,1\n"
    import_bars(written(tmp_path, more), **terms)
    assert len(history.bars(*asked)) == 4
    assert (cache.info().hits, cache.info().misses) == (1, 2)


def test_a_history_may_ask_less_often(clickhouse_alone: Stack, tmp_path: Path) -> None:
    terms: dict[str, Any] = {"venue": "here", "instrument": "RARELY", "data_dir": clickhouse_alone.data_dir}
    import_bars(written(tmp_path), **terms)
    rarely = History(clickhouse_alone.data_dir, recheck_s=3_600)
    asked = ("RARELY", "1m", "2026-03-02", "2026-03-03")
    assert len(rarely.bars(*asked)) == 3
    import_bars(written(tmp_path, ROWS + "2026-03-02 09:03,1,1,1,1,1\n"), **terms)
    assert len(rarely.bars(*asked)) == 3
    assert len(History(clickhouse_alone.data_dir).bars(*asked)) == 4


def test_forms_and_exact_numbers(clickhouse_alone: Stack, tmp_path: Path) -> None:
    terms: dict[str, Any] = {"venue": "here", "instrument": "FORMS", "data_dir": clickhouse_alone.data_dir}
    import_bars(written(tmp_path), **terms)
    history = History(clickhouse_alone.data_dir)
    asked = ("FORMS", "3m", "2026-03-02", "2026-03-03")
    made = {to: history.bars(*asked, to=to) for to in ("polars", "pandas", "arrow", "numpy")}  # type: ignore[arg-type]
    for frame in made.values():
        assert [frame[name][0] for name in ("open", "high", "close", "volume")] == [100.1, 103.25, -10, 4.5] or (
            frame.slice(0, 1).to_pylist()[0]["high"] == 103.25
        )
    assert made["polars"].schema["time"] == pl.Datetime("ns", "UTC")
    exact = history.bars(*asked, to="numpy", exact=True)
    assert [exact[name].item() for name in ("open", "high", "low", "close", "price_exponent")] == [
        10010,
        10325,
        -3750,
        -1000,
        -2,
    ]
    assert (exact["volume"].item(), exact["quantity_exponent"].item()) == (45, -1)


def test_numbers_beyond_64_bits_are_kept_as_decimals(clickhouse_alone: Stack) -> None:
    """A recorded month of Bitcoin: volumes of nine digits before the point, and eleven behind it."""
    path = recording("bars/btc-perp-20211231-20220201_1m.csv.gz")
    import_bars(path, venue="perp", instrument="BTC", terms=CLOSE, data_dir=clickhouse_alone.data_dir)
    history = History(clickhouse_alone.data_dir)
    bars = minutes(path)
    made = history.bars("BTC", "1m", "2021-12-31", "2022-02-02", to="numpy")
    assert same(made, bars | {"time": bars["time"] - np.timedelta64(60, "s")})
    with pytest.raises(BadBars, match="more than 64 bits"):
        history.bars("BTC", "1m", "2021-12-31", "2022-02-02", to="numpy", exact=True)


def test_an_import_that_broke_off_is_done_again(
    clickhouse_alone: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms: dict[str, Any] = {"venue": "here", "instrument": "BROKEN", "data_dir": clickhouse_alone.data_dir}
    with monkeypatch.context() as patch:
        patch.setattr(bar_table, "_BATCH_ROWS", 1)
        inserted = bar_table.BarTable.insert
        patch.setattr(bar_table.BarTable, "insert", lambda table, bars: (inserted(table, bars.slice(0, 2)), 1 / 0))
        with pytest.raises(ZeroDivisionError):
            import_bars(written(tmp_path), **terms)
    history = History(clickhouse_alone.data_dir)
    assert len(history.bars("BROKEN", "1m", "2026-03-02", "2026-03-03")) == 2
    assert import_bars(written(tmp_path), **terms).new_rows == 1
    assert len(history.bars("BROKEN", "1m", "2026-03-02", "2026-03-03")) == 3


def test_parquet_and_other_times(clickhouse_alone: Stack, tmp_path: Path) -> None:
    # Some of these are not the quotient of two float64.
    prices = [0.1, 0.2, 0.30000000000000004, *(1.1 + step / 7 for step in range(40))]
    table: dict[str, Any] = {name: prices for name in ("open", "high", "low", "close")}
    table["open_time"] = [1_772_442_000_000 + step * 60_000 for step in range(len(prices))]
    path = tmp_path / "bars.parquet"
    pyarrow.parquet.write_table(pyarrow.table(table), path)
    terms: dict[str, Any] = {"venue": "here", "instrument": "PARQUET", "data_dir": clickhouse_alone.data_dir}
    with pytest.raises(BadBarFile, match="say what they count"):
        import_bars(path, **terms)
    with pytest.raises(BadBarFile, match="before 1678 or after 2261"):
        import_bars(path, terms=FileTerms(time_unit="s"), **terms)
    import_bars(path, terms=FileTerms(time_unit="ms"), **terms)
    made = History(clickhouse_alone.data_dir).bars("PARQUET", "1m", "2026-03-02", "2026-03-03", to="numpy")
    assert made["open"].tolist() == prices, "what a float says shortest is what comes back"
    assert str(made["time"][0]) == "2026-03-02T09:00:00.000000000"


def test_a_bar_is_over_where_later_ones_are_stored(clickhouse_alone: Stack, tmp_path: Path) -> None:
    """The last minute of the hour had no trade, and the range ends with the hour."""
    minutes = [*range(59), 200]
    rows = [f"2026-03-02T{9 + minute // 60:02}:{minute % 60:02}:00Z,1,1,1,1,1" for minute in minutes]
    path = tmp_path / "hour.csv"
    path.write_text("\n".join(["time,open,high,low,close,volume", *rows, ""]))
    import_bars(path, venue="here", instrument="HOUR", data_dir=clickhouse_alone.data_dir)
    history = History(clickhouse_alone.data_dir)
    made = history.bars("HOUR", "1h", "2026-03-02", "2026-03-02T10:00:00Z", to="numpy")
    assert made["volume"].tolist() == [59.0]
    made = history.bars("HOUR", "1h", "2026-03-02", "2026-03-03", to="numpy")
    assert made["volume"].tolist() == [59.0], "the hour of the last row may go on"


def test_bars_that_the_flow_wrote(clickhouse_alone: Stack) -> None:
    columns = "topic, partition, offset, timestamp, kind, venue, instrument, price_exponent, quantity_exponent"
    insert = f"""INSERT INTO market_bars ({columns}, interval_ns, open_ns, close_ns, receive_ns, open, high, low, close,
        volume) SELECT 'market.bars', 0, number, now64(3), 'Bar', 'binance', 'BTC-USDT', -9, -9, 60000000000,
        fromUnixTimestamp64Nano(toInt64(1772442000 + 60 * number) * 1000000000) AS at, at, at, number + 1, number + 2,
        number, number + 1, 0.5 FROM numbers(10)"""
    with clickhouse.client(clickhouse_alone.settings.clickhouse_url) as client:
        client.command(insert)
    history = History(clickhouse_alone.data_dir)
    made = history.bars("BTC-USDT", "5m", "2026-03-02", "2026-03-03", source="flow", to="numpy")
    assert (made["close"].tolist(), made["volume"].tolist()) == ([5, 10], [2.5, 2.5])
    with pytest.raises(NoBars, match="tapeflow bars import"):
        history.bars("BTC-USDT", "5m", "2026-03-02", "2026-03-03")


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        (ROWS.replace("103.25", "1o3"), 3, "high is '1o3'"),
        (ROWS.replace("103.25", ""), 3, "high is ''"),
        (ROWS.replace("103.25", "nan"), 3, "high is 'nan'"),
        (ROWS.replace("103.25", "0.1234567890123456789"), 3, "18 behind"),
        (ROWS.replace("103.25", "1" + "0" * 20), 3, "20 digits"),
        (ROWS.replace("103.25", "50"), 3, "high below low"),
        (ROWS.replace("09:01", "08:59"), 3, "time order"),
        (ROWS.replace("\n2026-03-02 09:02", "\n\n2026-03-02 09:01"), 5, "time order"),
        (ROWS.replace("09:01", "nine"), 3, "is no time"),
        (ROWS.replace(",1.5", ",-1.5"), 3, "negative"),
        (ROWS.replace("09:02", "09:02:30"), None, "mixed"),
        (ROWS.replace("low,", "bottom,"), None, "no column low"),
        (ROWS.replace(",1.5", ",1.5,7"), None, "no table"),
        ("time,open,high,low,close\n", None, "fewer than two"),
    ],
)
def test_a_wrong_file_is_told_by_line_and_writes_nothing(
    wrong: str, line: int | None, said: str, tmp_path: Path, clickhouse_alone: Stack
) -> None:
    terms: dict[str, Any] = {"venue": "here", "instrument": "WRONG", "data_dir": clickhouse_alone.data_dir}
    minute = FileTerms(interval_ns=60_000_000_000) if said == "mixed" else FileTerms()
    zipped = tmp_path / "bars.csv.gz"
    zipped.write_bytes(gzip.compress(wrong.encode()))
    for path in (written(tmp_path, wrong), zipped):
        with pytest.raises(BadBarFile, match=said) as caught:
            import_bars(path, terms=minute, **terms)
        assert said == "mixed" or caught.value.line == line
    with pytest.raises(NoBars):
        History(clickhouse_alone.data_dir).bars("WRONG", "1m", "2026-03-02", "2026-03-03")


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"timeframe": "90s"}, "is no multiple"),
        ({"start": "2026-03-04"}, "range .* is empty"),
        ({"venue": "elsewhere"}, "no bars of ASKED at elsewhere"),
        ({"to": "excel"}, "choose polars"),
    ],
)
def test_questions_that_cannot_be_answered(
    terms: dict[str, Any], said: str, clickhouse_alone: Stack, tmp_path: Path
) -> None:
    import_bars(written(tmp_path), venue="here", instrument="ASKED", data_dir=clickhouse_alone.data_dir)
    asked = {"instrument": "ASKED", "timeframe": "1m", "start": "2026-03-02", "end": "2026-03-03"} | terms
    with pytest.raises(BadBars, match=said):
        History(clickhouse_alone.data_dir).bars(**asked)


def test_two_venues_are_told_apart(clickhouse_alone: Stack, tmp_path: Path) -> None:
    for venue in ("a", "b"):
        import_bars(written(tmp_path), venue=venue, instrument="BOTH", data_dir=clickhouse_alone.data_dir)
    history = History(clickhouse_alone.data_dir)
    with pytest.raises(BadBars, match="of a, b: name one"):
        history.bars("BOTH", "1m", "2026-03-02", "2026-03-03")
    assert len(history.bars("BOTH", "1m", "2026-03-02", "2026-03-03", venue="b")) == 3
