"""Averages and relative strength equal those that a spreadsheet works out on 502 days of a real share."""

from __future__ import annotations

import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import decode
from flows.contracts.records import FeatureVector
from tests.parity.plain_bar import plain_bar
from tests.parity.twins import IDS, batch, entry
from tests.recordings import recording

CONFIG = {"ema_fast": 14, "ema_slow": 20, "rsi": 14, "volatility": 2}
# (worksheet, column of the close, column of the result, feature)
WORKSHEETS = [
    ("indicators/Ema.Calc.xlsx", "C", "E", "ema_slow"),
    ("indicators/Rsi.Calc.xlsx", "F", "L", "rsi"),
]


@pytest.mark.parametrize(("name", "close", "result", "feature"), WORKSHEETS)
def test_features_are_those_of_the_worksheet(name: str, close: str, result: str, feature: str) -> None:
    path = recording(name)
    closes = {row: int(Decimal(f"{value:.2f}").scaleb(2)) for row, value in _column(path, close).items()}
    expected = _column(path, result)
    vectors = dict(zip(closes, _features(list(closes.values())), strict=True))
    assert len(expected) > 450
    for row, vector in vectors.items():
        made = getattr(vector, feature)
        if row in expected:
            assert made == pytest.approx(expected[row], rel=1e-10)
        else:
            assert made is None, "not warm"


def _features(closes: list[int]) -> list[FeatureVector]:
    stage = RustStage("features", json.dumps(CONFIG), RustIds.embedded(), {})
    bars = [entry("market.bars", number, plain_bar(number, close)) for number, close in enumerate(closes)]
    return [decode(made[4], IDS) for made in stage.process(batch(bars)).entries()]


def _column(path: Path, letters: str) -> dict[int, float]:
    """The numbers of a worksheet's column, by row."""
    with zipfile.ZipFile(path) as book, book.open("xl/worksheets/sheet1.xml") as sheet:
        root = ElementTree.parse(sheet).getroot()
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    numbers = {}
    for cell in root.iterfind(".//x:c", space):
        value = cell.find("x:v", space)
        place = re.fullmatch(r"([A-Z]+)([0-9]+)", cell.get("r", ""))
        if place and place[1] == letters and value is not None and cell.get("t") is None:
            numbers[int(place[2])] = float(value.text or "")
    return numbers
