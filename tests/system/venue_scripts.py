"""What each venue says and is asked, from the recordings where there are some, else from the venue's documentation."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.captures import answers, received
from tests.recordings import recording

_FRAMES = 60
"""So many messages of the book are played."""


class Said(NamedTuple):
    """A trade as the venue writes it: price, quantity, and the side of who took."""

    price: str
    quantity: str
    side: str


@dataclass(frozen=True)
class Script:
    venue: str
    symbol: str
    path: str
    listing: str
    subscribe: list[Any]
    greeting: list[str]
    """How the venue answers that."""
    refusal: str
    """An error of the venue's, to one of these requests."""
    snapshot: str
    updates: list[str]
    """Changes of the book behind the snapshot."""
    broken: str
    """A change that shows by the venue's rules that the book is not the venue's any more; empty where no rule can."""
    again: list[Any]
    """What asks for the book anew."""
    fresh: str
    """And what the venue says to that."""
    trades: list[str]
    said: list[Said]
    """What they say, in the order of their ids."""
    ping: Any
    """The venue's own; None where it is the WebSocket's."""
    pong: str
    status: str = ""
    """What the greeting says of the venue or of the symbol."""


def coinbase() -> Script:
    symbol, listing = "SKL-USD", dict(answers(recording("captures/COINBASE.0.gz")))
    frames = list(received(recording("captures/COINBASE.ws.28.0.gz")))
    of_symbol = [frame for frame in frames if frame.get("product_id") == symbol]
    by_kind = {kind: [one for one in of_symbol if one["type"] == kind] for kind in ("snapshot", "l2update", "match")}
    taker = {"buy": "sell", "sell": "buy"}
    return Script(
        "coinbase",
        symbol,
        "/",
        _written(listing["https://api.pro.coinbase.com/products"]),
        [
            {
                "type": "subscribe",
                "product_ids": [symbol],
                "channels": ["matches", "ticker", "level2_batch", "heartbeat"],
            }
        ],
        [_written({"type": "subscriptions", "channels": [{"name": "matches", "product_ids": [symbol]}]})],
        _written({"type": "error", "message": "Failed to subscribe", "reason": "level2_batch: not a channel"}),
        _written(by_kind["snapshot"][0]),
        [_written(one) for one in by_kind["l2update"][:_FRAMES]],
        broken="",
        again=[],
        fresh="",
        trades=[_written(one) for one in by_kind["match"]],
        said=[Said(one["price"], one["size"], taker[one["side"]]) for one in by_kind["match"]],
        ping=None,
        pong="",
    )


