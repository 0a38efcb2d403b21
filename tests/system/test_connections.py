"""A venue's connections are lost, and the log shows it only where something is missing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.contracts.records import Gap, Trade
from flows.stack import Stack
from tests.system.cuttable_line import CuttableLine
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import BINARY, Ingestor, records_of
from tests.system.router_process import Logs, logs_of_their_own, wait_for


@pytest.fixture
def logs(stack: Stack) -> Iterator[Logs]:
    with logs_of_their_own(stack) as made:
        yield made


def trades_beyond(ingestor: Ingestor, count: int) -> dict[str, Any]:
    """The status once there are more trades by so many."""
    before: int = ingestor.status()["records"]["Trade"]

    def look() -> dict[str, Any] | None:
        status = ingestor.status()
        return status if status["records"]["Trade"] > before + count else None

    return wait_for("more trades", look)


def test_of_two_connections_one_may_be_lost(logs: Logs, tmp_path: Path) -> None:
    with (
        Exchange("--venue", "binance") as exchange,
        CuttableLine(exchange.address) as a,
        CuttableLine(exchange.address) as b,
    ):
        urls = f"ws://{a.address},ws://{b.address}"
        with Ingestor(logs.settings, exchange, tmp_path, "--redundant", stream_url=urls) as ingestor:

            def both() -> bool:
                return all(one["state"] == "connected" for one in ingestor.status()["connections"])

            def in_step() -> None:
                """What one brings has come by the other: nothing is on its way from before both were there."""
                wait_for("both sides", both)
                before = ingestor.status()["duplicates"]
                wait_for("the same twice", lambda: ingestor.status()["duplicates"] > before)

            in_step()
            endpoints = [one["endpoint"] for one in ingestor.status()["connections"]]
            assert endpoints == urls.split(","), "each side begins at an endpoint of its own"
            trades_beyond(ingestor, 5)
            for line in (a, b):
                line.cut()
                status = trades_beyond(ingestor, 5)
                assert status["state"] == "connected", "one side is enough"
                line.mend()
                in_step()
            status = trades_beyond(ingestor, 5)
            ingestor.stop()
    ticks = records_of(logs.settings, "market.ticks")
    trades = [tick.trade_id for tick in ticks if isinstance(tick, Trade)]
    assert trades == list(range(trades[0], trades[-1] + 1)), "each once, in order, none missing"
    assert not [tick for tick in ticks if isinstance(tick, Gap)]
    assert not records_of(logs.settings, "ops.dead_letters")
    assert status["reconnects"] >= 2
    assert status["duplicates"] > len(trades) / 4


def test_a_lost_endpoint_is_left_for_the_next_one(logs: Logs, tmp_path: Path) -> None:
    with (
        Exchange("--venue", "binance") as exchange,
        CuttableLine(exchange.address) as a,
        CuttableLine(exchange.address) as b,
    ):
        urls = f"ws://{a.address},ws://{b.address}"
        with Ingestor(logs.settings, exchange, tmp_path, stream_url=urls) as ingestor:
            trades_beyond(ingestor, 3)
            a.cut()
            wait_for("the next endpoint", lambda: b.address in ingestor.status()["connections"][0]["endpoint"])
            status = trades_beyond(ingestor, 3)
            ingestor.stop()
            said = ingestor.log.read_text()
    assert (status["state"], status["reconnects"], status["gaps"]["connection"]) == ("connected", 1, 1)
    assert all(f"ws://{line.address}" in said for line in (a, b)), "the log names the endpoints"


def test_a_venue_without_numbers_cannot_be_redundant() -> None:
    command = [
        str(BINARY),
        "--venue",
        "kraken",
        "--symbols",
        "XBT/USD",
        "--redundant",
        "--bootstrap-servers",
        "127.0.0.1:1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "kraken does not number all of its trades, quotes and books" in done.stderr
