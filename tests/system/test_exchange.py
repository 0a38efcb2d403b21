"""The exchange as its clients meet it: real sockets, the venue's dialect, the recordings byte for byte."""

from __future__ import annotations

import gzip
import itertools
import json
import signal
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.recordings import recording
from tests.system.exchange_process import KEY, Exchange, Stream, playing, sign

SPOT_STREAMS = "btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms"
START_NS = 1_723_161_600_000_000_000


def lines_of(path: Path) -> list[bytes]:
    """The messages of a recording."""
    return [line.split(b" ", 1)[1] for line in gzip.open(path).read().splitlines()]


def depth_line(first: int, last: int, bids: list[list[str]], asks: list[list[str]], symbol: str = "BTCUSDT") -> bytes:
    event = {"e": "depthUpdate", "E": 1, "s": symbol, "U": first, "u": last, "b": bids, "a": asks}
    return compact({"stream": f"{symbol.lower()}@depth@100ms", "data": event})


def ticker_line(update_id: int, bid: str, ask: str) -> bytes:
    event = {"u": update_id, "s": "BTCUSDT", "b": bid, "B": "1.00000000", "a": ask, "A": "1.00000000"}
    return compact({"stream": "btcusdt@bookTicker", "data": event})


def trade_line(number: int, price: str = "100.00000000", quantity: str = "1.00000000") -> bytes:
    event = {"e": "trade", "E": 1, "s": "BTCUSDT", "t": number, "p": price, "q": quantity, "T": 1, "m": True, "M": True}
    return compact({"stream": "btcusdt@trade", "data": event})


