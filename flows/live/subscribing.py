"""From an address to a subscription."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

from flows.contracts import records
from flows.contracts.registry import SchemaIds
from flows.live.errors import LiveError
from flows.live.subscription import OnLost, Settings, Subscription, Wanted


def subscribe(
    url: str,
    *,
    instruments: Iterable[str] = (),
    kinds: Iterable[str | type] = (),
    venues: Iterable[str] = (),
    on_lost: OnLost = "raise",
    on_slow: Literal["conflate", "close"] = "conflate",
    timeout_s: float | None = None,
    ids: SchemaIds | None = None,
) -> Subscription:
    """Typed records, as they come, from `tcp://HOST:PORT` (ZeroMQ) or `ws://HOST:PORT` (WebSocket).

    `kinds` are names or classes: "Trade", Quote. Without instruments, kinds or venues, all. By ZeroMQ, name `venues`
    too where you name instruments: a prefix that the publisher can filter by begins with the venue.
    `on_lost`: a `Lost` is raised, after which iteration may go on, or yielded among the records.
    `on_slow` is for WebSocket: what the publisher does with a reader that is too slow.
    Iteration ends after `timeout_s` without a record; None waits for ever. `ids` are those of the publisher's schema
    registry, if it has one. Raises LiveError.
    """
    names = tuple(kind if isinstance(kind, str) else kind.__name__ for kind in kinds)
    for name in names:
        if not hasattr(getattr(records, name, None), "SUBJECT"):
            raise LiveError(f"there is no kind {name!r}: a record's name is meant, as Trade, Quote, BookDelta")
    wanted = Wanted(tuple(venues), tuple(instruments), names)
    settings = Settings(wanted, timeout_s, on_lost, ids or SchemaIds.embedded())
    # Each brings a client library that the other does not need.
    match urlsplit(url).scheme:
        case "tcp":
            from flows.live.by_zeromq import ZeroMqSubscription

            return ZeroMqSubscription(url, settings)
        case "ws":
            from flows.live.by_websocket import WebSocketSubscription

            return WebSocketSubscription(url, settings, on_slow)
        case scheme:
            raise LiveError(f"{scheme or url!r} is no way to listen: use tcp://HOST:PORT (ZeroMQ) or ws://HOST:PORT")
