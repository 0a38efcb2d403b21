"""Reports on a small desk: what counts once, what belongs to a stretch, what is cut, and how it is written."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from flows.reports import data_report, html_page, text_report
from flows.reports.asked import Asked
from flows.reports.catalogue import REPORTS, find
from flows.reports.errors import BadReportOption, NoSuchReport, NothingToReport
from flows.reports.run import Made, make
from flows.stack import Stack
from flows.stack.settings import Settings
from flows.times import BadTime
from tests.landed_desk import BTC, Desk, landed, moment, trade_once
from tests.tapeflow_command import tapeflow

Rows = list[dict[str, Any]]
TOLD = {"fee_asset": "USDT", "sent_ns": moment(2), "fee": Decimal("0.1")}


@pytest.fixture
def desk(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with landed(stack, f"{request.node.name}.") as made:
        trade_once(made)
        yield made


@pytest.fixture(scope="module")
def sound(stack: Stack) -> Iterator[Settings]:
    """Of a desk that nobody adds to."""
    with landed(stack, "sound.") as made:
        trade_once(made)
        yield replace(stack.settings, topic_prefix=made.prefix)


@pytest.fixture
def settings(stack: Stack, desk: Desk) -> Settings:
    return replace(stack.settings, topic_prefix=desk.prefix)


def rows(settings: Settings, name: str, section: str | None = None, **asked: Any) -> Rows:
    made = make(settings, find(name), Asked(**asked), section)
    return list(next(iter(made.answers.values())).records())


def picked(found: Rows, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in found]


def sell(desk: Desk, at_s: float, price: str) -> None:
    """Half of the position, by an order of another strategy."""
    new = {"client_order_id": "8", "side": "sell", "quantity": Decimal(1), "reference_price": Decimal(110)}
    desk.put("execution.orders", "New", account="main", strategy="rsi", receive_ns=moment(at_s), origin_partition=0,
             origin_offset=90, origin_index=0, **new, **BTC)  # fmt: skip
    told = {**TOLD, "side": "sell", "receive_ns": moment(at_s)}
    desk.report("8", 0, "filled", "1", price, "1", **told)


def test_pnl_of_the_desk(sound: Settings) -> None:
    [row] = rows(sound, "pnl")
    # Bought 0.5 at 104.5 and 1.5 at 105.3, marked at 110; the mark itself has no receive time, so it is the oldest.
    assert row["position"] == 2
    assert (row["gross_pnl"], row["fees"], row["net_pnl"]) == (Decimal("9.8"), Decimal("0.2"), Decimal("9.6"))
    assert (row["realised_pnl"], row["unrealised_pnl"]) == (0, Decimal("9.8"))


def test_what_stands_twice_counts_once(desk: Desk, settings: Settings) -> None:
    names = ("pnl", "orders", "slippage", "risk", "strategies", "latency")
    before = {name: rows(settings, name) for name in names}
    again = {"side": "buy", "receive_ns": moment(1.03), **TOLD, "sent_ns": moment(1.01), "fee": Decimal("0.15")}
    desk.report("7", 2, "filled", "1.5", "105.3", "2", **again)
    for topic in ("execution.orders", "risk.decisions"):
        table, once_more = topic.replace(".", "_"), "* REPLACE (offset + 1 AS offset)"
        desk.client.command(f"INSERT INTO {table} SELECT {once_more} FROM {table} WHERE topic = '{desk.prefix}{topic}'")
    assert {name: rows(settings, name) for name in names} == before


def test_two_stretches_add_up_to_the_whole(desk: Desk, settings: Settings) -> None:
    sell(desk, 70, "108")
    desk.put("risk.inbox", "Mark", account="main", **BTC, price=Decimal(106), receive_ns=moment(65), origin_partition=0,
             origin_offset=900, origin_index=0)  # fmt: skip
    [whole] = rows(settings, "pnl")
    cut = moment(1.025)
    [begun], [ended] = rows(settings, "pnl", to_ns=cut), rows(settings, "pnl", from_ns=cut)
    assert picked([begun], "fills", "position") == [(1, Decimal("0.5"))]
    assert picked([ended], "fills", "position") == [(2, 1)]
    for name in ("gross_pnl", "realised_pnl", "unrealised_pnl", "fees", "net_pnl"):
        assert begun[name] + ended[name] == whole[name], name
    by_strategy = rows(settings, "strategies")
    assert picked(by_strategy, "strategy", "fills") == [("ema", 2), ("rsi", 1)]
    assert sum(row["gross_pnl"] for row in by_strategy) == whole["gross_pnl"]
    # The last minute's mark values what is left; the highest point was before it.
    last = rows(settings, "pnl", "equity")[-1]
    assert last["net_pnl"] == whole["net_pnl"]
    assert rows(settings, "pnl", symbol="BTC-USDT", strategy="rsi")[0]["fills"] == 1


def test_fill_ratios_and_ends(desk: Desk, settings: Settings) -> None:
    new = {"client_order_id": "9", "side": "buy", "quantity": Decimal(2), "reference_price": Decimal(104)}
    common = {"account": "main", "strategy": "ema", "receive_ns": moment(1), "origin_partition": 0}
    desk.put("execution.orders", "New", **common, origin_offset=50, origin_index=0, **new, **BTC)
    desk.report("9", 0, "rejected", "0", None, "0", side="buy", reason="no money", sent_ns=moment(2))
    [row] = rows(settings, "orders")
    found = picked([row], "orders", "filled", "rejected", "ordered_quantity", "filled_quantity", "fill_ratio")
    assert found == [(2, 1, 1, 4, 2, 0.5)]
    ends = picked(rows(settings, "orders", "order_ends"), "status", "reason", "orders")
    assert ends == [("filled", "", 1), ("rejected", "no money", 1)]
    # Nothing of the second was filled, and the last mark is 6 above its arrival: 12 are missed.
    [cost] = rows(settings, "slippage")
    assert picked([cost], "execution_cost", "opportunity_cost", "fees", "shortfall") == [
        (Decimal("2.2"), 12, Decimal("0.2"), Decimal("14.4"))
    ]


def test_which_limit_stopped_what(desk: Desk, settings: Settings) -> None:
    checks = [("order_quantity", Decimal(5), Decimal(2), -9, True), ("position", Decimal(3), Decimal(4), -9, False),
              ("gross_notional", Decimal(1), Decimal(9), -18, False)]  # fmt: skip
    common = {"account": "main", "strategy": "ema", "receive_ns": moment(2), "verdict": "rejected", **BTC}
    desk.put(
        "risk.decisions", "Decision", origin_partition=0, origin_offset=70, origin_index=0, checks=checks, **common
    )
    assert picked(rows(settings, "risk"), "decisions", "accepted", "stopped") == [(2, 1, 1)]
    stops = picked(rows(settings, "risk", "risk_stops"), "check", "stopped", "limit", "worst_measured")
    assert stops == [("position", 1, 3, 4)]


def test_market_data_of_any_stretch_is_what_its_rows_say(desk: Desk, settings: Settings) -> None:
    chance = random.Random(7)
    ticks = []
    for number in range(300):
        kind, at_ns = chance.choice(["Trade", "Quote", "Gap"]), moment(chance.random() * 400)
        # A side without orders is 0.
        bid, ask = chance.choice([(1, 2), (2, 2), (3, 2), (3, 0)]) if kind == "Quote" else (None, None)
        ticks.append((kind, at_ns, bid, ask, number if kind == "Gap" else 0, chance.choice([0, 4, 8, 12])))
    desk.put_all("market.ticks", [
        {"kind": kind, **BTC, "receive_ns": at_ns, "bid_price": bid, "ask_price": ask, "received_id": missing or None,
         "expected_id": 0 if missing else None, "stream": "book" if kind == "Gap" else "", "flags": flags}
        for kind, at_ns, bid, ask, missing, flags in ticks
    ])  # fmt: skip
    for late, interval_ns in ((2, 10**9), (1, 5 * 10**9), (3, 10**9)):
        origin = {"origin_partition": 0, "origin_offset": 500 + late, "origin_index": 0}
        for _ in range(2):
            desk.put(
                "market.bars", "Bar", **BTC, **origin, interval_ns=interval_ns, receive_ns=moment(9), late_count=late
            )
    stretches = [sorted(moment(chance.random() * 400) for _ in range(2)) for _ in range(8)]
    for from_ns, to_ns in [*stretches, [moment(60), moment(120)], [moment(61), moment(61.5)]]:
        inside = [tick for tick in ticks if from_ns <= tick[1] < to_ns]
        expected = {
            "records": len(inside),
            "gaps": sum(tick[0] == "Gap" for tick in inside),
            "missing_ids": sum(tick[4] for tick in inside),
            "crossed": sum(tick[2:4] == (3, 2) for tick in inside),
            "locked": sum(tick[2] == 2 for tick in inside),
            "out_of_order": sum(tick[5] >= 8 for tick in inside),
            "late_trades": 5 if from_ns <= moment(9) < to_ns else 0,
        }
        if inside:
            [row] = rows(settings, "data_quality", from_ns=from_ns, to_ns=to_ns)
            assert {name: row[name] for name in expected} == expected


def test_dead_letters_by_reason(desk: Desk, settings: Settings) -> None:
    letter = {
        "stage": "bars",
        "source": "market.ticks",
        "reason": "overflow",
        "detail": "too much",
        "receive_ns": moment(3),
    }
    for offset in (4, 4, 5):
        desk.put("ops.dead_letters", "DeadLetter", **letter, origin_partition=0, origin_offset=offset, origin_index=0)
    for _ in range(2):
        desk.put(
            "ops.dead_letters", "DeadLetter", stage="ingestor", source="binance", reason="parse", receive_ns=moment(4)
        )
    letters = picked(rows(settings, "data_quality", "dead_letters"), "stage", "reason", "letters")
    assert sorted(letters) == [("bars", "overflow", 2), ("ingestor", "parse", 2)]


def test_every_format_says_the_same(sound: Settings) -> None:
    made = make(sound, find("pnl"), Asked())
    [said] = csv.DictReader(io.StringIO(data_report.csv_report(made)))
    whole = json.loads(data_report.json_report(made))
    assert (said["net_pnl"], whole["sections"]["pnl"][0]["net_pnl"]) == ("9.6", "9.6")
    assert whole["asked"] == {"from": None, "to": None, "strategy": None, "symbol": None}
    line = text_report.text_report(made).splitlines()[2]
    assert line.split()[:5] == ["main", "binance", "BTC-USDT", "USDT", "2"]


class Page(HTMLParser):
    """What a browser would load or run; every element is closed."""

    def __init__(self, made: Made) -> None:
        super().__init__()
        self.names: list[str] = []
        self.loads: list[str] = []
        self._open: list[str] = []
        self.feed(html_page.html_page(made))
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attributes)
        if tag != "meta":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.loads += [f"{name}={value}" for name, value in attributes if name in ("src", "href") or name[:2] == "on"]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def test_a_page_needs_nothing_else_and_escapes_all(desk: Desk, settings: Settings) -> None:
    evil = "<script>alert(1)</script>"
    common = {"account": evil, "strategy": evil, "receive_ns": moment(1), "origin_partition": 0, "origin_offset": 40,
              "origin_index": 0, **BTC}  # fmt: skip
    desk.put("execution.orders", "New", **common, client_order_id=evil, quantity=Decimal(1), reference_price=Decimal(1))
    desk.put(
        "risk.decisions", "Decision", **common, verdict="rejected", checks=[(evil, Decimal(1), Decimal(2), 0, False)]
    )
    told = {**TOLD, "side": "buy", "receive_ns": moment(1), "account": evil, "reason": evil}
    desk.report("41", 0, "filled", "1", "1", "1", **told)
    desk.put("ops.dead_letters", "DeadLetter", stage=evil, source=evil, reason=evil, detail=evil, receive_ns=moment(1))
    for report in REPORTS:
        page = Page(make(settings, report, Asked()))
        assert "script" not in page.names
        assert page.loads == []
        assert {"table", "svg"} <= set(page.names)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nope"], "no report nope; there are: pnl, orders"),
        (["pnl", "--from", "yesterday"], "'yesterday' is no time: give ISO 8601"),
        (["pnl", "--from", "2026-01-02", "--to", "2026-01-01"], "--from 2026-01-02 is not before --to 2026-01-01"),
        (["pnl", "--to", "2001-01-01"], "report pnl has nothing to show (to 2001-01-01T00:00:00.000000000Z)"),
        (["pnl", "--symbol", "x' OR 1 = 1 --"], "nothing to show (symbol x' OR 1 = 1 --)"),
        (["data_quality", "--strategy", "ema"], "report data_quality cannot be cut to a strategy"),
        (["pnl", "--section", "x"], "report pnl has no section x; its sections are: pnl, equity"),
        (["pnl", "-o", "/nowhere/x"], "cannot write /nowhere/x"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    stack: Stack, sound: Settings, tmp_path: Path, words: list[str], says: str
) -> None:
    run = tapeflow(stack, tmp_path, sound.topic_prefix, "report", *words, with_clickhouse=True)
    assert run.returncode == 1
    assert says in run.stderr
    assert (run.stdout, run.stderr.count("\n")) == ("", 1)


def test_bad_options_are_typed(sound: Settings) -> None:
    with pytest.raises(NoSuchReport):
        find("nope")
    with pytest.raises(BadTime):
        Asked.read("yesterday", None, None, None)
    with pytest.raises(BadReportOption):
        Asked.read("2026-01-02", "2026-01-02", None, None)
    with pytest.raises(NothingToReport):
        make(replace(sound, topic_prefix="nobody's."), find("orders"), Asked())
