"""The router as a process of its own, and the two logs that it works between."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from confluent_kafka import Consumer, Producer, TopicPartition

from flows.contracts import codec, records
from flows.contracts import topics as contract
from flows.contracts.registry import SchemaIds
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.system.exchange_process import KEY, ROOT, SECRET, Exchange

BINARY = ROOT / "rust_ingest" / "target" / "release" / "tapeflow-router"
ACCOUNT = "main"
QUICK = ("--recv-window", "500ms", "--settle", "1500ms", "--request-timeout", "1s")
"""Options of a router that gives up on the venue soon."""
SPANS_NS = (2 * 10**9, 10 * 10**9, 40 * 10**9)
"""To an order's end. A machine that is too busy for the first has longer the next time."""
_IDS = SchemaIds.embedded()
_FINAL = {"filled", "cancelled", "expired", "rejected"}
T = TypeVar("T")


def wait_for(what: str, probe: Callable[[], T], seconds: float = 90) -> T:
    """The first true answer of `probe`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := probe():
            return answer
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not within {seconds:.0f} s")


@contextmanager
def market(venue: str) -> Iterator[Exchange]:
    """An exchange with a seeded market to trade against."""
    with Exchange("--start", "immediately", "--venue", venue) as exchange:
        wait_for("a book", lambda: [one for one in exchange.control("status")["symbols"] if one["best_ask"]])
        yield exchange


class Router:
    """A router at one exchange. Leave the `with` block to end it."""

    def __init__(
        self, settings: Settings, exchange: Exchange, folder: Path, *options: str, keys: Mapping[str, str] | None = None
    ) -> None:
        host, port = exchange.address
        self.status_file = folder / f"router-{time.monotonic_ns()}.json"
        self.log = self.status_file.with_suffix(".log")
        command = [str(BINARY), "--venue", f"{exchange.venue}=http://{host}:{port}", *options]
        if "--order-deadline" not in options:
            # On a busy machine more than the ten seconds may pass while the lease of a router that was killed runs out.
            command += ["--order-deadline", "60s"]
        command += ["--bootstrap-servers", settings.bootstrap_servers, "--topic-prefix", settings.topic_prefix]
        command += ["--status-file", str(self.status_file)]
        keys = {"TAPEFLOW_VENUE_KEY": KEY, "TAPEFLOW_VENUE_SECRET": SECRET} if keys is None else keys
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env={**os.environ, **keys}, stderr=log)

    def __enter__(self) -> Router:
        wait_for("the router", lambda: self.process.poll() is not None or self.status_file.exists())
        assert self.process.poll() is None, self.log.read_text()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.status_file.read_text()))

    def stop(self) -> float:
        """Ends it politely; the seconds that took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        assert code == 0, self.log.read_text()
        return time.monotonic() - start

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=60)


