"""The router is killed again and again while orders flow and the venue misbehaves; yet every order stands once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.contracts.records import OrderType, Side, TimeInForce
from flows.stack import Stack
from tests.system.exchange_process import Exchange
from tests.system.router_process import Logs, Router, check_against_venue, logs_of_their_own, market, wait_for

SEED = 20260729
ORDERS = 300
KILLS = 6
FAULTS = (
    "fail_before_accept",
    "fail_after_accept",
    "drop_connection_before_accept",
    "drop_connection_after_accept",
    "fail_queries",
)
QUICK = ("--recv-window", "1s", "--settle", "1500ms", "--request-timeout", "500ms", "--order-deadline", "8s")
FAR_BELOW = 1_000 * 10**9


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    with Stack(tmp_path / "stack") as stack, logs_of_their_own(stack) as made:
        yield made


class Desk(threading.Thread):
    """Writes orders for half a minute: two thirds at market, one third to rest until they are cancelled."""

    def __init__(self, logs: Logs, dice: random.Random) -> None:
        super().__init__()
        self._logs, self._dice = logs, dice
        self.ids: list[str] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            resting: list[str] = []
            for _ in range(ORDERS):
                self.ids.append(self._order(resting))
                if resting and self._dice.random() < 0.4:
                    self._logs.cancel(resting.pop(0))
                time.sleep(self._dice.uniform(0.02, 0.18))
            for client_order_id in resting:
                self._logs.cancel(client_order_id)
        except BaseException as error:
            self.failure = error

    def _order(self, resting: list[str]) -> str:
        side = self._dice.choice([Side.BUY, Side.SELL])
        if self._dice.random() < 0.67:
            return self._logs.new(side=side, quantity=self._dice.randint(1, 300) * 10_000_000)
        order = self._logs.new(order_type=OrderType.LIMIT, time_in_force=TimeInForce.GTC, price=FAR_BELOW)
        resting.append(order)
        return order


def misbehave(exchange: Exchange, dice: random.Random) -> None:
    faults = {fault: dice.randint(0, 3) for fault in FAULTS}
    exchange.control("faults", {**faults, "answer_delay_ms": dice.choice([0, 0, 20, 700])})


@pytest.mark.timeout(240)
def test_no_order_is_doubled_or_lost(logs: Logs, tmp_path: Path) -> None:
    dice = random.Random(SEED)
    with market("binance") as exchange:
        desk = Desk(logs, random.Random(SEED + 1))
        desk.start()
        for _ in range(KILLS):
            with Router(logs.settings, exchange, tmp_path, *QUICK) as router:
                deadline = time.monotonic() + dice.uniform(0.3, 4)
                while time.monotonic() < deadline:
                    misbehave(exchange, dice)
                    time.sleep(dice.uniform(0.05, 0.5))
                router.kill()
        with Router(logs.settings, exchange, tmp_path, *QUICK) as router:
            while desk.is_alive():
                misbehave(exchange, dice)
                time.sleep(0.3)
            exchange.control("faults", {**dict.fromkeys(FAULTS, 0), "answer_delay_ms": 0})
            desk.join()
            assert desk.failure is None, desk.failure
            logs.ended(*desk.ids, seconds=60)
            wait_for("all reports acknowledged", lambda: router.status()["open"] == 0)
        check_against_venue(logs, exchange)
        told = logs.reports()
        assert set(told) == set(desk.ids)
        ends = [reports[-1].status.value for reports in told.values()]
        # The test would prove little if nothing traded. How many expire before the router comes to them depends on the
        # machine (a slow one had 75 of 300 filled), so it asks for a few of each alone.
        counts = Counter(ends)
        assert min(counts["filled"], counts["cancelled"]) > ORDERS / 20, counts


@pytest.mark.timeout(180)
def test_a_broker_that_goes_away_comes_back_to_a_router_at_work(tmp_path: Path) -> None:
    with (
        Stack(tmp_path / "stack") as stack,
        logs_of_their_own(stack) as logs,
        market("binance") as exchange,
        Router(logs.settings, exchange, tmp_path) as router,
    ):
        before = [logs.new() for _ in range(5)]
        works = logs.new(order_type=OrderType.LIMIT, time_in_force=TimeInForce.GTC, price=FAR_BELOW)
        logs.ended(*before)
        stack.take_down("kafka")
        # Longer than the lease, and than a renewal waits for its answer.
        time.sleep(14)
        assert router.process.poll() is None, router.log.read_text()
        stack.bring_up("kafka")
        after = [logs.new() for _ in range(5)]
        logs.cancel(works)
        logs.ended(*after, works, seconds=60)
        check_against_venue(logs, exchange)
        assert router.stop() < 5
