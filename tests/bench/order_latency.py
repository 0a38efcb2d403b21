"""Latency from a tick's arrival to its order's arrival at the venue, through both logs, at 2,000 ticks a second.

`make bench BENCH=order_latency`. Exchange, ingestor, broker, market flow, risk flow and router share this machine. By
turns its idle processors may sleep, and are kept awake as by `tapeflow run --keep-awake`. Beside it the log alone: the
same three hops, one message at a time, by the plain client with nothing between, processors awake.
"""

from __future__ import annotations

import json
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from flows.connectors import operator
from flows.contracts.codec import decode
from flows.contracts.records import ExecutionReport, New, OrderStatus, Signal
from flows.contracts.registry import SchemaIds
from flows.demo import folder, programs
from flows.demo.fleet import Fleet
from flows.demo.listing import Listing, read_listing
from flows.demo.options import Options
from flows.running.awake import awake
from flows.stack import Stack, ports, topics
from flows.stack.settings import Settings
from tests import nervous_desk

# The seeded market makes some 710 messages a second of its own time.
SPEED = "2.8"
TICKS_PER_S = 2_000
# The broker's just-in-time compiler takes up to half a core for its first minute; a desk runs for days.
WARM_UP_S = 60.0
# Slow and fast stretches of a shared machine fall on both.
TURNS, TURN_S, SETTLE_S = 6, 10.0, 0.5
TARGET_P50_MS, TARGET_P95_MS = 3.0, 8.0
ORDERS_MIN = 200
HOPS = ("market.ticks", "risk.inbox", "execution.orders")
PEER_ROUNDS = 2_000

_IDS = SchemaIds.embedded()


@dataclass(frozen=True)
class Way:
    """When one order was where, ns since 1970."""

    tick_received: int
    signal_written: int
    order_written: int
    order_sent: int
    at_venue: int


@dataclass(frozen=True)
class Turn:
    """A stretch of the measurement, ns since 1970."""

    is_awake: bool
    begin: int
    end: int

    def has(self, way: Way) -> bool:
        return self.begin < way.tick_received < self.end


def test_order_latency(tmp_path: Path) -> None:
    options = Options(data_dir=tmp_path / "stack", speed=SPEED)
    folder.make_fresh(options.data_dir)
    with Stack(options.data_dir) as stack:
        settings = stack.settings
        topics.create(settings)
        with Fleet(lambda _line: None) as fleet:
            fleet.start(programs.exchange(options, ports.choose("exchange", 0, None, ())))
            listing = read_listing(programs.exchange_address(options.data_dir))
            open_desk(options, settings, listing, fleet)
            time.sleep(WARM_UP_S)
            begin_s, before = time.monotonic(), ticks(listing)
            turns = [take_turn(is_awake=number % 2 == 1) for number in range(TURNS)]
            ticks_per_s = (ticks(listing) - before) / (time.monotonic() - begin_s)
            arrivals = read_arrivals(listing)
        ways = list(read_ways(settings, arrivals))
        with kept(is_awake=True):
            peer_ms = measure_log_alone(settings)
    assert ticks_per_s > 0.9 * TICKS_PER_S, f"only {ticks_per_s:,.0f} ticks/s"
    for is_awake in (False, True):
        measured = [way for way in ways if any(turn.has(way) for turn in turns if turn.is_awake == is_awake)]
        assert len(measured) >= ORDERS_MIN, f"only {len(measured)} orders"
        show(measured, ticks_per_s, peer_ms, is_awake=is_awake)


def take_turn(*, is_awake: bool) -> Turn:
    with kept(is_awake=is_awake):
        time.sleep(SETTLE_S)
        begin = time.time_ns()
        time.sleep(TURN_S)
        end = time.time_ns()
        # The last orders' way belongs to the turn.
        time.sleep(SETTLE_S)
    return Turn(is_awake, begin, end)


def kept(*, is_awake: bool) -> AbstractContextManager[None]:
    """Processors awake, where that is wanted."""
    return awake() if is_awake else nullcontext()


def open_desk(options: Options, settings: Settings, listing: Listing, fleet: Fleet) -> None:
    """The flows and the router; the ingestor last. What matters is how fast an order is on its way, not why."""
    operator.say(settings, _IDS, nervous_desk.opening_commands(listing, "bench"))
    config = options.data_dir / "state" / "tapeflow.toml"
    nervous_desk.write_config(config, listing)
    flows = [programs.flow(options, settings, name, config) for name in ("market", "risk")]
    fleet.start(*flows, programs.router(options, settings, listing))
    fleet.start(programs.ingestor(options, settings, listing))


def ticks(listing: Listing) -> int:
    """Messages that the venue has sent."""
    with urllib.request.urlopen(f"http://{listing.address}/tapeflow/status", timeout=5) as answer:
        return int(json.load(answer)["sent_messages"])


