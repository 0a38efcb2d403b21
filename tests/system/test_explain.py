"""`tapeflow explain` on the log of a demo: every name of an order, the whole chain, and the proof."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from flows.connectors import clickhouse
from flows.stack import Stack

TAPEFLOW = [sys.executable, "-m", "flows.cli"]


class Desk:
    """The data folder of a demo that has run, its stack up again."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.config = stack.data_dir / "state" / "tapeflow.toml"

    def explain(self, *words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [*TAPEFLOW, "explain", *map(str, words), "--data-dir", str(self._stack.data_dir)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd)

    def json(self, *words: str | Path) -> dict[str, Any]:
        run = self.explain(*words, "--format", "json")
        assert run.returncode == 0, run.stderr
        found: dict[str, Any] = json.loads(run.stdout)
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with clickhouse.client(self._stack.clickhouse_url) as client:
            return [tuple(row) for row in client.query(sql).result_rows]


@pytest.fixture(scope="module")
def desk(traded: Stack) -> Desk:
    return Desk(traded)


@pytest.fixture(scope="module")
def filled(desk: Desk) -> tuple[str, str]:
    """Client id and venue id of the first order that was filled."""
    orders = desk.rows("SELECT client_order_id, venue_order_id FROM orders WHERE status = 'filled' ORDER BY offset")
    client_id, venue_id = orders[0]
    return client_id, venue_id


@pytest.fixture(scope="module")
def chain(desk: Desk, filled: tuple[str, str]) -> dict[str, Any]:
    return desk.json(filled[0])


def test_every_name_finds_the_same_order(desk: Desk, filled: tuple[str, str], chain: dict[str, Any]) -> None:
    assert chain["client_order_id"] == filled[0]
    assert desk.json(filled[1])["order"] == chain["order"]


def test_last_is_the_last(desk: Desk) -> None:
    ((newest,),) = desk.rows(
        "SELECT client_order_id FROM execution_orders WHERE kind = 'New' ORDER BY produced_ns DESC LIMIT 1"
    )
    assert desk.json("last")["client_order_id"] == newest


def test_the_chain_is_whole(desk: Desk, chain: dict[str, Any]) -> None:
    """Position by position, from the last report to the first tick, by the records' own origins."""
    order, signal, features, bar = chain["order"], chain["signal"], chain["features"], chain["bars"][0]
    assert chain["decision"]["record"]["client_order_id"] == chain["client_order_id"]
    assert [check["passed"] for check in chain["decision"]["record"]["checks"]] == [True] * 10
    assert order["record"]["origin"]["offset"] == signal["offset"]
    cause = signal["record"]["origin"]
    tick = chain["ticks"]["closing"]
    assert (tick["partition"], tick["offset"]) == (cause["partition"], cause["offset"])
    for made in (features, bar):
        assert (made["record"]["origin"]["offset"], made["partition"]) == (tick["offset"], tick["partition"])
        assert made["record"]["interval_ns"] == signal["record"]["interval_ns"]
    assert chain["notes"] == []


def test_ticks_are_those_that_the_bar_counts(chain: dict[str, Any]) -> None:
    bar, kinds = chain["bars"][0]["record"], chain["ticks"]["kinds"]
    assert kinds["Trade"]["count"] == bar["trade_count"]
    assert kinds["Quote"]["count"] == bar["quote_count"]
    assert kinds["Trade"]["first"]["offset"] == bar["first_offset"]
    assert kinds["Trade"]["first"]["record"]["price"] == bar["open"]
    assert kinds["Trade"]["last"]["offset"] == bar["last_offset"]
    assert kinds["Trade"]["last"]["record"]["price"] == bar["close"]


def test_reports_are_clickhouses(desk: Desk, chain: dict[str, Any]) -> None:
    landed = desk.rows(
        "SELECT offset, status, toString(cumulative_quantity), toString(fee) FROM risk_inbox "
        f"WHERE kind = 'ExecutionReport' AND client_order_id = '{chain['client_order_id']}' ORDER BY origin_index"
    )
    shown = [
        (one["offset"], one["record"]["status"], one["record"]["cumulative_quantity"], one["record"]["fee"])
        for one in chain["reports"]
    ]
    assert [(*row[:2], *map(Decimal, row[2:])) for row in shown] == [
        (*row[:2], *map(Decimal, row[2:])) for row in landed
    ]
    assert shown[-1][1] == "filled"


def test_time_goes_forward_on_the_orders_way(chain: dict[str, Any]) -> None:
    way = [hop for hop in chain["hops"] if hop["since_previous_ns"] is not None]
    names = [hop["name"] for hop in way]
    assert names[:5] == ["tick received", "signal written", "order written", "order sent", "report accepted"]
    assert names[-1] == "report filled"
    assert all(hop["since_previous_ns"] >= 0 for hop in way)
    assert sum(hop["since_previous_ns"] for hop in way) == way[-1]["since_tick_ns"]


def test_identical_in_both_engines(desk: Desk, filled: tuple[str, str], tmp_path: Path) -> None:
    for engine in ("rust", "python"):
        # From a folder without a tapeflow.toml: the demo's own is found.
        run = desk.explain(filled[0], "--engine", engine, cwd=tmp_path)
        assert run.returncode == 0, run.stdout + run.stderr
        assert f"engine {engine}, configuration {desk.config}" in run.stdout
        assert run.stdout.endswith("identical, bit for bit\n")


def test_another_configuration_is_told(desk: Desk, filled: tuple[str, str], tmp_path: Path) -> None:
    changed = tmp_path / "changed.toml"
    changed.write_text(re.sub(r'quantity = "([0-9.]+)"', r'quantity = "1\1"', desk.config.read_text()))
    run = desk.explain(filled[0], "--config", changed)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "DIFFERENT: Signal at risk.inbox[" in run.stdout
    assert ": quantity: the log has " in run.stdout
    changed.write_text("[features]\nema_fast = 11\nrsi = 13\n" + desk.config.read_text())
    found = desk.explain(filled[0], "--config", changed)
    assert found.returncode == 1
    assert "DIFFERENT: FeatureVector at market.features[" in found.stdout


class Page(HTMLParser):
    """What a page holds, and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.classes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "data", "action")]
        self.fetched += [tag] if tag in ("script", "link", "iframe") else []
        self.classes += [value or "" for name, value in attrs if name == "class"]


def test_the_page_is_one_file_with_the_market_around(
    desk: Desk, filled: tuple[str, str], chain: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "order.html"
    assert desk.explain(filled[0], "--format", "html", "--output", file).returncode == 0
    text = file.read_text()
    page = Page()
    page.feed(text)
    assert page.fetched == []
    assert "url(" not in text
    for drawn in ("ask", "bid", "buy", "sell", "limit", "tick", "sent"):
        assert page.classes.count(drawn) == 1, drawn
    fills = [one for one in chain["reports"] if one["record"]["last_quantity"] != "0"]
    assert page.classes.count("fill") == len(fills) > 0
    assert "identical, bit for bit" in text


def test_the_picture_stays_within_its_frame(desk: Desk, filled: tuple[str, str], chain: dict[str, Any]) -> None:
    signal = chain["signal"]["record"]
    asked = ("--why-not", signal["instrument"], "--at", str(signal["receive_ns"]), "--within", "2")
    for words in ((filled[0],), asked):
        page = desk.explain(*words, "--format", "html").stdout
        picture = ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
        left, top, width, height = map(float, picture.attrib["viewBox"].split())
        for shape in picture.iter():
            across = [float(shape.attrib[name]) for name in ("x", "x1", "x2", "cx") if name in shape.attrib]
            down = [float(shape.attrib[name]) for name in ("y", "y1", "y2", "cy") if name in shape.attrib]
            for x, y in re.findall(r"M([0-9.]+),([0-9.]+)", shape.attrib.get("d", "")):
                across.append(float(x))
                down.append(float(y))
            assert all(left <= x <= left + width for x in across), shape.attrib
            assert all(top <= y <= top + height for y in down), shape.attrib


def test_why_there_is_an_order(desk: Desk, chain: dict[str, Any]) -> None:
    signal = chain["signal"]["record"]
    asked = ("--why-not", signal["instrument"], "--at", str(signal["receive_ns"]), "--within", "1")
    found = desk.json(*asked)
    decided = [one["client_order_id"] for signal in found["signals"] for one in signal["decisions"]]
    assert chain["client_order_id"] in decided
    assert found["features"][0]["record"]["interval_ns"] == signal["interval_ns"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tf-0badcafe-1-999999999-1",), "holds no order of risk.inbox offset 999999999"),
        (("tf-0badcafe-9-1-1",), "execution.orders has 2 partitions"),
        (("tf-nonsense",), "is no order: give a client id as"),
        (("no order",), "is no order: give a client id as"),
        (("918273645",), "no execution report in risk.inbox carries that venue id"),
        ((), "name one order"),
        (("last", "--at", "2026-01-01"), "--at belongs to --why-not"),
        (("--why-not", "BTC-USDT"), "needs a time"),
        (("--why-not", "BTC-USDT", "--at", "noon"), "'noon' is no time"),
        (("--why-not", "NO-SUCH", "--at", "2026-01-01"), "has no signal and no features of NO-SUCH"),
    ],
)
def test_what_cannot_be_explained_is_one_line(desk: Desk, words: tuple[str, ...], told: str) -> None:
    run = desk.explain(*words)
    assert (run.returncode, run.stdout) == (2, ""), run
    assert run.stderr.startswith("tapeflow: cannot explain: ")
    assert run.stderr.count("\n") == 1
    assert told in run.stderr