def coinbase_advanced() -> Script:
    symbol, number = "BTC-USD", iter(range(1_000))

    def frame(channel: str, event: Any, skipped: int = 0) -> str:
        for _ in range(skipped):
            next(number)
        body = {"channel": channel, "timestamp": "2023-02-09T20:32:50.7Z", "sequence_num": next(number)}
        return _written({**body, "events": [event]})

    def level(side: str, price: str, quantity: str) -> dict[str, str]:
        return {"side": side, "event_time": "2023-02-09T20:32:50.5Z", "price_level": price, "new_quantity": quantity}

    def book(kind: str, *levels: dict[str, str], skipped: int = 0) -> str:
        return frame("l2_data", {"type": kind, "product_id": symbol, "updates": list(levels)}, skipped)

    def request(kind: str, channel: str) -> dict[str, Any]:
        of_symbol = {} if channel == "heartbeats" else {"product_ids": [symbol]}
        return {"type": kind, **of_symbol, "channel": channel}

    trade = {"product_id": symbol, "time": "2023-02-09T20:32:50.5Z"}
    trades = [
        {**trade, "trade_id": "12", "price": "1260.02", "size": "0.3", "side": "SELL"},
        {**trade, "trade_id": "11", "price": "1260.01", "size": "0.2", "side": "BUY"},
    ]
    product = {"product_id": symbol, "base_currency_id": "BTC", "quote_currency_id": "USD", "product_type": "SPOT"}
    steps = {"base_increment": "0.00000001", "quote_increment": "0.01", "price_increment": "0.01"}
    offline = {"product_type": "SPOT", "id": symbol, "status": "offline", "status_message": "maintenance"}
    subscriptions = {"subscriptions": {"market_trades": [symbol], "ticker": [symbol], "level2": [symbol]}}
    return Script(
        "coinbase_advanced",
        symbol,
        "/",
        _written({"products": [{**product, **steps, "base_min_size": "0.00000001", "base_max_size": "3400"}]}),
        [request("subscribe", channel) for channel in ("market_trades", "ticker", "level2", "heartbeats", "status")],
        [frame("subscriptions", subscriptions), frame("status", {"type": "snapshot", "products": [offline]})],
        _written({"type": "error", "message": "rate limit exceeded"}),
        book("snapshot", level("bid", "1260", "2"), level("offer", "1261", "3")),
        [book("update", level("bid", "1260.5", str(at))) for at in range(1, 9)],
        again=[request("unsubscribe", "level2"), request("subscribe", "level2")],
        trades=[frame("market_trades", {"type": "update", "trades": trades})],
        said=[Said("1260.01", "0.2", "sell"), Said("1260.02", "0.3", "buy")],
        broken=book("update", level("offer", "1262", "1"), skipped=2),
        fresh=book("snapshot", level("bid", "1260", "2"), level("offer", "1261", "3")),
        ping=None,
        pong="",
        status="offline: maintenance",
    )


def kraken() -> Script:
    symbol, listing = "XMR/USD", dict(answers(recording("captures/KRAKEN.0.gz")))

    def frames(name: str) -> list[Any]:
        return [
            one for one in received(recording(f"captures/{name}.gz")) if isinstance(one, list) and one[-1] == symbol
        ]

    snapshot, *updates = frames("KRAKEN.ws.50.0")
    trades = frames("KRAKEN.ws.48.0")
    said = [Said(one[0], one[1], {"b": "buy", "s": "sell"}[one[3]]) for frame in trades for one in frame[1]]
    subscriptions = [{"name": "trade"}, {"name": "spread"}, {"name": "book", "depth": 1_000}]
    broken = json.loads(_written(updates[_FRAMES]))
    broken[-3]["c"] = "1"
    book = {"pair": [symbol], "subscription": subscriptions[-1]}
    return Script(
        "kraken",
        symbol,
        "/",
        _written(next(iter(listing.values()))),
        [{"event": "subscribe", "pair": [symbol], "subscription": one} for one in subscriptions],
        [
            '{"connectionID":1,"event":"systemStatus","status":"online","version":"1.8.3"}',
            _written(
                {
                    "channelID": 1,
                    "event": "subscriptionStatus",
                    "pair": symbol,
                    "status": "subscribed",
                    "channelName": "book-1000",
                    "subscription": subscriptions[-1],
                }
            ),
        ],
        _written(
            {
                "errorMessage": "Subscription depth not supported",
                "event": "subscriptionStatus",
                "pair": symbol,
                "status": "error",
                "subscription": {"depth": 42, "name": "book"},
            }
        ),
        _written(snapshot),
        [_written(one) for one in updates[:_FRAMES]],
        _written(broken),
        [{"event": "unsubscribe", **book}, {"event": "subscribe", **book}],
        _written(snapshot),
        [_written(one) for one in trades],
        said,
        {"event": "ping", "reqid": 0},
        '{"event":"pong","reqid":0}',
        status="online",
    )