def compact(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def written(path: Path, bodies: list[bytes], step_ns: int = 1_000_000) -> str:
    """A plain capture of `bodies`, so many ns apart."""
    path.write_bytes(b"".join(b"%d %s\n" % (START_NS + index * step_ns, body) for index, body in enumerate(bodies)))
    return str(path)


class Book:
    """A book kept by the documented rules, to compare with."""

    def __init__(self, snapshot: Any) -> None:
        self.last = snapshot["lastUpdateId"]
        self.sides = {"b": dict(snapshot["bids"]), "a": dict(snapshot["asks"])}

    def apply(self, event: Any) -> None:
        if event["u"] > self.last:
            for side, levels in self.sides.items():
                for price, quantity in event[side]:
                    levels[price] = quantity
                    if Decimal(quantity) == 0:
                        del levels[price]
            self.last = event["u"]

    def levels(self) -> tuple[list[list[str]], list[list[str]]]:
        bids = sorted(self.sides["b"].items(), key=lambda level: -Decimal(level[0]))
        asks = sorted(self.sides["a"].items(), key=lambda level: Decimal(level[0]))
        return [list(level) for level in bids][:1000], [list(level) for level in asks][:1000]


@pytest.mark.parametrize(
    ("name", "venue", "depth"),
    [("spot", "binance", "depth@100ms"), ("usdm", "binance_usdm", "depth@0ms")],
)
def test_a_recording_goes_out_byte_for_byte_and_its_book_with_it(name: str, venue: str, depth: str) -> None:
    path = recording(f"binance/{name}/btcusdt_20240808.gz")
    lines = lines_of(path)
    expected = [line for line in lines if line.startswith(b'{"stream"')]
    recorded = next(line for line in lines if line.startswith(b'{"lastUpdateId"'))
    streams = f"btcusdt@trade/btcusdt@bookTicker/btcusdt@{depth}"
    with playing("--capture", str(path), "--speed", "max", streams=streams) as (exchange, stream):
        assert exchange.venue == venue
        # Someone who asks for less gets the present book, and takes the recorded one from nobody.
        assert len(exchange.get("depth", symbol="BTCUSDT", limit=5)["bids"]) == 5
        first = exchange.get("depth", symbol="BTCUSDT", limit=1000)
        assert stream.messages(len(expected)) == expected
        status = exchange.wait_until_drained()
        assert (status["lines_played"], status["lines_total"]) == (len(lines), len(lines))
        assert status["sent_messages"] == len(expected)
        # The client has heard all from before the recorder's snapshot on: it gets that one, at any speed.
        assert first == json.loads(recorded)
        book = Book(first)
        for line in expected:
            if b"@depth" in line[:40]:
                book.apply(json.loads(line)["data"])
        last = exchange.get("depth", symbol="BTCUSDT", limit=1000)
        assert last["lastUpdateId"] == book.last
        assert (last["bids"], last["asks"]) == book.levels()
        assert ("E" in last) == (venue == "binance_usdm")


def test_at_full_speed_the_market_waits_until_its_snapshot_is_fetched() -> None:
    path = recording("binance/spot/btcusdt_20240808.gz")
    lines = lines_of(path)
    at = next(number for number, line in enumerate(lines, 1) if line.startswith(b'{"lastUpdateId"'))
    depth = sum(b"@depth" in line[:40] for line in lines)
    with playing("--capture", str(path), "--speed", "max", streams="btcusdt@depth@100ms") as (exchange, stream):
        deadline = time.monotonic() + 30
        while exchange.control("status")["lines_played"] < at and time.monotonic() < deadline:
            time.sleep(0.01)
        # It would go on at once.
        time.sleep(0.3)
        assert exchange.control("status")["lines_played"] == at
        exchange.get("depth", symbol="BTCUSDT", limit=1000)
        assert len(stream.messages(depth)) == depth
        assert exchange.wait_until_drained()["lines_played"] == len(lines)


def test_files_follow_each_other_and_what_breaks_off_is_played_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = b"".join(b"%d %s\n" % (START_NS + number, trade_line(number)) for number in range(5_000))
    packed = gzip.compress(whole)
    torn, plain = tmp_path / "torn.gz", tmp_path / "plain"
    torn.write_bytes(gzip.compress(b"%d %s\n" % (START_NS, trade_line(0))) + packed[: len(packed) // 2])
    plain.write_bytes(b"%d %s" % (START_NS, trade_line(9_999)))
    options = ("--capture", str(torn), str(plain), "--speed", "max")
    with playing(*options, streams="btcusdt@trade") as (exchange, stream):
        status = exchange.wait_until_drained()
        got = stream.messages(status["sent_messages"])
    assert got[:1001] == [trade_line(0), *map(trade_line, range(1_000))]
    assert got[-1] == trade_line(9_999)
    assert trade_line(4_999).startswith(got[-2]) or got[-2].startswith(b'{"stream"')
    assert len(status["warnings"]) == 1
    assert "breaks off after line" in status["warnings"][0]


def test_garbled_lines_go_to_everyone_as_they_stand(tmp_path: Path) -> None:
    garbage = [b"", b"\xff\xfe\x00", b"{", b'{"stream":"btcusdt@tra', b'{"lastUpdateId":oops}', b"[1,2]"]
    misnamed = trade_line(2).replace(b"btcusdt@trade", b"btcuxdt@trade", 1)
    torn = trade_line(3)[:60]
    bodies = [trade_line(1), *garbage, misnamed, torn, trade_line(4)]
    capture = tmp_path / "garbled"
    written(capture, bodies)
    capture.write_bytes(capture.read_bytes() + b"no time at all\n99999999999999999999999 too long\n")
    bodies += [b"no time at all", b"99999999999999999999999 too long"]
    with (
        Exchange("--capture", str(capture), "--speed", "max", "--clients", "2") as exchange,
        Stream(exchange, "/stream?streams=btcusdt@trade") as trades,
        Stream(exchange, "/ws/btcusdt@depth") as depth,
    ):
        assert trades.messages(len(bodies)) == bodies
        of_trades = (trade_line(1), torn, trade_line(4))
        assert depth.messages(len(bodies) - 3) == [body for body in bodies if body not in of_trades]
        assert exchange.wait_until_drained()["unreadable_lines"] == len(bodies) - 3
        assert [one["symbol"] for one in exchange.control("status")["symbols"]] == ["BTCUSDT"]


def test_invalid_utf8_goes_out_as_a_binary_frame(tmp_path: Path) -> None:
    capture = written(tmp_path / "bytes", [b"\xff\xfe", b"text"])
    with playing("--capture", capture, "--speed", "max", streams="btcusdt@trade") as (_, stream):
        assert [stream.frame(), stream.frame()] == [(2, b"\xff\xfe"), (1, b"text")]


def test_streams_are_subscribed_to_as_at_the_venue(tmp_path: Path) -> None:
    # Far longer than the test takes, or a busy machine holds it up.
    numbers = range(1, 2_000)
    bodies = [line for number in numbers for line in (trade_line(number), ticker_line(number, "99.0", "101.0"))]
    capture = written(tmp_path / "capture", bodies, step_ns=10_000_000)
    with Exchange("--capture", capture) as exchange, Stream(exchange, "/ws") as stream:
        assert exchange.control("status")["state"] == "waiting"
        assert stream.ask(method="SUBSCRIBE", params=["btcusdt@trade"], id=1) == {"result": None, "id": 1}
        raw = json.loads(stream.message())
        assert raw["e"] == "trade"
        assert stream.ask(method="LIST_SUBSCRIPTIONS", id=2) == {"result": ["btcusdt@trade"], "id": 2}
        assert stream.ask(method="SET_PROPERTY", params=["combined", True], id=3) == {"result": None, "id": 3}
        stream.ask(method="SUBSCRIBE", params=["BTCUSDT@bookTicker"], id=4)
        stream.ask(method="UNSUBSCRIBE", params=["btcusdt@trade"], id=5)
        time.sleep(0.05)
        assert stream.ask(method="GET_PROPERTY", params=["combined"], id=6) == {"result": True, "id": 6}
        assert [json.loads(line)["stream"] for line in stream.messages(3)] == ["btcusdt@bookTicker"] * 3
        assert stream.ask(method="FOLLOW", id=7)["error"]["code"] == 2
        stream.send(9, b"are you there")
        while (frame := stream.frame())[0] != 10:
            pass
        assert frame[1] == b"are you there"


def test_time_goes_as_recorded_times_speed_and_a_client_that_is_away_misses_what_goes_out(tmp_path: Path) -> None:
    step_s = 0.005
    lines = [trade_line(number) for number in range(6_000)]
    capture = written(tmp_path / "capture", lines, step_ns=50_000_000)
    with Exchange("--capture", capture, "--speed", "10") as exchange:
        begun_s = time.monotonic()
        with Stream(exchange, "/stream?streams=btcusdt@trade") as stream:
            assert stream.message() == lines[0]
            first_s = time.monotonic()
            assert stream.messages(99) == lines[1:100]
            assert time.monotonic() - begun_s >= 99 * step_s, "never early"
            heard = 100
            # What a busy machine holds up is made up for: at some moment it is on time.
            while time.monotonic() - first_s > heard * step_s + 0.4:
                assert stream.message() == lines[heard]
                heard += 1
        time.sleep(0.3)
        with Stream(exchange, "/stream?streams=btcusdt@trade") as stream:
            back = json.loads(stream.message())["data"]["t"]
            assert back > heard + 50
            assert stream.messages(100) == lines[back + 1 : back + 101]


def test_a_market_ends_after_its_duration_and_stays_open(tmp_path: Path) -> None:
    capture = written(tmp_path / "capture", [trade_line(number) for number in range(100)], step_ns=1_000_000_000)
    options = ("--capture", capture, "--speed", "max", "--duration", "30s", "--ping-every", "100ms")
    with playing(*options, streams="btcusdt@trade") as (exchange, stream):
        assert stream.messages(30) == [trade_line(number) for number in range(30)]
        assert exchange.wait_until_drained()["state"] == "ended"
        assert stream.frame()[0] == 9


def test_a_slow_client_is_cut_off_when_paced_and_waited_for_at_full_speed(tmp_path: Path) -> None:
    wide = [trade_line(number, quantity="1." + "0" * 4_000) for number in range(20_000)]
    capture = written(tmp_path / "capture", wide, step_ns=1_000)
    with (
        Exchange("--capture", capture, "--speed", "100") as exchange,
        Stream(exchange, "/stream?streams=btcusdt@trade", receive_buffer=4_096),
    ):
        deadline = time.monotonic() + 60
        # It is listed some moments after its handshake, and the playback waits for it.
        while (status := exchange.control("status"))["state"] != "ended" or status["clients"]:
            assert time.monotonic() < deadline, status
            time.sleep(0.05)
    options = ("--capture", capture, "--speed", "max")
    with playing(*options, streams="btcusdt@trade") as (exchange, stream):
        time.sleep(0.3)
        assert exchange.control("status")["lines_played"] < 20_000
        assert stream.messages(20_000) == wide


def test_a_snapshot_after_a_gap_has_no_level_that_the_lost_event_removed(tmp_path: Path) -> None:
    snapshot = {"lastUpdateId": 10, "bids": [["100.0", "1.0"], ["99.0", "1.0"]], "asks": [["101.0", "1.0"]]}
    bodies = [
        depth_line(9, 10, [["100.00000000", "1.00000000"]], []),
        compact(snapshot),
        # 11 removed the bid at 100; the recording lacks it.
        depth_line(12, 12, [["98.00000000", "3.00000000"]], []),
        ticker_line(13, "99.00000000", "101.00000000"),
    ]
    capture = written(tmp_path / "capture", bodies)
    with playing("--capture", capture, "--speed", "max", streams="btcusdt@bookTicker") as (exchange, _):
        exchange.wait_until_drained()
        book = exchange.get("depth", symbol="BTCUSDT")
        assert (book["lastUpdateId"], book["bids"][0][0], book["asks"][0][0]) == (12, "99.00000000", "101.00000000")


def test_without_a_snapshot_the_book_is_made_of_the_deltas(tmp_path: Path) -> None:
    bodies = [depth_line(1, 2, [["99.50000000", "2.00000000"]], [["100.50000000", "3.00000000"]])]
    capture = written(tmp_path / "capture", bodies)
    with playing("--capture", capture, "--speed", "max", streams="btcusdt@depth") as (exchange, _):
        exchange.wait_until_drained()
        assert exchange.get("depth", symbol="BTCUSDT") == {
            "lastUpdateId": 2,
            "bids": [["99.50000000", "2.00000000"]],
            "asks": [["100.50000000", "3.00000000"]],
        }


def test_public_endpoints_speak_the_dialect() -> None:
    with Exchange("--venue", "binance_usdm", "--symbols", "BTCUSDT,ETHUSDT") as exchange:
        assert exchange.get("ping") == {}
        before_ms = int(time.time() * 1000)
        assert before_ms <= exchange.get("time")["serverTime"] <= time.time() * 1000
        symbols = {one["symbol"]: one for one in exchange.get("exchangeInfo")["symbols"]}
        assert list(symbols) == ["BTCUSDT", "ETHUSDT"]
        filters = {one["filterType"]: one for one in symbols["BTCUSDT"]["filters"]}
        assert (filters["PRICE_FILTER"]["tickSize"], filters["LOT_SIZE"]["stepSize"]) == ("0.10", "0.001")
        assert filters["MIN_NOTIONAL"]["notional"] == "100"
        refusals = {
            "depth?symbol=NOPE": (400, -1121),
            "depth?symbol=BTCUSDT&limit=7": (400, -4021),
            "depth": (400, -1102),
            "order?symbol=BTCUSDT": (401, -2014),
            "nothing": (404, -1099),
        }
        for path, (status, code) in refusals.items():
            endpoint, _, query = path.partition("?")
            answered, answer = exchange.request("GET", f"/fapi/v1/{endpoint}", query)
            assert (answered, answer["code"]) == (status, code), path


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Exchange]:
    """An exchange at the end of a small spot market: 1 BTC bid at 100.00, 2 offered at 101.00, 3 at 102.00."""
    snapshot = {
        "lastUpdateId": 10,
        "bids": [["100.00000000", "1.00000000"], ["99.00000000", "9.00000000"]],
        "asks": [["101.00000000", "2.00000000"], ["102.00000000", "3.00000000"]],
    }
    bodies = [depth_line(9, 10, [["99.00000000", "9.00000000"]], []), compact(snapshot)]
    capture = written(tmp_path / "capture", bodies)
    options = ("--capture", capture, "--speed", "max", "--balance", "USDT=10000", "--balance", "BTC=10")
    with playing(*options, streams="btcusdt@trade") as (exchange, _):
        exchange.wait_until_drained()
        yield exchange


def limit_order(client_id: str, **changes: Any) -> dict[str, Any]:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    return {**order, "quantity": "2.5", "price": "101.00", "newClientOrderId": client_id, **changes}


def test_an_order_from_birth_to_end(market: Exchange) -> None:
    status, placed = market.signed("POST", "order", **limit_order("mine-1"))
    assert (status, placed["status"], placed["executedQty"]) == (200, "PARTIALLY_FILLED", "2.00000000")
    fill = {"price": "101.00000000", "qty": "2.00000000", "commission": "0.00200000"}
    assert placed["fills"] == [{**fill, "commissionAsset": "BTC", "tradeId": 1}]
    assert placed["cummulativeQuoteQty"] == "202.00000000"
    _, queried = market.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="mine-1")
    assert (queried["orderId"], queried["status"]) == (placed["orderId"], "PARTIALLY_FILLED")
    assert market.signed("GET", "openOrders", symbol="BTCUSDT")[1] == [queried]
    _, trades = market.signed("GET", "myTrades", symbol="BTCUSDT", orderId=placed["orderId"])
    assert [(trade["price"], trade["qty"], trade["isMaker"]) for trade in trades] == [
        (fill["price"], fill["qty"], False)
    ]
    _, canceled = market.signed("DELETE", "order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert (canceled["status"], canceled["origClientOrderId"]) == ("CANCELED", "mine-1")
    _, account = market.signed("GET", "account")
    balances = {one["asset"]: (one["free"], one["locked"]) for one in account["balances"]}
    assert balances["BTC"] == ("11.99800000", "0.00000000")
    assert balances["USDT"] == ("9798.00000000", "0.00000000")
    assert market.control("orders")["orders"][0]["status"] == "CANCELED"


def test_refusals_carry_the_venues_codes(market: Exchange) -> None:
    market.signed("POST", "order", **limit_order("once", price="50.00"))
    market.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="once")
    refusals = [
        (limit_order("once"), -2010, "Duplicate order sent."),
        (limit_order("a", symbol="NOPE"), -1121, "Invalid symbol."),
        (limit_order("a", price="101.001"), -1013, "Filter failure: PRICE_FILTER"),
        (limit_order("a", quantity="0.000001"), -1013, "Filter failure: LOT_SIZE"),
        (limit_order("a", quantity="0.001"), -1013, "Filter failure: NOTIONAL"),
        (limit_order("a", quantity="99.5"), -2010, "Account has insufficient balance for requested action."),
        (limit_order("a", quantity="1.123456789"), -1111, None),
        (limit_order("a", side="HOLD"), -1117, "Invalid side."),
        (limit_order("a", type="TAKE_PROFIT"), -1116, "Invalid orderType."),
        (limit_order("a", timeInForce="GTX"), -1115, "Invalid timeInForce."),
        (limit_order("a", type="MARKET"), -1106, None),
        (limit_order("a", type="LIMIT_MAKER", timeInForce=""), -2010, "Order would immediately match and take."),
        (limit_order("a", recvWindow=60_001), -1131, None),
        (limit_order("a", timestamp=1_000_000_000_000), -1021, None),
    ]
    for order, code, words in refusals:
        status, answer = market.signed("POST", "order", **order)
        assert (status, answer.get("code")) == (400, code), (order, answer)
        assert words in (None, answer["msg"])
    assert market.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="never")[1]["code"] == -2013
    assert market.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="once")[1]["code"] == -2011
    query = sign({**limit_order("a"), "timestamp": int(time.time() * 1000)}, secret="wrong")
    assert market.request("POST", "/api/v3/order", query, key=KEY)[1]["code"] == -1022
    assert market.request("POST", "/api/v3/order", query, key="someone")[0] == 401
    told = market.control("orders")
    assert [order["client_order_id"] for order in told["orders"]] == ["once"]
    assert told["refused"][0]["code"] == -2010


