"""What the exchange tells the owner of an order over the user-data stream, while and after it happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.exchange_market import limit_order, small_market
from tests.system.exchange_process import KEY, Exchange, Stream


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Exchange]:
    with small_market(tmp_path, "--account", "other:secret") as exchange:
        yield exchange


def listen_key(exchange: Exchange, method: str = "POST", query: str = "") -> tuple[int, Any]:
    path = "userDataStream" if exchange.venue == "binance" else "listenKey"
    return exchange.request(method, f"{exchange.prefix}/{path}", query, key=KEY)


def listening(exchange: Exchange, path: str) -> Stream:
    """A connection that gets what happens from now on: the exchange takes it in some moments after its handshake, and
    answers its requests from then on."""
    stream = Stream(exchange, path)
    stream.ask(method="LIST_SUBSCRIPTIONS", id=1)
    return stream


def events(stream: Stream, count: int) -> list[dict[str, Any]]:
    return [json.loads(stream.message()) for _ in range(count)]


def test_orders_and_balances_are_told_as_they_change(market: Exchange) -> None:
    key = listen_key(market)[1]["listenKey"]
    assert listen_key(market)[1]["listenKey"] == key
    with listening(market, f"/ws/{key}") as own, listening(market, f"/stream?streams={key}") as wrapped:
        market.signed("POST", "order", **limit_order("mine"))
        market.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="mine", newClientOrderId="away")
        told = events(own, 6)
        assert [one["e"] for one in told] == ["executionReport", "outboundAccountPosition"] * 3
        new, trade, canceled = told[::2]
        assert (new["x"], new["X"], new["c"], new["q"], new["t"]) == ("NEW", "NEW", "mine", "2.50000000", -1)
        assert (trade["x"], trade["X"], trade["L"], trade["l"]) == (
            "TRADE",
            "PARTIALLY_FILLED",
            "101.00000000",
            "2.00000000",
        )
        assert (trade["n"], trade["N"], trade["m"], trade["t"]) == ("0.00200000", "BTC", False, 1)
        assert (canceled["x"], canceled["X"], canceled["c"], canceled["C"]) == ("CANCELED", "CANCELED", "away", "mine")
        balances = {one["a"]: (one["f"], one["l"]) for one in told[-1]["B"]}
        assert balances == {"BTC": ("11.99800000", "0.00000000"), "USDT": ("9798.00000000", "0.00000000")}
        first = json.loads(wrapped.message())
        assert (first["stream"], first["data"]["x"]) == (key, "NEW")


def test_a_listen_key_ends_without_a_keep_alive(tmp_path: Path) -> None:
    with small_market(tmp_path, "--listen-key-valid", "5s") as market:
        key = listen_key(market)[1]["listenKey"]
        assert listen_key(market, "PUT", f"listenKey={key}") == (200, {})
        with Stream(market, f"/ws/{key}") as stream:
            expired = json.loads(stream.message())
            assert (expired["e"], expired["listenKey"]) == ("listenKeyExpired", key)
        unknown = {"code": -1125, "msg": "This listenKey does not exist."}
        assert listen_key(market, "PUT", f"listenKey={key}") == (400, unknown)
        assert listen_key(market)[1]["listenKey"] != key
        assert listen_key(market, "DELETE", f"listenKey={key}") == (400, unknown)
        assert key not in market.logged()


def test_futures_tell_orders_and_positions() -> None:
    options = ("--venue", "binance_usdm", "--symbols", "BTCUSDT", "--speed", "max", "--duration", "3s")
    with Exchange(*options) as exchange, Stream(exchange, "/ws/btcusdt@trade"):
        exchange.wait_until_drained()
        key = listen_key(exchange)[1]["listenKey"]
        assert listen_key(exchange, "PUT") == (200, {"listenKey": key})
        with listening(exchange, f"/ws/{key}") as stream:
            order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.002"}
            exchange.signed("POST", "order", **order)
            new, account, trade = events(stream, 3)
            assert (new["e"], new["o"]["x"], new["o"]["X"]) == ("ORDER_TRADE_UPDATE", "NEW", "NEW")
            assert (trade["o"]["x"], trade["o"]["X"], trade["o"]["l"]) == ("TRADE", "FILLED", "0.002")
            assert account["a"]["P"][0]["pa"] == "0.002"
            assert account["a"]["P"][0]["ep"].startswith(trade["o"]["L"])


def test_events_are_lost_and_doubled_on_demand(market: Exchange) -> None:
    key = listen_key(market)[1]["listenKey"]
    market.control("faults", {"skip_user_events": 1, "double_user_events": 1})
    with listening(market, f"/ws/{key}") as stream:
        market.signed("POST", "order", **limit_order("mine", price="50.00"))
        position, again = events(stream, 2)
        assert position == again
        assert position["e"] == "outboundAccountPosition"
    assert market.control("faults/happened")["counts"] == {"skip_user_events": 1, "double_user_events": 1}