def kraken_v2() -> Script:
    symbol, listing = "XMR/USD", dict(answers(recording("captures/KRAKEN.0.gz")))
    channels: list[dict[str, Any]] = [
        {"channel": "trade", "symbol": [symbol], "snapshot": True},
        {"channel": "ticker", "symbol": [symbol], "event_trigger": "bbo"},
        {"channel": "book", "symbol": [symbol], "depth": 1_000},
    ]

    def book(kind: str, checksum: int) -> str:
        levels = {"bids": [{"price": 350.11, "qty": 2.5}], "asks": [{"price": 350.21, "qty": 1.0}]}
        data = {"symbol": symbol, **levels, "checksum": checksum, "timestamp": "2024-05-01T10:00:00.123456Z"}
        return _written({"channel": "book", "type": kind, "data": [data]})

    trade = {"symbol": symbol, "ord_type": "limit", "timestamp": "2024-05-01T10:00:00.123456Z"}
    trades = [
        {**trade, "side": "sell", "price": 350.2, "qty": 0.5, "trade_id": 4_665_846},
        {**trade, "side": "buy", "price": 350.21, "qty": 0.25, "trade_id": 4_665_847},
    ]
    # Of asks, then bids: price and quantity without the dot and leading zeros, with the pair's decimals.
    right = _crc32("35021" + "100000000" + "35011" + "250000000")
    return Script(
        "kraken_v2",
        symbol,
        "/v2",
        _written(next(iter(listing.values()))),
        [{"method": "subscribe", "params": params} for params in channels],
        [
            '{"channel":"status","type":"update","data":[{"system":"online","api_version":"v2","connection_id":1,"version":"2"}]}'
        ],
        '{"error":"Currency pair not supported X/Y","method":"subscribe","success":false,"symbol":"X/Y"}',
        book("snapshot", right),
        [book("update", right)],
        book("update", 1),
        [{"method": method, "params": channels[-1]} for method in ("unsubscribe", "subscribe")],
        book("snapshot", right),
        [_written({"channel": "trade", "type": "update", "data": trades})],
        [Said("350.2", "0.5", "sell"), Said("350.21", "0.25", "buy")],
        {"method": "ping", "req_id": 0},
        '{"method":"pong","req_id":0,"time_in":"2024-05-01T10:00:00Z","time_out":"2024-05-01T10:00:00Z"}',
        status="online",
    )


def okx() -> Script:
    symbol, listing = "BTC-USDT", dict(answers(recording("captures/OKX.0.gz")))
    frames = [one for one in received(recording("captures/OKX.ws.1.0.gz")) if "data" in one]
    of_symbol = [one for one in frames if one["arg"].get("instId") == symbol]
    snapshot, *updates = [one for one in of_symbol if one["arg"]["channel"] == "books"]
    trades = [one for one in of_symbol if one["arg"]["channel"] == "trades"]
    said = [Said(one["px"], one["sz"], one["side"]) for frame in trades for one in frame["data"]]
    args = [{"channel": channel, "instId": symbol} for channel in ("trades", "bbo-tbt", "books")]
    # Its checksum is that of a book with the change before it, which is left out.
    broken = updates[_FRAMES + 1]
    return Script(
        "okx",
        symbol,
        "/ws/v5/public",
        _written(listing["https://www.okx.com/api/v5/public/instruments?instType=SPOT"]),
        [{"op": "subscribe", "args": [{"channel": "status"}, *args]}],
        [_written({"event": "subscribe", "arg": arg}) for arg in args],
        '{"event":"error","code":"60012","msg":"Invalid request"}',
        _written(snapshot),
        [_written(one) for one in updates[:_FRAMES]],
        _written(broken),
        [{"op": operation, "args": [args[-1]]} for operation in ("unsubscribe", "subscribe")],
        _written(snapshot),
        [_written(one) for one in trades],
        said,
        "ping",
        "pong",
    )


def _written(message: Any) -> str:
    """As venues write: without spaces."""
    return json.dumps(message, separators=(",", ":"))


def _crc32(text: str) -> int:
    return zlib.crc32(text.encode())


ALL: dict[str, Callable[[], Script]] = {
    "coinbase": coinbase,
    "coinbase_advanced": coinbase_advanced,
    "kraken": kraken,
    "kraken_v2": kraken_v2,
    "okx": okx,
}
