"""What an order opened is closed at the venue when a mark reaches its stop: through the log, the flow, the router and
the exchange, and once, although the flow dies in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from flows.connectors.log_lookup import LogLookup
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
from flows.explain.chain_finder import complete
from flows.explain.errors import ClosesAnother
from flows.explain.order_finder import find
from flows.explain.records_log import RecordsLog
from flows.kernels.stage import Entry
from flows.stack import Stack
from flows.stack.settings import Settings
from tests import log_of
from tests.flow_process import FlowProcess
from tests.operator_records import wide_open
from tests.replay.chains import RISK, run
from tests.system.router_process import Router, check_reports, logs_of_their_own, market, wait_for

_IDS = SchemaIds.embedded()
_PRICE = 60_000 * 10**9
_PLACE: dict[str, Any] = {
    "account": "main",
    "venue": "binance",
    "instrument": "BTC-USDT",
    "price_exponent": -9,
    "quantity_exponent": -9,
}


def told(settings: Settings, topic: str, kind: type[Any]) -> list[Any]:
    """All records of a kind, as of now."""
    found = (codec.decode(one.value, _IDS) for one in log_of.read(settings, topic))
    return [one for one in found if isinstance(one, kind)]


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
            return Mark(**_PLACE, origin=origin, event_ns=now_ns, receive_ns=now_ns, price=price)

        entry = Signal(
            **_PLACE,
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
        first_mark = Mark(**_PLACE, origin=Origin(0, -1, 0), event_ns=now_ns, receive_ns=now_ns, price=_PRICE)
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
        by_order: dict[str, list[ExecutionReport]] = {}
        for report in told(settings, "risk.inbox", ExecutionReport):
            by_order.setdefault(report.client_order_id, []).append(report)
        assert list(by_order) == [bought.client_order_id, sold.client_order_id]
        check_reports(by_order, exchange.control("orders")["orders"])
        with LogLookup(settings) as lookup:
            log = RecordsLog(lookup, _IDS)
            with pytest.raises(ClosesAnother, match=f"the stop of order {bought.client_order_id}"):
                complete(log, find(log, sold.client_order_id))
        for engine in ("rust", "python"):
            assert replayed(settings, engine) == written(settings)


def inbox(settings: Settings) -> Sequence[Entry]:
    return [
        Entry("risk.inbox", one.partition, one.offset, one.key, one.value, (one.partition, one.offset, 0))
        for one in log_of.read(settings, "risk.inbox")
    ]


def replayed(settings: Settings, engine: str) -> dict[str, list[bytes]]:
    """What the inbox makes once more, by topic."""
    made = run(RISK, inbox(settings), engines={"risk": engine})["risk"]
    return {topic: [one[3] for one in made if one[0] == topic] for topic in ("risk.decisions", "execution.orders")}


def written(settings: Settings) -> dict[str, list[bytes]]:
    """What stands in the log."""
    return {
        topic: [one.value for one in log_of.read(settings, topic)] for topic in ("risk.decisions", "execution.orders")
    }
