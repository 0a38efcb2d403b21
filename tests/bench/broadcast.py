"""Broadcast: how late an update is at 1, 10 and 100 clients, and how many a second get there, beside a named peer.

`make bench BENCH=broadcast`. By WebSocket the peer is Python's `websockets` (`broadcast`), by ZeroMQ libzmq's PUB
(pyzmq). Both sides of a comparison are read by the same program: `listen` of the crate, and pyzmq. Open loop: an update
has its time, whatever became of the one before. Publisher and readers share this machine, whose processors are kept
awake: a reader is woken for each update. They have processors of their own, as they have in the world: Linux wakes a
reader on the processor of whom it hears from, where it waits for the publisher's next hundred system calls while the
other processor is idle. Rounds take turns; medians count: an update to a hundred clients is a hundred system calls, and
five sixths of its time are Linux' (by `perf`), which a neighbour on the same machine makes twice as slow for a while.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import websockets
import zmq

from flows.running.awake import awake
from tests.bench.market_programs import built
from tests.system.exchange_process import ROOT

CLIENTS = (1, 10, 100)
SECONDS = 2.0
ROUNDS = 5
CALM_PER_S = 200
"""Updates a second for latency: what the slowest side can give 100 clients."""
BUSY_DELIVERIES_PER_S = 200_000
"""Updates a second, times clients, for throughput."""
TARGET_P95_US = 1_000
PROCESSORS = os.sched_getaffinity(0)
FIRST = min(PROCESSORS)
BODY = b'{"kind":"Trade","sequence":0,"send_ns":%019d,"record":"' + b"x" * 230 + b'"}'
"""As long as a trade in JSON."""


@dataclass(frozen=True)
class Reading:
    messages: int
    p50_us: float
    p95_us: float


def test_broadcast() -> None:
    with on(PROCESSORS - {FIRST} or PROCESSORS):
        measure()


def measure() -> None:
    examples = built("tapeflow-broadcast")
    listen: Reader = lambda address, clients: run_listen(examples / "listen", address, clients)  # noqa: E731
    sides: dict[str, tuple[Callable[[float, int], Iterator[str]], Reader]] = {
        "WebSocket, tapeflow": (lambda rate, _: publishing(examples / "publish", rate, "websocket"), listen),
        "WebSocket, websockets": (lambda rate, _: peer("websockets", rate), listen),
        "ZeroMQ, tapeflow": (lambda rate, _: publishing(examples / "publish", rate, "zmq"), run_pyzmq),
        "ZeroMQ, libzmq": (lambda rate, _: peer("zmq", rate), run_pyzmq),
    }
    calm: dict[tuple[str, int], list[Reading]] = {}
    busy: dict[tuple[str, int], list[Reading]] = {}
    for clients in CLIENTS:
        for _ in range(ROUNDS):
            for name, (publish, reader) in sides.items():
                for readings, rate in ((calm, CALM_PER_S), (busy, BUSY_DELIVERIES_PER_S / clients)):
                    with awake(), contextmanager(publish)(rate, clients) as address:
                        readings.setdefault((name, clients), []).append(reader(address, clients))
    print(f"\n{'':<23}{'clients':>8}{'p50 us':>10}{'p95 us':>10}{'arrived/s':>12}{'of offered':>12}")
    p95 = {}
    for (name, clients), readings in calm.items():
        p50_us = statistics.median(one.p50_us for one in readings)
        p95[name, clients] = statistics.median(one.p95_us for one in readings)
        arrived = statistics.median(one.messages for one in busy[name, clients]) / SECONDS
        share = arrived / BUSY_DELIVERIES_PER_S
        print(f"{name:<23}{clients:>8}{p50_us:>10,.0f}{p95[name, clients]:>10,.0f}{arrived:>12,.0f}{share:>12.0%}")
    ours, theirs = (p95[f"WebSocket, {side}", 100] for side in ("tapeflow", "websockets"))
    print(
        f"broadcast: 100 clients, update -> client p95 {ours:,.0f} us (target {TARGET_P95_US:,}), "
        f"websockets {theirs:,.0f}"
    )
    assert ours <= TARGET_P95_US


Reader = Callable[[str, int], Reading]


@contextmanager
def on(processors: set[int]) -> Iterator[None]:
    """What is done and started in the `with` has these processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def publishing(program: Path, rate: float, face: str) -> Iterator[str]:
    """The crate's publisher, some moments after it is asked for an address; it publishes until it is left."""
    # Handed over as an ingestor does: what one read of a socket gave.
    options = ["--rate", str(int(rate)), "--seconds", "60", "--at-once", str(max(1, int(rate / 5_000)))]
    with on({FIRST}):
        process = subprocess.Popen([program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())[face]
            process.stdin.write("go\n")
            process.stdin.flush()
            yield address
        finally:
            process.kill()


def peer(name: str, rate: float) -> Iterator[str]:
    """The same by another library, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.broadcast", name, str(rate)]
    with on({FIRST}):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def run_listen(program: Path, address: str, clients: int) -> Reading:
    command = [program, "--address", address, "--clients", str(clients), "--seconds", str(SECONDS)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    figures = json.loads(said[-1])
    return Reading(figures["messages"], figures["p50_us"], figures["p95_us"])


def run_pyzmq(address: str, clients: int) -> Reading:
    """As many SUB sockets, read in turn."""
    context = zmq.Context()
    poller = zmq.Poller()
    ages_us: list[float] = []
    try:
        for _ in range(clients):
            subscriber = context.socket(zmq.SUB)
            subscriber.setsockopt(zmq.LINGER, 0)
            subscriber.setsockopt(zmq.RCVHWM, 0)
            subscriber.connect(f"tcp://{address}")
            subscriber.subscribe(b"")
            poller.register(subscriber, zmq.POLLIN)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for subscriber, _ in poller.poll(10):
                trailer = subscriber.recv_multipart()[2]
                ages_us.append((time.time_ns() - struct.unpack_from(">q", trailer, 8)[0]) / 1e3)
    finally:
        context.destroy(linger=0)
    cuts = statistics.quantiles(ages_us, n=100)
    return Reading(len(ages_us), cuts[49], cuts[94])


def due_times(rate: float) -> Iterator[float]:
    """Moments of the monotonic clock, `rate` a second, from now on."""
    begin = time.monotonic()
    number = 0
    while True:
        yield begin + number / rate
        number += 1


async def serve_websockets(rate: float) -> None:
    clients: set[websockets.ServerConnection] = set()

    async def attend(client: websockets.ServerConnection) -> None:
        clients.add(client)
        await client.wait_closed()
        clients.discard(client)

    async with websockets.serve(attend, "127.0.0.1", 0, compression=None) as server:
        print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        for due in due_times(rate):
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            websockets.broadcast(clients, (BODY % time.time_ns()).decode())


def serve_zmq(rate: float) -> None:
    publisher = zmq.Context().socket(zmq.PUB)
    publisher.bind("tcp://127.0.0.1:*")
    print(publisher.getsockopt(zmq.LAST_ENDPOINT).decode().removeprefix("tcp://"), flush=True)
    value = b"x" * 90
    for due in due_times(rate):
        time.sleep(max(0.0, due - time.monotonic()))
        trailer = struct.pack(">Qqq", 0, time.time_ns(), 0)
        publisher.send_multipart([b"market.ticks/binance/BTC-USDT/Trade", value, trailer])


if __name__ == "__main__":
    if sys.argv[1] == "zmq":
        serve_zmq(float(sys.argv[2]))
    else:
        asyncio.run(serve_websockets(float(sys.argv[2])))
