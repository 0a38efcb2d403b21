"""What a live switch of engine adds to the delay of the records around it, at 2,000 ticks a second.

`make bench BENCH=engine_switch`. The market flow runs as a process of its own beside the broker, and all three stages
change over together, to Python and back, again and again. A delay is the time from a tick's sending to the writing of
what it caused. Compared are the worst delay in the window behind each switch and the worst behind the same words said
again, which change nothing: an operator's connecting and writing costs both alike on this machine.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition

from flows.connectors import rollout_log
from flows.contracts.codec import decode
from flows.contracts.partition import partition_of
from flows.contracts.records import Rollout
from flows.contracts.registry import SchemaIds
from flows.rollout.commands import policy
from flows.stack import Stack, topics
from flows.stack.settings import CLICKHOUSE_URL, Settings
from tests.flow_process import FlowProcess
from tests.synthetic_ticks import INSTRUMENTS, messages

TICKS_PER_S = 2_000
SWITCHES = 24
BETWEEN_S = 2.0
# The flow's start, Python's engine loaded beside it, and the broker's just-in-time compiler.
WARM_UP_S = 20.0
WINDOW_NS = 100_000_000
TARGET_MS = 10.0
STAGES = ("bars", "features", "signals")
_IDS = SchemaIds.embedded()
_STEP_S = 0.005
# Short bars: something comes out of every moment.
CONFIG = "[bars]\nintervals_ns = [50_000_000]\n"


def test_engine_switch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of the stack only the broker is wanted; nobody connects to this.
    monkeypatch.setenv(CLICKHOUSE_URL, "http://127.0.0.1:1")
    config = tmp_path / "tapeflow.toml"
    config.write_text(CONFIG)
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        seconds = WARM_UP_S + (SWITCHES + 1) * BETWEEN_S
        ticks = list(messages(int(TICKS_PER_S * seconds), per_second=TICKS_PER_S // len(INSTRUMENTS)))
        with FlowProcess(stack, tmp_path, "", "market", "--config", str(config)) as process:
            feeder = threading.Thread(target=feed, args=(stack.settings, ticks))
            feeder.start()
            time.sleep(WARM_UP_S)
            for number in range(SWITCHES):
                percent = 100 * (number % 2)
                for _ in range(2):
                    rollout_log.say(stack.settings, _IDS, [policy(stage, percent, [], [], "bench") for stage in STAGES])
                    time.sleep(BETWEEN_S / 2)
            feeder.join()
            process.interrupt()
        around, quiet = delays(stack.settings)
    show(around, quiet)


def feed(settings: Settings, ticks: list[tuple[bytes, bytes]]) -> None:
    """Ticks at their rate, each with the time of its sending."""
    producer = Producer({**settings.kafka(), "acks": "all", "enable.idempotence": True, "linger.ms": 0})
    partitions = {name.encode(): partition_of(name.encode(), 4) for name in INSTRUMENTS}
    begin_s = time.monotonic()
    sent = 0
    while sent < len(ticks):
        due = int((time.monotonic() - begin_s) * TICKS_PER_S)
        for key, value in ticks[sent:due]:
            headers = {"produced_ns": time.time_ns().to_bytes(8, "big")}
            producer.produce(settings.topic("market.ticks"), value, key, partitions[key], headers=headers)
        sent = max(sent, due)
        producer.poll(0)
        time.sleep(_STEP_S)
    assert producer.flush(30) == 0


Worst = dict[str, list[float]]
"""By the engine that ran: the worst delay of each window, ms."""


def delays(settings: Settings) -> tuple[Worst, Worst]:
    """Behind switches, and behind words that changed nothing."""
    sent: dict[int, dict[int, int]] = defaultdict(dict)
    switches: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for message in read(settings, "market.ticks"):
        partition, offset = message.partition() or 0, message.offset() or 0
        stamp = produced_ns(message)
        if stamp is not None:
            sent[partition][offset] = stamp
        elif (rollout := decode(message.value() or b"", _IDS)).stage == STAGES[-1]:
            assert isinstance(rollout, Rollout)
            switches[partition].append((offset, "rust" if rollout.rust_percent else "python"))
    taken: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for name in ("market.bars", "market.features", "risk.inbox"):
        for message in read(settings, name):
            record = decode(message.value() or b"", _IDS)
            stamp = produced_ns(message)
            if isinstance(record, Rollout) or stamp is None:
                continue
            begun = sent[record.origin.partition][record.origin.offset]
            taken[record.origin.partition].append((begun, (stamp - begun) / 1e6))
    around: Worst = defaultdict(list)
    quiet: Worst = defaultdict(list)
    for partition, places in switches.items():
        before = "rust"
        for offset, engine in places:
            # From the last tick before the words, so that a record that had to wait behind the switch counts too.
            begin = max(stamp for at, stamp in sent[partition].items() if at < offset)
            window = [delay for begun, delay in taken[partition] if begin <= begun < begin + WINDOW_NS]
            if window:
                (quiet if engine == before else around)[engine].append(max(window))
            before = engine
    return around, quiet


def read(settings: Settings, topic: str) -> Iterator[Message]:
    """All records of a topic, as of now."""
    consumer = Consumer({**settings.kafka(), "group.id": "bench", "enable.partition.eof": True})
    partitions = consumer.list_topics(settings.topic(topic), timeout=10).topics[settings.topic(topic)].partitions
    consumer.assign([TopicPartition(settings.topic(topic), partition, 0) for partition in partitions])
    ended = 0
    while ended < len(partitions):
        message = consumer.poll(10)
        assert message is not None, f"{topic} cannot be read"
        if message.error() is None:
            yield message
        else:
            ended += 1
    consumer.close()


def produced_ns(message: Message) -> int | None:
    headers = dict(message.headers() or [])
    stamp = headers.get("produced_ns")
    return int.from_bytes(stamp, "big") if isinstance(stamp, bytes) else None


def show(around: Worst, quiet: Worst) -> None:
    added: dict[str, float] = {}
    print(f"\nworst delay within {WINDOW_NS // 10**6} ms, ms: median, 90 %, largest of the windows of all partitions")
    for engine in ("python", "rust"):
        for name, worst in (("behind a switch to", around[engine]), ("behind idle words in", quiet[engine])):
            tenths = statistics.quantiles(worst, n=10)
            figures = (statistics.median(worst), tenths[-1], max(worst))
            print("  {:30}{:8.2f}{:8.2f}{:8.2f}  n={}".format(f"{name} {engine}", *figures, len(worst)))
        added[engine] = statistics.median(around[engine]) - statistics.median(quiet[engine])
    largest = max(added.values())
    print(
        f"engine_switch: added delay {added['python']:.2f} ms to python, {added['rust']:.2f} ms to rust (medians), "
        f"target < {TARGET_MS:.0f} ms, {'met' if largest < TARGET_MS else 'MISSED'}"
    )
    assert all(around.values())
