"""How late a message is a tick: from its time at the venue until its record stands encoded, over a real socket.

`make bench BENCH=socket_to_tick`. Open loop, on recorded messages of Binance: each has its time, whatever became of the
one before. In it are the sender's system call, loopback, the wake-up, WebSocket, frame log, parsing, sequence, book,
normalised record and its encoding, and what the one thread does in between: it hands records to the producer, which
writes them to a real broker. `read alone` is the same connection that makes nothing of what it reads: so late does this
machine wake a reader. Sender and ingestor have processors of their own, if there are two. The broker, which has another
machine where microseconds count, gives way to both; processors are kept awake, as by `tapeflow run --keep-awake`: to
wake one takes longer than all that is measured.
"""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

import psutil

from flows.running.awake import awake
from flows.stack import Stack, topics
from tests.bench.ingest import CAPTURES, write_long_capture
from tests.bench.market_programs import built, run
from tests.recordings import recording

RATES_PER_S = (1_000, 10_000, 50_000)
SECONDS = 4
ROUNDS = 3
TARGET_P95_US, AIM_P95_US = 100, 10
LAST = 19
"""The niceness of who gives way to all others."""


def test_socket_to_tick(tmp_path: Path) -> None:
    program = built("tapeflow-ingestor") / "socket_to_tick"
    capture = tmp_path / "capture"
    messages = write_long_capture([recording(name) for name in CAPTURES], capture, range(3))
    assert messages >= max(RATES_PER_S) * SECONDS
    found: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    with awake(), Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        let_others_go_first()
        for number in range(-1, ROUNDS):
            for rate in RATES_PER_S:
                told = ["--capture", str(capture), "--per-s", str(rate), "--messages", str(rate * SECONDS)]
                alone = run([str(program), *told])
                log = ["--frames", str(tmp_path / f"frames-{number}-{rate}")]
                records = run([str(program), *told, "--bootstrap-servers", stack.bootstrap_servers, *log])
                assert records["acknowledged"] >= records["messages"]
                # In the first round Java still compiles the broker.
                if number >= 0:
                    found["read alone", rate].append(alone)
                    found["tick", rate].append(records)
    print(f"\n{'':<12}{'messages/s':>12}{'p50 us':>9}{'p95 us':>9}{'p99 us':>9}{'of it sent late, p50 and p95':>30}")
    p95_us = {}
    for (name, rate), rounds in found.items():
        keys = ("p50_us", "p95_us", "p99_us", "sent_p50_us", "sent_p95_us")
        p50, p95, p99, sent_p50, sent_p95 = (statistics.median(one[key] for one in rounds) for key in keys)
        p95_us[name, rate] = p95
        print(f"{name:<12}{rate:>12,}{p50:>9.1f}{p95:>9.1f}{p99:>9.1f}{sent_p50:>22.1f}{sent_p95:>8.1f}")
    for rate in RATES_PER_S:
        print(
            f"socket_to_tick: {rate:,} messages/s, p95 {p95_us['tick', rate]:.1f} us (target {TARGET_P95_US}, aim "
            f"{AIM_P95_US}), {p95_us['tick', rate] / p95_us['read alone', rate]:.2f} of reading alone"
        )
    # At higher rates two processors are too few for sender, broker and ingestor.
    assert p95_us["tick", min(RATES_PER_S)] <= TARGET_P95_US


def let_others_go_first() -> None:
    """Every thread of the stack's processes gives way: Linux has niceness by thread, and new ones inherit it."""
    for process in psutil.Process().children(recursive=True):
        for thread in process.threads():
            os.setpriority(os.PRIO_PROCESS, thread.id, LAST)
