"""What an order opened is closed at the venue when a mark reaches its stop: through the log, the flow, the router and
the exchange, and once, although the flow dies in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from flows.contracts import codec
from flows.contracts.records import (
    Decision,
    ExecutionReport,
    Exit,
    Mark,
    New,
    OrderType,
    Origin,
    Side,
    Signal,
    TimeInForce,
)
from flows.contracts.registry import SchemaIds
from flows.stack import Stack
from flows.stack.settings import Settings
from tests import log_of
from tests.flow_process import FlowProcess
from tests.operator_records import wide_open
from tests.system.risk_log import PLACE, by_order, replayed, told, written
from tests.system.router_process import Router, check_reports, logs_of_their_own, market, wait_for

_IDS = SchemaIds.embedded()
_PRICE = 60_000 * 10**9


def filled(settings: Settings, orders: int) -> Callable[[], bool]:
    """Whether so many orders are filled."""
    return lambda: sum(one.status.value == "filled" for one in told(settings, "risk.inbox", ExecutionReport)) == orders


def test_a_stop_is_reached_while_the_flow_is_down(stack: Stack, tmp_path: Path) -> None:
    with logs_of_their_own(stack) as logs, market("binance") as exchange, Router(logs.settings, exchange, tmp_path):
        settings, numbers, now_ns = logs.settings, count(), time.time_ns()

        def say(*said: Any) -> None:
            log_of.write(settings, "risk.inbox", [(b"main", codec.encode(one, _IDS)) for one in said])

        def mark(price: int) -> Mark:
            origin = Origin(0, next(numbers), 0)
            return Mark(**PLACE, origin=origin, event_ns=now_ns, receive_ns=now_ns, price=price)

        entry = Signal(
            **PLACE,
            origin=Origin(0, next(numbers), 0),
            strategy="range",
            interval_ns=10**9,
            event_ns=now_ns,
            receive_ns=now_ns,
            side=Side.BUY,
            order_type=OrderType.MARKET,
            time_in_force=TimeInForce.IOC,
            quantity=10_000_000,
            price=None,
            reference_price=_PRICE,
            strength=1.0,
            reason="test",
            series="",
            stop_price=_PRICE - 1,
            target_price=2 * _PRICE,
            exit_ns=None,
            post_only=False,
            expires_ns=None,
            half_spread=None,
            skew=None,
            price_step=None,
            bid_price=None,
            ask_price=None,
        )
        first_mark = Mark(**PLACE, origin=Origin(0, -1, 0), event_ns=now_ns, receive_ns=now_ns, price=_PRICE)
        with FlowProcess(stack, tmp_path / "flow", settings.topic_prefix, "risk") as flow:
            say(*wide_open(("BTC-USDT",)), first_mark, entry)
            flow.until(filled(settings, 1))
            flow.kill()
        say(mark(_PRICE), mark(_PRICE - 1), mark(_PRICE - 2))
        with FlowProcess(stack, tmp_path / "flow", settings.topic_prefix, "risk") as flow:
            flow.until(filled(settings, 2))
            say(mark(_PRICE - 3))
            wait_for("the last mark", lambda: flow.done("risk.inbox") >= len(log_of.read(settings, "risk.inbox")))

        bought, sold = told(settings, "execution.orders", New)
        assert (bought.side, sold.side, sold.quantity) == (Side.BUY, Side.SELL, bought.quantity)
        of_entry, of_exit = told(settings, "risk.decisions", Decision)
        assert (of_entry.closes, of_entry.exit) == (None, None)
        assert (of_exit.closes, of_exit.exit) == (bought.client_order_id, Exit.STOP)
        assert of_exit.client_order_id == sold.client_order_id
        reports = by_order(settings)
        assert list(reports) == [bought.client_order_id, sold.client_order_id]
        check_reports(reports, exchange.control("orders")["orders"])
        for engine in ("rust", "python"):
            assert replayed(settings, engine) == written(settings)
