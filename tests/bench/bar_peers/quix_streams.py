"""Bars in Quix Streams: `FOLDER OUTPUT_PREFIX INTERVAL_NS...` prints the seconds from the first message.

As its documentation has it: a topic with a deserializer and a timestamp extractor, a tumbling window for each length,
`Reduce` for all fields of a bar at once (seven aggregations of its own take longer), `final` results, JSON. Tuned
where it can be: librdkafka's queues, few commits, and no changelog topic (with one, each commit writes the state once
more). It counts milliseconds, and ends a window by the next trade of its key: a key's last window stays open. Its
seconds end with the last bar: it waits for more, and nothing tells it that there is none.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from typing import Any

from quixstreams import Application
from quixstreams.models import Deserializer
from quixstreams.models.serializers.exceptions import IgnoreMessage

from tests.bench.bar_peers.trades import TradeDecoder

_QUEUES = {"fetch.queue.backoff.ms": 1, "queued.min.messages": 1_000_000}
_QUIET_S = 3.0


class Trades(Deserializer):
    """Leaves out what is no trade before a row is made of it."""

    def __init__(self) -> None:
        super().__init__()
        self._decode = TradeDecoder()
        self.first_s: float | None = None

    def __call__(self, value: bytes, ctx: Any) -> dict[str, Any]:
        if self.first_s is None:
            self.first_s = time.monotonic()
        trade = self._decode(value)
        if trade is None:
            raise IgnoreMessage
        return trade


def begun(trade: dict[str, Any]) -> dict[str, Any]:
    price, quantity = trade["price"], trade["quantity"]
    return {
        "open": price,
        "high": price,
        "low": price,
        "close": price,
        "volume": quantity,
        "trade_count": 1,
        "buy_volume": quantity if trade["aggressor"] == "buy" else 0,
    }


def added(bar: dict[str, Any], trade: dict[str, Any]) -> dict[str, Any]:
    price, quantity = trade["price"], trade["quantity"]
    if price > bar["high"]:
        bar["high"] = price
    if price < bar["low"]:
        bar["low"] = price
    bar["close"] = price
    bar["volume"] += quantity
    bar["trade_count"] += 1
    if trade["aggressor"] == "buy":
        bar["buy_volume"] += quantity
    return bar


def event_ms(trade: dict[str, Any], *_: Any) -> int:
    return int(trade["event_ns"] // 1_000_000)


def main() -> None:
    folder, prefix, *lengths = sys.argv[1:]
    app = Application(
        os.environ["TAPEFLOW_BOOTSTRAP_SERVERS"],
        consumer_group=f"quix-{uuid.uuid4()}",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        consumer_extra_config=_QUEUES,
        commit_interval=60.0,
        state_dir=f"{folder}/state",
        use_changelog_topics=False,
        loglevel="WARNING",
    )
    trades = Trades()
    ticks = app.topic("market.ticks", key_deserializer="str", value_deserializer=trades, timestamp_extractor=event_ms)
    bars = app.topic(f"{prefix}market.bars", key_serializer="str", value_serializer="json")
    last_s = [0.0]

    def placed(result: dict[str, Any], key: Any, *_: Any) -> dict[str, Any]:
        last_s[0] = time.monotonic()
        bar: dict[str, Any] = result["value"]
        length_ms = result["end"] - result["start"]
        return {"instrument": key, "interval_ns": length_ms * 10**6, "open_ns": result["start"] * 10**6, **bar}

    frame = app.dataframe(ticks)
    for length_ns in map(int, lengths):
        windows = frame.tumbling_window(length_ns // 1_000_000).reduce(added, begun).final()
        windows.apply(placed, metadata=True).to_topic(bars)
    app.run(timeout=_QUIET_S)
    assert trades.first_s is not None
    print(last_s[0] - trades.first_s)


if __name__ == "__main__":
    main()
