"""Bars in Pathway: `FOLDER OUTPUT_PREFIX INTERVAL_NS...` prints the seconds from the first message.

As its documentation has it: its Kafka connector, a function in Python for Avro (it reads JSON alone by itself), a
tumbling window by instrument for each length, reducers, JSON. `mode="static"` reads what is there and ends; it commits
once, as each commit more takes back and makes again the bars that went on. The windows have no behaviour (when to drop,
when to tell): its clock is one for all partitions, and would drop what it reads late of one. Open and close are those
of the least and the greatest time: its reducers for what came first and last tell nothing apart that came in one batch.

Pathway's licence is the Business Source License 1.1: it is measured here, and no part of Tapeflow.
"""

from __future__ import annotations

import os
import sys
import time
import uuid

import pathway as pw

from tests.bench.bar_peers.trades import TradeDecoder

_QUEUES = {"fetch.queue.backoff.ms": "1", "queued.min.messages": "1000000"}


class Trade(pw.Schema):
    event_ns: int
    price: int
    quantity: int
    bought: int


def main() -> None:
    _, prefix, *lengths = sys.argv[1:]
    broker = {"bootstrap.servers": os.environ["TAPEFLOW_BOOTSTRAP_SERVERS"]}
    decode = TradeDecoder()
    first_s: list[float] = []

    @pw.udf(deterministic=True)
    def trade_of(message: bytes) -> tuple[str, int, int, int, int] | None:
        if not first_s:
            first_s.append(time.monotonic())
        trade = decode(message)
        if trade is None:
            return None
        quantity = trade["quantity"]
        bought = quantity if trade["aggressor"] == "buy" else 0
        return trade["instrument"], trade["event_ns"], trade["price"], quantity, bought

    group = {"group.id": f"pathway-{uuid.uuid4()}", "auto.offset.reset": "earliest"}
    messages = pw.io.kafka.read(
        {**broker, **group, **_QUEUES},
        "market.ticks",
        format="raw",
        mode="static",
        autogenerate_key=True,
        autocommit_duration_ms=None,
    )
    found = messages.select(trade=trade_of(pw.this.data)).filter(pw.this.trade.is_not_none())
    trade = pw.unwrap(pw.this.trade)
    trades = found.select(instrument=trade[0], event_ns=trade[1], price=trade[2], quantity=trade[3], bought=trade[4])
    for length_ns in map(int, lengths):
        window = pw.temporal.tumbling(duration=length_ns, origin=0)
        bars = trades.windowby(pw.this.event_ns, window=window, instance=pw.this.instrument).reduce(
            instrument=pw.this._pw_instance,
            interval_ns=length_ns,
            open_ns=pw.this._pw_window_start,
            open=pw.reducers.argmin(pw.this.event_ns, pw.this.price),
            high=pw.reducers.max(pw.this.price),
            low=pw.reducers.min(pw.this.price),
            close=pw.reducers.argmax(pw.this.event_ns, pw.this.price),
            volume=pw.reducers.sum(pw.this.quantity),
            trade_count=pw.reducers.count(),
            buy_volume=pw.reducers.sum(pw.this.bought),
        )
        pw.io.kafka.write(bars, broker, f"{prefix}market.bars", format="json")
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    print(time.monotonic() - first_s[0])


if __name__ == "__main__":
    main()