def read_arrivals(listing: Listing) -> dict[str, int]:
    """When the venue had read each order's request, ns since 1970 by client id."""
    with urllib.request.urlopen(f"http://{listing.address}/tapeflow/orders", timeout=30) as answer:
        return {order["client_order_id"]: order["arrived_ns"] for order in json.load(answer)["orders"]}


def read_ways(settings: Settings, arrivals: dict[str, int]) -> Iterator[Way]:
    """The way of every order that the venue took, from the records and the times at which they were written."""
    signals, reports = {}, {}
    for message, record in read(settings, "risk.inbox"):
        if isinstance(record, Signal):
            signals[message.partition(), message.offset()] = produced_ns(message)
        elif isinstance(record, ExecutionReport) and record.status is OrderStatus.ACCEPTED:
            reports[record.client_order_id] = record
    for message, record in read(settings, "execution.orders"):
        if isinstance(record, New) and (report := reports.get(record.client_order_id)):
            signal_ns = signals[record.origin.partition, record.origin.offset]
            arrived_ns = arrivals[record.client_order_id]
            yield Way(record.receive_ns, signal_ns, produced_ns(message), report.sent_ns, arrived_ns)


def read(settings: Settings, topic: str) -> Iterator[tuple[Message, object]]:
    """All records of a topic, as of now."""
    consumer = Consumer({**settings.kafka(), "group.id": "bench", "enable.partition.eof": True})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    ended = 0
    while ended < len(partitions):
        message = consumer.poll(10)
        assert message is not None, f"{topic} cannot be read"
        if message.error() is None:
            yield message, decode(message.value(), _IDS)
        else:
            ended += 1
    consumer.close()


def produced_ns(message: Message) -> int:
    headers = dict(message.headers() or [])
    return int.from_bytes(headers["produced_ns"], "big")


def measure_log_alone(settings: Settings) -> list[float]:
    """Milliseconds that a message takes through the three topics of an order's way, one message at a time."""
    topics.create(replace(settings, topic_prefix="peer."))
    names = [f"peer.{hop}" for hop in HOPS]
    producer = Producer({**settings.kafka(), "acks": "all", "enable.idempotence": True, "linger.ms": 0})
    consumers = []
    for name in names:
        consumer = Consumer({**settings.kafka(), "group.id": "peer", "fetch.wait.max.ms": 100})
        consumer.assign([TopicPartition(name, 0, 0)])
        consumers.append(consumer)
    taken = []
    for _ in range(PEER_ROUNDS):
        begin = time.perf_counter()
        for name, consumer in zip(names, consumers, strict=True):
            producer.produce(name, b"x" * 200, partition=0)
            producer.poll(0)
            message = consumer.poll(10)
            assert message is not None
            assert message.error() is None, message.error()
        taken.append((time.perf_counter() - begin) * 1e3)
    assert producer.flush(10) == 0
    for consumer in consumers:
        consumer.close()
    return taken


def show(ways: list[Way], ticks_per_s: float, peer_ms: list[float], *, is_awake: bool) -> None:
    hops = {
        "tick received -> signal written": [way.signal_written - way.tick_received for way in ways],
        "signal written -> order written": [way.order_written - way.signal_written for way in ways],
        "order written -> order sent": [way.order_sent - way.order_written for way in ways],
        "order sent -> order at the venue": [way.at_venue - way.order_sent for way in ways],
        "tick received -> order at the venue": [way.at_venue - way.tick_received for way in ways],
    }
    processors = "kept awake" if is_awake else "free to sleep"
    print(
        f"\nprocessors {processors}: {len(ways):,} orders at {ticks_per_s:,.0f} ticks/s; milliseconds at p50, p95, p99:"
    )
    for hop, taken_ns in hops.items():
        print("  {:38} {:8.2f} {:8.2f} {:8.2f}".format(hop, *percentiles([taken / 1e6 for taken in taken_ns])))
    print("  {:38} {:8.2f} {:8.2f} {:8.2f}".format("the log alone, three hops", *percentiles(peer_ms)))
    print(f"  target: p50 < {TARGET_P50_MS:.0f} ms, p95 < {TARGET_P95_MS:.0f} ms")
    p50, p95, _ = percentiles([taken / 1e6 for taken in hops["tick received -> order at the venue"]])
    peer_p50, _, _ = percentiles(peer_ms)
    print(
        f"order_latency, processors {processors}: p50 {p50:.2f} ms, p95 {p95:.2f} ms, "
        f"three bare hops of the log {peer_p50:.2f} ms, ratio {p50 / peer_p50:.1f}"
    )


def percentiles(values: list[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles(values, n=100)
    return cuts[49], cuts[94], cuts[98]
