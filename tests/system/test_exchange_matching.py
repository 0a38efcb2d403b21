"""Orders of two accounts in one book: by price and time, with every order type of the venue's dialect."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.recordings import recording
from tests.system.exchange_market import limit_order, small_market
from tests.system.exchange_process import Exchange, playing, sign


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Exchange]:
    with small_market(tmp_path, "--account", "other:hush") as exchange:
        yield exchange


def other(exchange: Exchange, method: str, path: str, **parameters: Any) -> tuple[int, Any]:
    """As `Exchange.signed`, of the second account."""
    query = sign({"timestamp": int(time.time() * 1000), **parameters}, secret="hush")
    return exchange.request(method, f"{exchange.prefix}/{path}", query, key="other")


def sell(client_id: str, quantity: str, price: str, **changes: Any) -> dict[str, Any]:
    return limit_order(client_id, side="SELL", quantity=quantity, price=price, **changes)


def buy(client_id: str, quantity: str, price: str, **changes: Any) -> dict[str, Any]:
    return limit_order(client_id, quantity=quantity, price=price, **changes)


def executed(exchange: Exchange) -> dict[str, tuple[str, str]]:
    orders = exchange.control("orders")["orders"]
    return {one["client_order_id"]: (one["status"], one["executed"].rstrip("0").rstrip(".")) for one in orders}


def test_accounts_trade_with_each_other_and_the_market_by_price_and_time(market: Exchange) -> None:
    market.signed("POST", "order", **sell("first", "1", "100.50"))
    market.signed("POST", "order", **sell("behind-the-market", "1", "101.00"))
    _, bought = other(market, "POST", "order", **buy("taker", "4", "101.00"))
    fills = [(fill["price"], fill["qty"]) for fill in bought["fills"]]
    assert fills == [("100.50000000", "1.00000000"), ("101.00000000", "2.00000000"), ("101.00000000", "1.00000000")]
    assert executed(market) == {
        "first": ("FILLED", "1"),
        "behind-the-market": ("FILLED", "1"),
        "taker": ("FILLED", "4"),
    }
    maker = {one["asset"]: one["free"] for one in market.signed("GET", "account")[1]["balances"]}
    assert maker == {"BTC": "8.00000000", "USDT": "10201.29850000"}


@pytest.mark.parametrize(
    ("mode", "maker", "taker"),
    [
        ("NONE", ("FILLED", "1"), ("FILLED", "1.5")),
        ("EXPIRE_TAKER", ("NEW", "0"), ("EXPIRED_IN_MATCH", "0")),
        ("EXPIRE_MAKER", ("EXPIRED_IN_MATCH", "0"), ("FILLED", "1.5")),
        ("EXPIRE_BOTH", ("EXPIRED_IN_MATCH", "0"), ("EXPIRED_IN_MATCH", "0")),
        ("DECREMENT", ("EXPIRED_IN_MATCH", "0"), ("FILLED", "0.5")),
    ],
)
def test_nobody_need_trade_with_himself(
    market: Exchange, mode: str, maker: tuple[str, str], taker: tuple[str, str]
) -> None:
    market.signed("POST", "order", **sell("maker", "1", "100.50"))
    market.signed("POST", "order", **buy("taker", "1.5", "101.00", selfTradePreventionMode=mode))
    assert executed(market) == {"maker": maker, "taker": taker}
    market.signed("DELETE", "openOrders", symbol="BTCUSDT")
    account = market.signed("GET", "account")[1]["balances"]
    assert {one["locked"] for one in account} == {"0.00000000"}


def test_a_stop_waits_for_a_trade_at_its_price(market: Exchange) -> None:
    stop = {"symbol": "BTCUSDT", "side": "BUY", "type": "STOP_LOSS_LIMIT", "timeInForce": "GTC", "quantity": "1"}
    stop |= {"newClientOrderId": "stop", "price": "102.00", "stopPrice": "101.00"}
    assert market.signed("POST", "order", **stop)[0] == 200
    assert market.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="stop")[1]["isWorking"] is False
    other(market, "POST", "order", **buy("mover", "2", "101.00"))
    assert executed(market) == {"stop": ("FILLED", "1"), "mover": ("FILLED", "2")}
    status, refused = market.signed("POST", "order", **{**stop, "newClientOrderId": "late"})
    assert (status, refused) == (400, {"code": -2010, "msg": "Stop price would trigger immediately."})
    loss = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_LOSS", "quantity": "3", "stopPrice": "100.00"}
    market.signed("POST", "order", **loss, newClientOrderId="loss")
    other(market, "POST", "order", **sell("down", "1", "100.00"))
    assert executed(market)["loss"] == ("FILLED", "3")


def test_an_iceberg_shows_a_part_and_loses_its_place_with_each(market: Exchange) -> None:
    iceberg = sell("iceberg", "3", "100.50", icebergQty="1")
    assert market.signed("POST", "order", **iceberg)[0] == 200
    other(market, "POST", "order", **sell("plain", "1", "100.50"))
    other(market, "POST", "order", **buy("one", "1.5", "100.50", timeInForce="IOC"))
    assert executed(market)["plain"] == ("PARTIALLY_FILLED", "0.5")
    other(market, "POST", "order", **buy("two", "1", "100.50", timeInForce="IOC"))
    assert (executed(market)["plain"], executed(market)["iceberg"]) == (("FILLED", "1"), ("PARTIALLY_FILLED", "1.5"))
    many = market.signed("POST", "order", **{**iceberg, "newClientOrderId": "many", "icebergQty": "0.2"})
    assert many[1] == {"code": -1013, "msg": "Filter failure: ICEBERG_PARTS"}


def test_an_amended_order_keeps_its_place(market: Exchange) -> None:
    market.signed("POST", "order", **sell("first", "2", "100.50"))
    other(market, "POST", "order", **sell("second", "2", "100.50"))
    amend = {"symbol": "BTCUSDT", "origClientOrderId": "first", "newClientOrderId": "first"}
    assert market.signed("PUT", "order/amend/keepPriority", **amend, newQty="1")[0] == 200
    other(market, "POST", "order", **buy("taker", "1.5", "100.50"))
    assert (executed(market)["first"], executed(market)["second"]) == (("FILLED", "1"), ("PARTIALLY_FILLED", "0.5"))


def test_futures_orders_are_modified_and_end_at_their_date() -> None:
    options = ("--venue", "binance_usdm", "--symbols", "BTCUSDT", "--start", "immediately", "--account", "other:hush")
    with Exchange(*options) as exchange:
        while not exchange.control("status")["symbols"][0]["best_ask"]:
            time.sleep(0.02)
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.010", "price": "50000.00"}
        _, placed = exchange.signed("POST", "order", **order, timeInForce="GTX", newClientOrderId="mine")
        change = {"symbol": "BTCUSDT", "side": "BUY", "origClientOrderId": "mine"}
        _, same = exchange.signed("PUT", "order", **change, quantity="0.010", price="50000.00")
        assert same["code"] == -5027
        _, moved = exchange.signed("PUT", "order", **change, quantity="0.020", price="50001.00")
        assert (moved["orderId"], moved["status"], moved["price"]) == (placed["orderId"], "NEW", "50001.00")
        assert exchange.signed("GET", "openOrder", **change)[1]["origQty"] == "0.020"
        _, gone = exchange.signed("PUT", "order", **change, quantity="0.020", price="90000.00")
        assert gone["status"] == "CANCELED"
        soon = {**order, "timeInForce": "GTD", "newClientOrderId": "dated"}
        assert exchange.signed("POST", "order", **soon, goodTillDate=int(time.time() * 1000))[1]["code"] == -5040
        # Ten minutes and more.
        date = int(time.time() * 1000) + 660_000
        _, dated = exchange.signed("POST", "order", **soon, goodTillDate=date)
        assert (dated["status"], dated["goodTillDate"]) == ("NEW", date // 1000 * 1000)
        exchange.control("faults", {"clock_skew_ms": 670_000})
        deadline = time.monotonic() + 60
        while executed(exchange)["dated"][0] == "NEW" and time.monotonic() < deadline:
            time.sleep(0.05)
        assert executed(exchange)["dated"] == ("EXPIRED", "0")
        killed = exchange.signed("POST", "order", **{**order, "timeInForce": "FOK"})[1]
        assert killed["code"] == -1021


def test_a_recording_goes_on_as_it_was_recorded_whatever_is_ordered_in_it() -> None:
    path = recording("binance/spot/btcusdt_20240808.gz")
    lines = [line.split(b" ", 1)[1] for line in gzip.decompress(path.read_bytes()).splitlines()]
    expected = [line for line in lines if line.startswith(b'{"stream"')]
    streams = "btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms"
    with playing("--capture", str(path), "--speed", "200", streams=streams) as (exchange, stream):
        got = stream.messages(500)
        placed = 0
        while len(got) < len(expected):
            got += stream.messages(min(200, len(expected) - len(got)))
            if placed < 60 and (top := exchange.control("status")["symbols"][0]) and top["best_bid"]:
                side, price = ("BUY", top["best_bid"]) if placed % 2 else ("SELL", top["best_ask"])
                exchange.signed("POST", "order", **limit_order(f"n{placed}", side=side, quantity="0.01", price=price))
                exchange.signed("POST", "order", **market_order(f"m{placed}", side))
                placed += 1
        assert got == expected
        orders = exchange.control("orders")["orders"]
        makers = [fill for one in orders for fill in one["fills"] if fill["is_maker"]]
        assert len(orders) == 2 * placed
        assert makers, "no order of ours was traded with where it rested"
        steps = [Decimal(fill["quantity"]) / Decimal("0.00001") for one in orders for fill in one["fills"]]
        assert all(step == int(step) for step in steps)


def market_order(client_id: str, side: str) -> dict[str, Any]:
    return {"symbol": "BTCUSDT", "side": side, "type": "MARKET", "quantity": "0.01", "newClientOrderId": client_id}
