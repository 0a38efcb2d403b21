"""A market that happens at the exchange: what clients do in it is told to everybody, and a script knows every order."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.exchange_market import limit_order
from tests.system.exchange_process import Exchange, Stream, playing

STREAMS = "btcusdt@trade/btcusdt@bookTicker/btcusdt@depth"


def line(at_ms: int, do: str, **fields: str) -> str:
    return json.dumps({"at_ms": at_ms, "symbol": "BTCUSDT", "do": do, **fields})


@contextmanager
def scripted(folder: Path, *lines: str) -> Iterator[tuple[Exchange, Stream]]:
    path = folder / "script"
    path.write_text("# a script\n" + "".join(f"{one}\n" for one in lines))
    with playing("--script", str(path), "--symbols", "BTCUSDT", "--speed", "max", streams=STREAMS) as both:
        both[0].wait_until_drained()
        yield both


def quote(at_ms: int, name: str, side: str, price: str, quantity: str) -> str:
    return line(at_ms, "limit", id=name, side=side, price=price, quantity=quantity)


def test_a_script_is_played_and_clients_trade_in_it(tmp_path: Path) -> None:
    script = (
        quote(0, "bid", "BUY", "100.00", "1"),
        quote(0, "ask", "SELL", "101.00", "2"),
        quote(1, "far", "SELL", "105.00", "2"),
        line(2, "market", side="BUY", quantity="0.5"),
        line(3, "cancel", id="far"),
    )
    with scripted(tmp_path, *script) as (exchange, stream):
        book = exchange.get("depth", symbol="BTCUSDT")
        assert (book["bids"], book["asks"]) == (
            [["100.00000000", "1.00000000"]],
            [["101.00000000", "1.50000000"]],
        )
        exchange.signed("POST", "order", **limit_order("mine", quantity="1", price="101.00"))
        exchange.signed("POST", "order", **limit_order("rests", quantity="3", price="99.00"))
        told: list[dict[str, Any]] = []
        while not told or told[-1].get("b") != [["99.00000000", "3.00000000"]]:
            told.append(json.loads(stream.message())["data"])
        trades = [(one["p"], one["q"], one["m"]) for one in told if one.get("e") == "trade"]
        assert trades == [("101.00000000", "0.50000000", False), ("101.00000000", "1.00000000", False)]
        depth = [one for one in told if one.get("e") == "depthUpdate"]
        assert all(after["U"] == before["u"] + 1 for before, after in itertools.pairwise(depth))
        assert exchange.get("depth", symbol="BTCUSDT")["bids"][1] == ["99.00000000", "3.00000000"]


def test_messages_come_twice_and_answers_late_and_stale_on_demand(tmp_path: Path) -> None:
    with scripted(tmp_path, quote(0, "bid", "BUY", "100.00", "1"), quote(0, "ask", "SELL", "101.00", "2")) as both:
        exchange, stream = both
        before = exchange.get("depth", symbol="BTCUSDT")
        asked = {"double_messages": 1, "stale_snapshots": 1, "query_delay_ms": 150}
        exchange.control("faults", asked)
        exchange.signed("POST", "order", **limit_order("rests", quantity="3", price="99.00"))
        while b"99.00" not in (message := stream.message()):
            pass
        assert stream.message() == message
        assert exchange.get("depth", symbol="BTCUSDT") == before
        assert exchange.get("depth", symbol="BTCUSDT")["bids"][1] == ["99.00000000", "3.00000000"]
        start = time.monotonic()
        assert exchange.signed("GET", "openOrders", symbol="BTCUSDT")[0] == 200
        assert time.monotonic() - start > 0.15
        told = exchange.control("faults/happened")
        assert told["counts"] == {"double_messages": 1, "stale_snapshots": 1}
        assert [fault["fault"] for fault in told["faults"]] == ["double_messages", "stale_snapshots"]
        (one,) = told["asked"]
        assert one.pop("time_ns") > 0
        assert one == asked


def test_what_a_client_does_among_agents_is_told_at_once() -> None:
    options = ("--symbols", "BTCUSDT", "--speed", "1")
    with playing(*options, streams="btcusdt@depth") as (exchange, stream):
        while not (bid := exchange.control("status")["symbols"][0]["best_bid"]):
            stream.message()
        below = str(Decimal(bid) - 20)
        exchange.signed("POST", "order", **limit_order("below", quantity="7.65432", price=below))
        for _ in range(200):
            if any(quantity.endswith("5432000") for _, quantity in json.loads(stream.message())["data"]["b"]):
                break
        else:
            pytest.fail("nobody was told of the order")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "line 2 of the script .* is no action"),
        (line(5, "halt") + "\n" + line(4, "halt"), "line 3 .* comes before the line above it"),
        (line(5, "halt").replace("BTCUSDT", "NOPE"), "NOPE is none of --symbols"),
    ],
)
def test_a_script_that_cannot_be_played_says_where(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(RuntimeError, match=words), scripted(tmp_path, text):
        pass


def test_a_halt_in_a_script_stops_trading(tmp_path: Path) -> None:
    with scripted(tmp_path, quote(0, "ask", "SELL", "101.00", "2"), line(1, "halt")) as (exchange, _):
        refused = exchange.signed("POST", "order", **limit_order("mine"))[1]
        assert refused == {"code": -1013, "msg": "Market is closed."}
