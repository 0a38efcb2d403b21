"""Orders in the venue's dialect: replaced, amended, listed, limited, and refused with the venue's codes."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.exchange_market import limit_order, small_market
from tests.system.exchange_process import KEY, Exchange, sign


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Exchange]:
    with small_market(tmp_path) as exchange:
        yield exchange


def replacement(former: str, mode: str = "STOP_ON_FAILURE") -> dict[str, Any]:
    order = limit_order(f"after-{former}", price="60.00", quantity="1")
    return {**order, "cancelOrigClientOrderId": former, "cancelReplaceMode": mode}


def test_cancel_replace_does_both_or_says_which_half_failed(market: Exchange) -> None:
    market.signed("POST", "order", **limit_order("one", price="50.00"))
    status, done = market.signed("POST", "order/cancelReplace", **replacement("one"))
    assert (status, done["cancelResult"], done["newOrderResult"]) == (200, "SUCCESS", "SUCCESS")
    assert done["cancelResponse"]["status"] == "CANCELED"
    assert done["newOrderResponse"]["status"] == "NEW"
    status, failed = market.signed("POST", "order/cancelReplace", **replacement("nobody"))
    assert (status, failed["code"], failed["data"]["newOrderResult"]) == (400, -2022, "NOT_ATTEMPTED")
    assert failed["data"]["cancelResponse"]["code"] == -2011
    status, half = market.signed("POST", "order/cancelReplace", **replacement("nobody", "ALLOW_FAILURE"))
    assert (status, half["code"], half["data"]["newOrderResult"]) == (409, -2021, "SUCCESS")
    poor = replacement("after-one") | {"quantity": "199"}
    status, half = market.signed("POST", "order/cancelReplace", **poor)
    assert (status, half["code"], half["data"]["newOrderResponse"]["code"]) == (409, -2021, -2010)
    # A filter is looked at before anything is cancelled.
    status, refused = market.signed("POST", "order/cancelReplace", **replacement("after-nobody") | {"price": "60.001"})
    assert (status, refused["code"]) == (400, -1013)
    told = {order["client_order_id"]: order["status"] for order in market.control("orders")["orders"]}
    assert told == {"one": "CANCELED", "after-one": "CANCELED", "after-nobody": "NEW"}


def test_amending_makes_an_order_smaller_and_frees_what_it_locked(market: Exchange) -> None:
    market.signed("POST", "order", **limit_order("mine", price="50.00", quantity="2"))
    amend = {"symbol": "BTCUSDT", "origClientOrderId": "mine", "newClientOrderId": "smaller"}
    status, answer = market.signed("PUT", "order/amend/keepPriority", **amend, newQty="0.5")
    assert status == 200, answer
    amended = answer["amendedOrder"]
    assert (amended["origClientOrderId"], amended["clientOrderId"], amended["qty"]) == ("mine", "smaller", "0.50000000")
    balances = {one["asset"]: one for one in market.signed("GET", "account")[1]["balances"]}
    assert (balances["USDT"]["free"], balances["USDT"]["locked"]) == ("9975.00000000", "25.00000000")
    amend["origClientOrderId"] = "smaller"
    for quantity, code in [("0.5", -2038), ("0.6", -2038), ("0.05", -1013), ("0.000001", -1013)]:
        assert market.signed("PUT", "order/amend/keepPriority", **amend, newQty=quantity)[1]["code"] == code
    assert market.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="mine")[1]["code"] == -2013


def _ids(answer: tuple[int, Any]) -> list[int]:
    return [one["orderId"] for one in answer[1]]


def test_lists_are_cut_at_their_old_end_unless_they_say_where_to_begin(market: Exchange) -> None:
    for number in range(5):
        market.signed("POST", "order", **limit_order(f"n-{number}", price="50.00", quantity="0.2"))
    assert _ids(market.signed("GET", "allOrders", symbol="BTCUSDT", limit=2)) == [4, 5]
    assert _ids(market.signed("GET", "allOrders", symbol="BTCUSDT", limit=2, orderId=2)) == [2, 3]
    assert _ids(market.signed("GET", "openOrders")) == [1, 2, 3, 4, 5]
    status, canceled = market.signed("DELETE", "openOrders", symbol="BTCUSDT")
    assert (status, [one["status"] for one in canceled]) == (200, ["CANCELED"] * 5)
    assert market.signed("DELETE", "openOrders", symbol="BTCUSDT")[1]["code"] == -2011
    assert market.signed("POST", "order/test", **limit_order("never")) == (200, {})
    assert market.signed("POST", "order/test", **limit_order("n-1"))[1]["code"] == -2010
    assert len(market.control("orders")["orders"]) == 5


def headers_of(exchange: Exchange, method: str, path: str, **parameters: Any) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection(*exchange.address, timeout=10)
    query = sign({"timestamp": int(time.time() * 1000), **parameters})
    connection.request(method, f"/api/v3/{path}?{query}", headers={"X-MBX-APIKEY": KEY})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_limits_are_the_venues_and_so_is_what_follows(tmp_path: Path) -> None:
    with small_market(tmp_path, "--rate-limits") as exchange:
        kinds = [
            (one["rateLimitType"], one["interval"], one["limit"]) for one in exchange.get("exchangeInfo")["rateLimits"]
        ]
        assert kinds == [("REQUEST_WEIGHT", "MINUTE", 6_000), ("ORDERS", "SECOND", 100), ("ORDERS", "DAY", 200_000)]
        status, headers = headers_of(exchange, "POST", "order", **limit_order("a", price="50.00", quantity="0.2"))
        assert (status, headers["x-mbx-order-count-10s"], headers["x-mbx-order-count-1d"]) == (200, "1", "1")
        assert int(headers["x-mbx-used-weight-1m"]) > 20
        # Weight and violations are counted by the minute: where one ends meanwhile, it begins anew.
        deadline = time.monotonic() + 120
        answers = [(200, 0)]
        while answers[-1][0] != 418:
            assert time.monotonic() < deadline, answers
            status, headers = headers_of(exchange, "GET", "openOrders")
            answers.append((status, int(headers.get("retry-after", 0))))
        refused = [after_s for status, after_s in answers if status == 429]
        assert refused
        assert all(0 < after_s <= 60 for after_s in refused)
        assert answers[-1] == (418, 120)


def test_a_rate_refusal_a_ban_a_halt_and_a_wrong_clock_come_on_demand(market: Exchange) -> None:
    order = limit_order("a", price="50.00", quantity="0.2")
    market.control("faults", {"refuse_for_rate": 1, "halted": True})
    status, refused = market.signed("POST", "order", **order)
    assert (status, refused["code"]) == (429, -1003)
    assert market.signed("POST", "order", **order)[1] == {"code": -1013, "msg": "Market is closed."}
    assert market.get("exchangeInfo")["symbols"][0]["status"] == "HALT"
    market.control("faults", {"halted": False, "clock_skew_ms": -60_000})
    assert market.signed("POST", "order", **order)[1]["code"] == -1021
    before_ms = int(time.time() * 1000)
    assert before_ms <= market.get("time")["serverTime"] + 60_000 <= time.time() * 1000
    market.control("faults", {"clock_skew_ms": 0})
    assert market.signed("POST", "order", **order)[0] == 200
    market.control("faults", {"ban_ms": 60_000})
    assert market.signed("GET", "openOrders")[0] == 418
    assert market.control("faults/happened")["counts"] == {"refuse_for_rate": 1}


def test_accounts_are_apart(tmp_path: Path) -> None:
    with small_market(tmp_path, "--account", "second:hush") as exchange:
        assert exchange.signed("POST", "order", **limit_order("same", price="50.00"))[0] == 200
        query = sign({"timestamp": int(time.time() * 1000), **limit_order("same", price="50.00")}, secret="hush")
        assert exchange.request("POST", "/api/v3/order", query, key="second")[0] == 200
        assert len(exchange.signed("GET", "openOrders")[1]) == 1
        assert [one["account"] for one in exchange.control("orders")["orders"]] == [0, 1]