def test_an_order_in_the_body_is_as_good_as_one_in_the_query(market: Exchange) -> None:
    body = sign({**limit_order("in-body", timeInForce="IOC"), "timestamp": int(time.time() * 1000)})
    status, answer = market.request("POST", "/api/v3/order", body=body, key=KEY)
    assert (status, answer["status"]) == (200, "EXPIRED")


def test_faults_leave_the_outcome_open_and_the_truth_can_be_asked_for(market: Exchange) -> None:
    faults = {"fail_before_accept": 1, "fail_after_accept": 1, "drop_connection_after_accept": 1, "fail_queries": 1}
    assert market.control("faults", faults)["fail_before_accept"] == 1
    order = limit_order("first", price="50.00", quantity="1")
    assert market.signed("POST", "order", **order)[0] == 503
    assert market.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="first")[0] == 503
    assert market.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="first")[1]["code"] == -2013
    with pytest.raises((ConnectionError, OSError)):
        market.signed("POST", "order", **order)
    assert market.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="first")[1]["status"] == "NEW"
    assert market.signed("POST", "order", **{**order, "newClientOrderId": "second"})[0] == 503
    assert market.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="second")[1]["status"] == "NEW"
    assert set(market.control("faults").values()) == {0}
    assert [one["client_order_id"] for one in market.control("orders")["orders"]] == ["first", "second"]
    assert market.request("POST", "/tapeflow/faults", body='{"no_such_fault":1}')[0] == 400
    market.control("faults", {"order_delay_ms": 150})
    start = time.monotonic()
    assert market.signed("POST", "order", **{**order, "newClientOrderId": "third"})[0] == 200
    assert time.monotonic() - start > 0.15


