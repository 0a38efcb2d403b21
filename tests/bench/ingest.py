"""Ingestor: messages per second from the exchange's socket to acknowledged records, beside rdkafka alone.

`make bench BENCH=ingest`. In turns, and in each turn on the same records: the ingestor reads real messages from a
socket, and a producer of rdkafka writes what came of them once more, out of memory, as fast as it can, with the same
settings to a partition like it. The same in plain Python is told too. Exchange, broker and ingestor share this machine.
All of them let records wait for company: without it rdkafka's thread asks its socket without a rest while its one
request is on its way, and takes a processor from the others (the ingestor's does not: tapelog/src/queues.rs).
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from flows.contracts.codec import encode
from flows.contracts.partition import partition_of
from flows.contracts.records import Quote, Side, Trade
from flows.contracts.registry import SchemaIds
from flows.stack import Stack, topics
from tests.bench.market_programs import built, run
from tests.recordings import recording
from tests.system.exchange_process import ROOT, Exchange, Stream

INGESTOR = ROOT / "rust_ingest" / "target" / "release" / "tapeflow-ingestor"
CAPTURES = ["binance/spot/btcusdt_20240808.gz", "binance/spot/btcusdt_20240809.gz"]
ROUNDS, TURNS = 3, 5
"""Measured, and how often the recordings are played in each."""
TOPIC = "market.ticks"
INSTRUMENT = "BTC-USDT"
PEER_MESSAGES = 60_000
LINGER_US = 5_000
TARGET_PER_S, AIM_OF_RDKAFKA = 200_000, 0.8
ALONE = "alone."
"""Prefix of the topics that rdkafka alone writes to."""

_IDS = re.compile(rb'"(u|U|t|lastUpdateId)":(\d+)')


def test_ingest(tmp_path: Path) -> None:
    captures = [recording(name) for name in CAPTURES]
    program = built("tapeflow-tapelog") / "rdkafka_alone"
    capture = tmp_path / "capture"
    ours, alone = [], []
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        topics.create(replace(stack.settings, topic_prefix=ALONE))
        with LogEnd(stack.bootstrap_servers) as end:
            for number in range(1 + ROUNDS):
                messages = write_long_capture(captures, capture, range(number * TURNS, (number + 1) * TURNS))
                ours.append(measure(stack, end, capture, messages, tmp_path))
                written = [stack.bootstrap_servers, ALONE, end.partition, end.now() - messages, messages, LINGER_US]
                alone.append(run([str(program)], *written)["per_s"])
            peer = measure_plain_python(stack, end.partition, capture)
    # The broker's own code is compiled while it runs: the first round is for that.
    per_s, cpu_us, resident_mb = (
        statistics.median(getattr(one, name) for one in ours[1:]) for name in ("per_s", "cpu_us", "resident_mb")
    )
    rdkafka = statistics.median(alone[1:])
    print(
        f"\nmarket.ticks: {messages:,} messages at {per_s:,.0f}/s, {cpu_us:.1f} us of CPU each, {resident_mb:.0f} MB "
        f"resident (target {TARGET_PER_S:,}/s)"
    )
    print(
        f"ingest: {per_s:,.0f} messages/s, rdkafka alone {rdkafka:,.0f} records/s, ratio {per_s / rdkafka:.2f} (aim "
        f"{AIM_OF_RDKAFKA}); plain Python {peer:,.0f}, ratio {per_s / peer:.1f}"
    )
    assert per_s >= TARGET_PER_S


def write_long_capture(captures: list[Path], target: Path, turns: range) -> int:
    """The recordings one after the other, once for each turn, their ids counted on; returns the number of messages."""
    lines = [line for path in captures for line in gzip.decompress(path.read_bytes()).splitlines(keepends=True)]
    events = [line for line in lines if b'"stream"' in line]
    trades, updates = (id_span(events, pattern) for pattern in (rb'"t":(\d+)', rb'"U":(\d+),"u":(\d+)'))
    with target.open("wb") as file:
        for turn in turns:

            def moved(found: re.Match[bytes], turn: int = turn) -> bytes:
                return b'"%s":%d' % (found[1], int(found[2]) + turn * (trades if found[1] == b"t" else updates))

            file.writelines(_IDS.sub(moved, line) for line in (lines if turn == turns[0] else events))
    return len(turns) * len(events)


def id_span(events: list[bytes], pattern: bytes) -> int:
    """How many ids the events go through, so that a turn joins the one before."""
    ids = [int(number) for event in events for found in re.finditer(pattern, event) for number in found.groups()]
    return max(ids) - min(ids) + 1


class LogEnd:
    """Asks the broker how far the instrument's partition is written: what is below is acknowledged."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "bench"})
        count = len(self._consumer.list_topics(TOPIC, timeout=10).topics[TOPIC].partitions)
        self.partition = partition_of(INSTRUMENT.encode(), count)

    def __enter__(self) -> LogEnd:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def now(self) -> int:
        """The end; a topic made just now takes a moment to have one."""
        deadline = time.monotonic() + 30
        while True:
            try:
                partition = TopicPartition(TOPIC, self.partition)
                return int(self._consumer.get_watermark_offsets(partition, timeout=10)[1])
            except KafkaException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def wait_past(self, offset: int, timeout_s: float) -> float:
        """The moment at which the log had grown past `offset`, on the monotonic clock."""
        deadline = time.monotonic() + timeout_s
        while self.now() <= offset:
            assert time.monotonic() < deadline, f"the log ends at {self.now()}, not past {offset}"
            time.sleep(0.005)
        return time.monotonic()


