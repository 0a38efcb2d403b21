"""What an ingestor broadcasts is what it writes: byte for byte, record for record, in order, both ways."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import live
from flows.stack import Stack
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import Ingestor, records_of
from tests.system.router_process import Logs, logs_of_their_own

RECORDS = 400


@pytest.fixture
def logs(stack: Stack) -> Iterator[Logs]:
    with logs_of_their_own(stack) as made:
        yield made


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return "{}:{}".format(*listener.getsockname())


def test_subscribers_get_what_the_topic_holds(logs: Logs, tmp_path: Path) -> None:
    by_websocket, by_zeromq = free_address(), free_address()
    options = ("--broadcast-listen", by_websocket, "--zmq-bind", f"tcp://{by_zeromq}")
    with Exchange("--venue", "binance") as exchange, Ingestor(logs.settings, exchange, tmp_path, *options) as ingestor:
        subscriptions = {
            "all by WebSocket": live.subscribe(f"ws://{by_websocket}", timeout_s=20),
            "all by ZeroMQ": live.subscribe(f"tcp://{by_zeromq}", timeout_s=20),
            "trades by ZeroMQ": live.subscribe(
                f"tcp://{by_zeromq}", venues=["binance"], instruments=["BTC-USDT"], kinds=["Trade"], timeout_s=20
            ),
        }
        # All at once: one that waits while another is read would be a slow one.
        got: dict[str, list[Any]] = {}
        readers = [
            threading.Thread(target=lambda name=name: got.update({name: read(subscriptions[name])}))
            for name in subscriptions
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(30)
        ingestor.stop()
        with pytest.raises(live.Closed, match="1001 the publisher ends"):
            list(subscriptions["all by WebSocket"])
        for subscription in subscriptions.values():
            subscription.close()
    written = records_of(logs.settings, "market.ticks")
    trades = [record for record in written if type(record).__name__ == "Trade"]
    assert set(got) == set(subscriptions)
    for name, records in got.items():
        among = trades if name.startswith("trades") else written
        first = among.index(records[0])
        assert records == among[first : first + len(records)], name
        assert len(records) >= (10 if name.startswith("trades") else RECORDS), name


def read(records: live.Subscription) -> list[Any]:
    trades = 0
    got = []
    for record in records:
        got.append(record)
        trades += type(record).__name__ == "Trade"
        if len(got) == RECORDS or (trades == len(got) == 10):
            break
    return got


def test_other_machines_only_when_it_is_said(logs: Logs, tmp_path: Path) -> None:
    with Exchange("--venue", "binance") as exchange:
        ingestor = Ingestor(logs.settings, exchange, tmp_path, "--broadcast-listen", "0.0.0.0:9301")
        assert ingestor.process.wait(timeout=20) == 1
    assert "--broadcast-beyond-loopback" in ingestor.log.read_text()
