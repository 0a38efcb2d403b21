"""WebSocket clients that the exchange serves at once: open loop, for its market goes on whoever keeps up.

`make bench BENCH=exchange_streams`. Every client gets trades, tops and depth of one symbol; one process of its own on
the same machine reads them all. Told is the time from an event of the market to the client that gets it, over and above
that of the run's quickest message, at every read of every client; and whether anybody was cut off for reading slowly.
"""

from __future__ import annotations

import multiprocessing
import resource
import selectors
import statistics
import time
from dataclasses import dataclass

from tests.system.exchange_process import Exchange, Stream

CLIENTS = (1, 100, 300, 1_000)
SECONDS = 8.0
# The first moments are those of a thousand handshakes.
SETTLE_S = 2.0
STREAMS = "btcusdt@trade/btcusdt@bookTicker/btcusdt@depth"
LAG_P99_MS_MAX = 500.0


@dataclass(frozen=True)
class Reading:
    """What one process that reads all clients saw."""

    messages: int
    p50_ms: float
    p99_ms: float
    gone: int


class At:
    """Where an exchange listens, for another process."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address


def read_all(exchange: At, clients: int) -> Reading:
    """Connects so many clients and reads them for a while."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    selector = selectors.DefaultSelector()
    for _ in range(clients):
        stream = Stream(exchange, f"/ws/{STREAMS}")
        stream.socket.setblocking(False)
        selector.register(stream.socket, selectors.EVENT_READ)
    ages: list[float] = []
    messages = gone = 0
    begin = time.perf_counter() + SETTLE_S
    while (now := time.perf_counter()) < begin + SECONDS:
        for key, _ in selector.select(0.01):
            data = key.fileobj.recv(1 << 18)  # type: ignore[union-attr]
            if not data:
                gone += 1
                selector.unregister(key.fileobj)
            elif now > begin:
                messages += data.count(b'{"')
                at = data.rfind(b'"E":')
                if 0 <= at < len(data) - 17:
                    ages.append(time.time() * 1000 - int(data[at + 4 : at + 17]))
    quickest = min(ages)
    cuts = statistics.quantiles((age - quickest for age in ages), n=100)
    return Reading(messages, cuts[49], cuts[98], gone)


def test_exchange_streams() -> None:
    held = 0
    print(f"\n{'clients':>8} {'messages/s':>11} {'p50 ms':>8} {'p99 ms':>8} {'cut off':>8}")
    for clients in CLIENTS:
        options = ("--symbols", "BTCUSDT", "--start", "immediately", "--start-time", "now")
        with Exchange(*options) as exchange, multiprocessing.get_context("spawn").Pool(1) as pool:
            one = pool.apply(read_all, (At(exchange.address), clients))
            connected = len(exchange.control("status")["clients"])
        print(f"{clients:>8,} {one.messages / SECONDS:>11,.0f} {one.p50_ms:>8.1f} {one.p99_ms:>8.1f} {one.gone:>8}")
        if one.gone == 0 and connected == clients and one.p99_ms < LAG_P99_MS_MAX:
            held = clients
    print(f"exchange_streams: {held:,} clients, none cut off, p99 below {LAG_P99_MS_MAX:.0f} ms")
    assert held