@dataclass(frozen=True)
class Measured:
    per_s: float
    cpu_us: float
    resident_mb: float


def measure(stack: Stack, end: LogEnd, capture: Path, messages: int, folder: Path) -> Measured:
    """Rate from the first record to the acknowledgement of the last of `messages`."""
    status_file = folder / "ingestor.json"
    status_file.unlink(missing_ok=True)
    begin = end.now()
    with Exchange("--capture", str(capture), "--speed", "max", "--listen", "127.0.0.1:0") as exchange:
        address = "{}:{}".format(*exchange.address)
        options = ["--venue", "binance", "--symbols", "BTCUSDT", "--status-file", str(status_file)]
        urls = ["--stream-url", f"ws://{address}", "--rest-url", f"http://{address}"]
        log = ["--bootstrap-servers", stack.bootstrap_servers, "--linger-us", str(LINGER_US)]
        command = [str(INGESTOR), *options, *urls, *log]
        with subprocess.Popen(command, stderr=(folder / "ingestor.log").open("w")) as ingestor:
            try:
                process = psutil.Process(ingestor.pid)
                # The instrument and, from the second round on, a gap come before the market.
                started = end.wait_past(begin + 2, timeout_s=30)
                ended = end.wait_past(begin + messages, timeout_s=120)
                cpu = process.cpu_times()
                resident = process.memory_info().rss
            finally:
                ingestor.terminate()
                assert ingestor.wait(timeout=10) == 0, (folder / "ingestor.log").read_text()
    return Measured(messages / (ended - started), (cpu.user + cpu.system) / messages * 1e6, resident / 1e6)


def measure_plain_python(stack: Stack, partition: int, capture: Path) -> float:
    """json, the reference codec and confluent-kafka: trades and quotes only, so that it has less to do."""
    ids = SchemaIds.embedded()
    settings = {"enable.idempotence": True, "linger.ms": LINGER_US / 1e3}
    producer = Producer({"bootstrap.servers": stack.bootstrap_servers, **settings})
    failures: list[KafkaError] = []

    def delivered(error: KafkaError | None, _: Message) -> None:
        if error:
            failures.append(error)

    path = "/stream?streams=btcusdt@trade/btcusdt@bookTicker"
    with Exchange("--capture", str(capture), "--speed", "max") as exchange, Stream(exchange, path) as stream:
        begin = time.monotonic()
        for _ in range(PEER_MESSAGES):
            frame = json.loads(stream.message())
            record = MAKERS[frame["stream"].partition("@")[2]](frame["data"], time.time_ns())
            while True:
                with suppress(BufferError):
                    producer.produce(TOPIC, encode(record, ids), INSTRUMENT, partition, on_delivery=delivered)
                    break
                producer.poll(0.01)
            producer.poll(0)
        producer.flush(60)
        elapsed = time.monotonic() - begin
    assert not failures, failures[0]
    return PEER_MESSAGES / elapsed


def nano(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(9, "0"))


def trade(data: dict[str, str], receive_ns: int) -> Trade:
    return Trade(
        venue="binance",
        instrument=INSTRUMENT,
        price_exponent=-9,
        quantity_exponent=-9,
        event_ns=int(data["T"]) * 1_000_000,
        publish_ns=int(data["E"]) * 1_000_000,
        receive_ns=receive_ns,
        trade_id=int(data["t"]),
        price=nano(data["p"]),
        quantity=nano(data["q"]),
        aggressor=Side.SELL if data["m"] else Side.BUY,
        trade_type="",
        flags=0,
    )


def quote(data: dict[str, str], receive_ns: int) -> Quote:
    return Quote(
        venue="binance",
        instrument=INSTRUMENT,
        price_exponent=-9,
        quantity_exponent=-9,
        event_ns=None,
        publish_ns=None,
        receive_ns=receive_ns,
        update_id=int(data["u"]),
        bid_price=nano(data["b"]),
        bid_quantity=nano(data["B"]),
        ask_price=nano(data["a"]),
        ask_quantity=nano(data["A"]),
        flags=0,
    )


MAKERS: dict[str, Callable[[dict[str, str], int], Trade | Quote]] = {"trade": trade, "bookTicker": quote}
