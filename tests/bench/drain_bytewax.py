"""The peer: bars as one writes them in plain Bytewax, with its own Kafka source and sink and fastavro.

Tuned where it can be: librdkafka's queue settings, large batches, records it has no use for skipped undecoded.
Prints the seconds from opening the topic to the end: `FOLDER OUTPUT_PREFIX [INTERVAL_NS...]`.
"""

from __future__ import annotations

import io
import os
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import fastavro
from bytewax import operators as op
from bytewax._bytewax import run_main
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.dataflow import Dataflow

from flows.contracts import registry
from flows.contracts.registry import SchemaIds

_INTERVALS_NS = tuple(map(int, sys.argv[3:])) or (1_000_000_000, 5_000_000_000, 60_000_000_000)
_TUNED = {"fetch.queue.backoff.ms": "1", "queued.min.messages": "1000000", "enable.partition.eof": "true"}
_TRADE, _QUOTE, _BAR = "tapeflow.market.Trade", "tapeflow.market.Quote", "tapeflow.market.Bar"


@dataclass
class Bar:
    open_ns: int
    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    notional: int = 0
    count: int = 0
    buy_volume: int = 0
    quotes: int = 0
    quote: dict[str, Any] | None = None


@dataclass
class State:
    bars: dict[int, Bar] = field(default_factory=dict)
    quote: dict[str, Any] | None = None


class Decoder:
    def __init__(self) -> None:
        ids = SchemaIds.embedded()
        self._schemas = {
            ids.by_subject[subject]: (subject, fastavro.parse_schema(registry.schema(subject)))
            for subject in (_TRADE, _QUOTE)
        }

    def __call__(self, message: Any) -> tuple[str, tuple[str, dict[str, Any]]] | None:
        (id,) = struct.unpack_from(">i", message.value, 1)
        found = self._schemas.get(id)
        if found is None:
            return None
        subject, schema = found
        record: Any = fastavro.schemaless_reader(io.BytesIO(message.value[5:]), schema, None)
        return record["instrument"], (subject, record)


def update(state: State | None, tick: tuple[str, dict[str, Any]]) -> tuple[State, list[tuple[int, Bar]]]:
    state = state or State()
    subject, record = tick
    if subject == _QUOTE:
        state.quote = record
        for bar in state.bars.values():
            bar.quotes += 1
        return state, []
    price, quantity, closed = record["price"], record["quantity"], []
    for interval_ns in _INTERVALS_NS:
        open_ns = record["event_ns"] // interval_ns * interval_ns
        before = state.bars.get(interval_ns)
        if before is not None and open_ns <= before.open_ns:
            bar = before
        else:
            if before is not None:
                before.quote = state.quote
                closed.append((interval_ns, before))
            bar = state.bars[interval_ns] = Bar(open_ns, price, price, price, price)
        bar.high, bar.low, bar.close = max(bar.high, price), min(bar.low, price), price
        bar.volume += quantity
        bar.notional += price * quantity
        bar.count += 1
        if record["aggressor"] == "buy":
            bar.buy_volume += quantity
    return state, closed


class Encoder:
    def __init__(self) -> None:
        self._schema = fastavro.parse_schema(registry.schema(_BAR))
        self._header = struct.pack(">bi", 0, SchemaIds.embedded().by_subject[_BAR])

    def __call__(self, keyed: tuple[str, tuple[int, Bar]]) -> KafkaSinkMessage[bytes, bytes]:
        instrument, (interval_ns, bar) = keyed
        out = io.BytesIO()
        out.write(self._header)
        quote = bar.quote or {}
        record = {
            "origin": {"partition": 0, "offset": 0, "index": 0},
            "venue": "binance",
            "instrument": instrument,
            "price_exponent": -9,
            "quantity_exponent": -9,
            "interval_ns": interval_ns,
            "open_ns": bar.open_ns,
            "close_ns": bar.open_ns + interval_ns,
            "receive_ns": bar.open_ns,
            "open": bar.open,
            "high": bar.high,
            "low": bar.low,
            "close": bar.close,
            "volume": bar.volume,
            "notional": bar.notional.to_bytes(16, "big"),
            "vwap": bar.notional // bar.volume,
            "trade_count": bar.count,
            "buy_volume": bar.buy_volume,
            "sell_volume": bar.volume - bar.buy_volume,
            "quote_count": bar.quotes,
            "order_flow_imbalance": 0,
            **{name: quote.get(name) for name in ("bid_price", "bid_quantity", "ask_price", "ask_quantity")},
            "gap_count": 0,
            "late_count": 0,
            "first_offset": 0,
            "last_offset": 0,
        }
        fastavro.schemaless_writer(out, self._schema, record)
        return KafkaSinkMessage(instrument.encode(), out.getvalue())


def main() -> None:
    prefix = sys.argv[2]
    brokers = [os.environ["TAPEFLOW_BOOTSTRAP_SERVERS"]]
    flow = Dataflow("peer")
    source = KafkaSource(brokers, ["market.ticks"], tail=False, add_config=_TUNED, batch_size=10_000)
    messages = op.input("log", flow, source)
    ticks = op.filter_map("decode", messages, Decoder())
    bars = op.stateful_flat_map("bars", ticks, update)
    op.output("bars-log", op.map("encode", bars, Encoder()), KafkaSink(brokers, f"{prefix}market.bars"))
    opened_s = time.monotonic()
    run_main(flow)  # type: ignore[no-untyped-call]
    print(time.monotonic() - opened_s)


if __name__ == "__main__":
    main()
