"""The columns that worksheets in the recordings work out for EMA, RSI and VWAP, on SPY."""

from __future__ import annotations

from typing import Any

import numpy as np
import openpyxl

from flows import indicators
from flows.indicators.stream import Array
from tests.recordings import recording


def test_ema() -> None:
    sheet = _columns("Ema", "close", "open", "ema", "ema(O)")
    _same(indicators.ema(sheet["close"], 20), sheet["ema"])
    _same(indicators.ema(sheet["open"], 20), sheet["ema(O)"])


def test_rsi() -> None:
    sheet = _columns("Rsi", "close", "RSI(14)")
    _same(indicators.rsi(sheet["close"], 14), sheet["RSI(14)"])


def test_vwap() -> None:
    sheet = _columns("Vwap", "high", "low", "close", "volume", "VWAP")
    _same(indicators.vwap(sheet["high"], sheet["low"], sheet["close"], sheet["volume"]), sheet["VWAP"])


def _columns(name: str, *titles: str) -> dict[str, Array]:
    """Columns of the first sheet by their titles; NaN where a cell is empty."""
    book = openpyxl.load_workbook(recording(f"indicators/{name}.Calc.xlsx"), data_only=True)
    rows: list[tuple[Any, ...]] = list(book.worksheets[0].iter_rows(values_only=True))
    head, body = rows[0], [row for row in rows[1:] if row[0] is not None]
    return {
        title: np.array(
            [np.nan if row[head.index(title)] is None else row[head.index(title)] for row in body], np.float64
        )
        for title in titles
    }


def _same(ours: Array, theirs: Array) -> None:
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    assert np.isfinite(theirs).sum() > 300
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