def test_streams_can_be_cut_and_messages_lost_on_demand(tmp_path: Path) -> None:
    capture = written(tmp_path / "capture", [trade_line(number) for number in range(4_000)], step_ns=10_000_000)
    with playing("--capture", capture, streams="btcusdt@trade") as (exchange, stream):
        assert stream.message() == trade_line(0)
        exchange.control("faults", {"skip_messages": 5})
        numbers = [0] + [json.loads(stream.message())["data"]["t"] for _ in range(100)]
        jumps = [after - before for before, after in itertools.pairwise(numbers) if after != before + 1]
        assert jumps == [6]
        assert exchange.control("status")["skipped_messages"] == 5
        exchange.control("faults", {"disconnect_streams": True})
        with pytest.raises(ConnectionError):
            stream.messages(4_000)
        # It is forgotten some moments after its connection has ended.
        deadline = time.monotonic() + 30
        while exchange.control("status")["clients"]:
            assert time.monotonic() < deadline, "it is listed for ever"
            time.sleep(0.01)


def test_futures_orders_have_their_own_fields() -> None:
    options = ("--venue", "binance_usdm", "--symbols", "BTCUSDT", "--speed", "max", "--duration", "5s")
    with playing(*options, streams="btcusdt@trade") as (exchange, _):
        exchange.wait_until_drained()
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.010"}
        _, acknowledged = exchange.signed("POST", "order", **order, newClientOrderId="one")
        assert (acknowledged["status"], acknowledged["cumQty"], acknowledged["origType"]) == ("NEW", "0.000", "MARKET")
        status, answer = exchange.signed("POST", "order", **order, newClientOrderId="one")
        assert (status, answer) == (400, {"code": -4116, "msg": "ClientOrderId is duplicated."})
        _, queried = exchange.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="one")
        assert (queried["status"], queried["executedQty"]) == ("FILLED", "0.010")
        _, trades = exchange.signed("GET", "userTrades", symbol="BTCUSDT", orderId=queried["orderId"])
        assert sum(Decimal(trade["quoteQty"]) for trade in trades) == Decimal(queried["cumQuote"])
        assert sum(Decimal(trade["qty"]) for trade in trades) == Decimal("0.010")
        _, account = exchange.signed("GET", "account")
        assert account["positions"][0]["positionAmt"] == "0.01000000"
        post_only = {**order, "type": "LIMIT", "timeInForce": "GTX", "price": "99000.00"}
        assert exchange.signed("POST", "order", **post_only)[1]["code"] == -5022