class Logs:
    """`execution.orders` and `risk.inbox` under a prefix of their own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._producer = Producer({**settings.kafka(), "acks": "all", "linger.ms": 0})
        self._number = 0
        self._log_id = secrets.token_hex(4)
        self._partitions = {topic.name: topic.partitions for topic in contract.load().values()}

    def new(self, **changes: Any) -> str:
        """Writes a market order for 0.01 BTC, or what `changes` make of it; its client id."""
        origin = self._origin()
        order = records.New(
            origin=origin,
            account=ACCOUNT,
            strategy="test",
            client_order_id=f"tf-{self._log_id}-{origin.partition}-{origin.offset}-{origin.index}",
            venue="binance",
            instrument="BTC-USDT",
            price_exponent=-9,
            quantity_exponent=-9,
            side=records.Side.BUY,
            order_type=records.OrderType.MARKET,
            time_in_force=records.TimeInForce.IOC,
            quantity=10_000_000,
            price=None,
            reference_price=60_000 * 10**9,
            signal=origin,
            event_ns=time.time_ns(),
            receive_ns=time.time_ns(),
            post_only=False,
            expires_ns=None,
        )
        order = replace(order, **changes)
        self.write(codec.encode(order, _IDS))
        return order.client_order_id

    def cancel(self, client_order_id: str) -> None:
        self._change(records.Cancel, client_order_id, reason="test")

    def modify(self, client_order_id: str) -> None:
        exponents = {"price_exponent": -9, "quantity_exponent": -9}
        self._change(records.Modify, client_order_id, quantity=20_000_000, price=None, **exponents)

    def _change(self, kind: Any, client_order_id: str, **fields: Any) -> None:
        change = kind(
            origin=self._origin(),
            account=ACCOUNT,
            client_order_id=client_order_id,
            venue="binance",
            instrument="BTC-USDT",
            event_ns=time.time_ns(),
            **fields,
        )
        self.write(codec.encode(change, _IDS))

    def write(self, value: bytes) -> None:
        """Writes a message to `execution.orders`, acknowledged before this returns."""
        failures = []
        self._producer.produce(
            f"{self.settings.topic_prefix}execution.orders",
            value,
            key=ACCOUNT.encode(),
            partition=0,
            headers={"produced_ns": time.time_ns().to_bytes(8, "big")},
            on_delivery=lambda error, _message: failures.append(error) if error else None,
        )
        assert self._producer.flush(30) == 0
        assert not failures, failures

    def _origin(self) -> records.Origin:
        self._number += 1
        return records.Origin(0, self._number, 0)

    def reports(self) -> dict[str, list[records.ExecutionReport]]:
        """All execution reports, by client id."""
        found = defaultdict(list)
        for value in self.read("risk.inbox"):
            report = codec.decode(value, _IDS)
            assert isinstance(report, records.ExecutionReport)
            found[report.client_order_id].append(report)
        return found

    def dead_letters(self) -> list[records.DeadLetter]:
        return [codec.decode(value, _IDS) for value in self.read("ops.dead_letters")]

    def read(self, topic: str) -> list[bytes]:
        """All messages of a topic, as of now."""
        name = f"{self.settings.topic_prefix}{topic}"
        consumer = Consumer(
            {**self.settings.kafka(), "group.id": "test", "enable.partition.eof": True, "auto.offset.reset": "earliest"}
        )
        try:
            consumer.assign([TopicPartition(name, index, 0) for index in range(self._partitions[topic])])
            values, ended = [], 0
            while ended < self._partitions[topic]:
                message = consumer.poll(10)
                assert message is not None, f"{name} cannot be read"
                if message.error() is None:
                    values.append(message.value())
                else:
                    ended += 1
            return values
        finally:
            consumer.close()

    def ended(self, *client_order_ids: str, seconds: float = 90) -> list[list[records.ExecutionReport]]:
        """The reports of these orders, once each has come to its end."""

        def look() -> list[list[records.ExecutionReport]] | None:
            reports = self.reports()
            ends = [one for one in client_order_ids if reports[one] and reports[one][-1].status.value in _FINAL]
            return [reports[one] for one in client_order_ids] if len(ends) == len(client_order_ids) else None

        return wait_for(f"the end of {len(client_order_ids)} orders", look, seconds)


@contextmanager
def logs_of_their_own(stack: Stack) -> Iterator[Logs]:
    """Topics with a prefix that nobody else uses."""
    settings = replace(stack.settings, topic_prefix=f"router-{time.monotonic_ns()}.")
    topics.create(settings)
    yield Logs(settings)


def statuses(reports: list[records.ExecutionReport]) -> list[str]:
    return [report.status.value for report in reports]


def check_against_venue(logs: Logs, exchange: Exchange) -> None:
    """As `check_reports`, of all that either knows."""
    check_reports(logs.reports(), exchange.control("orders")["orders"])


def check_reports(
    told_by_order: Mapping[str, list[records.ExecutionReport]], at_venue: Iterable[Mapping[str, Any]]
) -> None:
    """Each order is at the venue once or not at all, its reports count up to one end, its fills are the venue's."""
    orders = defaultdict(list)
    for order in at_venue:
        orders[order["client_order_id"]].append(order)
    for client_order_id, reports in told_by_order.items():
        assert [report.origin.index for report in reports] == list(range(len(reports))), client_order_id
        assert [report.status.value in _FINAL for report in reports] == [False] * (len(reports) - 1) + [True]
        there = orders.pop(client_order_id, [])
        assert len(there) <= 1, f"{client_order_id} is {len(there)} times at the venue"
        fills = there[0]["fills"] if there else []
        made = [(str(fill["trade_id"]), fill["price"], fill["quantity"], fill["commission"]) for fill in fills]
        told = [_fill(report) for report in reports if report.trade_id is not None]
        assert told == made, client_order_id
        if there:
            names = {"FILLED": "filled", "CANCELED": "cancelled", "EXPIRED": "expired"}
            assert reports[-1].status.value == names[there[0]["status"]], client_order_id
    assert not orders, f"orders at the venue that no report tells of: {list(orders)}"


def _fill(report: records.ExecutionReport) -> tuple[str | None, str, str, str]:
    """Trade id, price, quantity and fee, as the exchange writes them."""
    price = _text(report.last_price, report.price_exponent)
    quantity = _text(report.last_quantity, report.quantity_exponent)
    return report.trade_id, price, quantity, _text(report.fee, report.fee_exponent)


def _text(value: int | None, exponent: int) -> str:
    """Eight decimals, exactly."""
    assert value is not None
    scaled, rest = divmod(abs(value) * 10**8, 10**-exponent)
    assert rest == 0
    return f"{'-' if value < 0 else ''}{scaled // 10**8}.{scaled % 10**8:08d}"
