"""Orders a second that the exchange takes over HTTP: open loop, from the moment at which each order was due.

`make bench BENCH=exchange_orders`. The load is made by a process of its own on the same machine: it sends each order
when it is due, whatever became of those before, over as many connections as it needs; an order that finds none free
waits, and that counts. Orders are signed beforehand. Half of them rest and half trade, in one symbol of a live market.
"""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import statistics
import time
from collections import deque
from dataclasses import dataclass
from decimal import Decimal

from tests.system.exchange_process import KEY, Exchange, sign

RATES = (1_000, 2_500, 5_000, 7_500, 10_000, 15_000)
SECONDS = 6
WARM_UP_S = 1
CONNECTIONS = 64
# What the exchange holds, it holds with a latency that one would trade with.
P99_MS_MAX = 50.0


@dataclass(frozen=True)
class Measured:
    """One rate: what was offered, what was answered, and how long that took from when it was due, ms."""

    offered: int
    answered: float
    refused: int
    p50: float
    p99: float
    worst: float

    @property
    def holds(self) -> bool:
        """All of it was answered in time."""
        return self.answered > 0.98 * self.offered and self.p99 < P99_MS_MAX


def requests(address: tuple[str, int], count: int, name: str, bid: Decimal) -> list[bytes]:
    """Signed orders, ready to be sent."""
    made = []
    head = f" HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nX-MBX-APIKEY: {KEY}\r\nContent-Length: 0\r\n\r\n"
    for number in range(count):
        resting = number % 2 == 0
        query = sign(
            {
                "symbol": "BTCUSDT",
                "side": "BUY" if number % 4 < 2 else "SELL",
                "type": "LIMIT",
                "timeInForce": "GTC" if resting else "IOC",
                "quantity": "0.001",
                "price": str(bid - 20_000 if number % 4 < 2 else bid + 20_000) if resting else str(bid),
                "newClientOrderId": f"{name}-{number}",
                "newOrderRespType": "ACK",
                "recvWindow": 60_000,
                "timestamp": int(time.time() * 1000),
            }
        )
        made.append(f"POST /api/v3/order?{query}{head}".encode())
    return made


class Load:
    """Sends orders when they are due, and takes down when their answers came."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._selector = selectors.DefaultSelector()
        self._free: deque[socket.socket] = deque()
        self._due: dict[socket.socket, float] = {}
        self.latencies: list[float] = []
        self.refused = 0
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(connection, selectors.EVENT_READ)
            self._free.append(connection)

    def run(self, orders: list[bytes], rate: int) -> float:
        """Sends all at `rate` a second; gives how long it took until the last answer, s."""
        start = time.perf_counter()
        sent = 0
        while len(self.latencies) < len(orders):
            now = time.perf_counter()
            due = min(int((now - start) * rate), len(orders))
            while sent < due and self._free:
                connection = self._free.popleft()
                connection.sendall(orders[sent])
                self._due[connection] = start + sent / rate
                sent += 1
            for key, _ in self._selector.select(0.0005):
                connection = key.fileobj  # type: ignore[assignment]
                answer = connection.recv(65_536)
                if not answer.endswith(b"}"):
                    raise ConnectionError(f"half an answer, or none: {answer!r}")
                self.refused += not answer.startswith(b"HTTP/1.1 200")
                self.latencies.append(time.perf_counter() - self._due.pop(connection))
                self._free.append(connection)
        return time.perf_counter() - start


def offer(address: tuple[str, int], rate: int, bid: Decimal) -> Measured:
    """Offers one rate, after a warm-up."""
    load = Load(address)
    load.run(requests(address, WARM_UP_S * min(rate, 2_000), f"w{rate}", bid), min(rate, 2_000))
    load.latencies.clear()
    orders = requests(address, SECONDS * rate, f"r{rate}", bid)
    seconds = load.run(orders, rate)
    cuts = statistics.quantiles(load.latencies, n=100)
    return Measured(
        rate, len(orders) / seconds, load.refused, cuts[49] * 1000, cuts[98] * 1000, max(load.latencies) * 1000
    )


def test_exchange_orders() -> None:
    options = ("--symbols", "BTCUSDT", "--start", "immediately", "--balance", "USDT=900000000")
    with Exchange(*options) as exchange:
        while not (best := exchange.control("status")["symbols"][0]["best_bid"]):
            time.sleep(0.05)
        held = 0
        print(f"\n{'offered/s':>10} {'answered/s':>10} {'refused':>8} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}")
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            for rate in RATES:
                one = pool.apply(offer, (exchange.address, rate, Decimal(best)))
                print(
                    f"{one.offered:>10,} {one.answered:>10,.0f} {one.refused:>8} "
                    f"{one.p50:>8.2f} {one.p99:>8.2f} {one.worst:>8.1f}"
                )
                held = max(held, rate if one.holds else 0)
        orders = exchange.control("status")["orders"]
    sent = sum(SECONDS * rate + WARM_UP_S * min(rate, 2_000) for rate in RATES)
    print(f"exchange_orders: {held:,} orders/s with p99 below {P99_MS_MAX:.0f} ms; at the venue: {orders}")
    assert orders["accepted"] + orders["refused"] == sent