def test_a_seed_gives_the_same_market_at_any_speed() -> None:
    streams = "/".join(
        f"{symbol}@{kind}" for symbol in ("btcusdt", "ethusdt") for kind in ("trade", "bookTicker", "depth")
    )

    def market(seed: str, speed: str) -> list[bytes]:
        options = ("--seed", seed, "--symbols", "BTCUSDT,ETHUSDT", "--duration", "4s", "--speed", speed)
        with playing(*options, streams=streams) as (exchange, stream):
            first = stream.message()
            return [first, *stream.messages(exchange.wait_until_drained()["sent_messages"] - 1)]

    fast = market("5", "max")
    assert len(fast) > 500
    assert market("5", "8") == fast
    assert market("6", "max") != fast


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_whatever_it_does(number: int) -> None:
    with playing("--speed", "max", streams="btcusdt@trade/btcusdt@depth") as (exchange, stream):
        stream.messages(100)
        exchange.process.send_signal(number)
        assert exchange.process.wait(timeout=10) == 0


def test_what_cannot_work_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"cannot open capture .*nowhere.*check the path"):
        Exchange("--capture", str(tmp_path / "nowhere"))
    with Exchange("--listen", "127.0.0.1:0") as exchange:
        address = f"127.0.0.1:{exchange.address[1]}"
        with pytest.raises(RuntimeError, match=rf"cannot listen on {address}: .*--listen"):
            Exchange("--listen", address)
