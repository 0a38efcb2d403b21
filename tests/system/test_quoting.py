"""A strategy's quotes at the venue: through the log, the flow, the router and the exchange. They fill on both sides,
the router dies in between, and when nobody speaks any more they end by their time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path

from flows.contracts import codec
from flows.contracts.records import (
    ExecutionReport,
    Mark,
    New,
    OrderStatus,
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
from tests.system.exchange_process import Exchange
from tests.system.risk_log import PLACE, by_order, replayed, told, written
from tests.system.router_process import QUICK, SPANS_NS, Router, check_reports, logs_of_their_own, market

_IDS = SchemaIds.embedded()
_CENT, _DOLLAR = 10**7, 10**9
_FINAL = {OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED}


class Maker:
    """Says marks and terms as stage signals does, from what the exchange shows."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.settings = settings
        self._exchange = exchange
        self._numbers = count()

    def say(self, half_spread: int, life_ns: int) -> Signal:
        bid, ask = self._touch()
        now_ns = time.time_ns()
        times = {"event_ns": now_ns, "receive_ns": now_ns}
        mark = Mark(**PLACE, **times, origin=Origin(0, next(self._numbers), 0), price=bid)
        terms = Signal(
            **PLACE,
            **times,
            origin=Origin(0, next(self._numbers), 0),
            strategy="maker",
            interval_ns=10**9,
            side=Side.BUY,
            order_type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            quantity=2_000_000,
            price=None,
            reference_price=bid,
            strength=1.0,
            reason="test",
            series="",
            stop_price=None,
            target_price=None,
            exit_ns=None,
            post_only=True,
            expires_ns=now_ns + life_ns,
            half_spread=half_spread,
            skew=_CENT,
            price_step=_CENT,
            bid_price=bid,
            ask_price=ask,
        )
        log_of.write(self.settings, "risk.inbox", [(b"main", codec.encode(one, _IDS)) for one in (mark, terms)])
        return terms

    def _touch(self) -> tuple[int, int]:
        (shown,) = (one for one in self._exchange.control("status")["symbols"] if one["symbol"] == "BTCUSDT")
        bid, ask = (round(float(shown[side]) * 100) * _CENT for side in ("best_bid", "best_ask"))
        return bid, max(ask, bid + _CENT)

    def quote(self, seconds: float) -> Iterator[None]:
        """Quotes at the touch, over and over, while the caller has something to wait for."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.say(0, 20 * 10**9)
            yield
            time.sleep(0.2)
        raise TimeoutError(f"nobody traded with the quotes within {seconds:.0f} s")

    def filled(self) -> set[Side]:
        """Which sides have filled, at least in part."""
        return {one.side for one in told(self.settings, "risk.inbox", ExecutionReport) if one.last_quantity}


def ended(settings: Settings) -> bool:
    """Whether each order that was written has its last report."""
    reports = by_order(settings)
    orders = told(settings, "execution.orders", New)
    return all(one.client_order_id in reports and reports[one.client_order_id][-1].status in _FINAL for one in orders)


def fall_silent(maker: Maker, flow: FlowProcess) -> list[ExecutionReport]:
    """Terms so far away that nobody trades with them, and no word behind them: the last reports of the two quotes. A
    machine that is too busy to send them in time has longer the next time."""
    for span_ns in SPANS_NS:
        terms = maker.say(5_000 * _DOLLAR, span_ns)
        end_ns = terms.expires_ns or 0
        flow.until(lambda end_ns=end_ns: time.time_ns() > end_ns and ended(maker.settings))
        quotes = [one for one in told(maker.settings, "execution.orders", New) if one.signal == terms.origin]
        last = [by_order(maker.settings)[one.client_order_id][-1] for one in quotes]
        if len(last) == 2 and all(one.status is OrderStatus.CANCELLED for one in last):
            return last
    raise AssertionError(f"quotes did not end by their time: {last}")


def check_one_at_a_time(settings: Settings) -> None:
    """Each side's next quote was decided behind the report that ended the one before."""
    ends = {}
    for one in log_of.read(settings, "risk.inbox"):
        record = codec.decode(one.value, _IDS)
        if isinstance(record, ExecutionReport) and record.status in _FINAL:
            ends.setdefault(record.client_order_id, one.offset)
    for side in Side:
        orders = [one for one in told(settings, "execution.orders", New) if one.side is side]
        for before, after in pairwise(orders):
            assert ends[before.client_order_id] <= after.origin.offset


def test_quotes_fill_on_both_sides_and_end_by_their_time(stack: Stack, tmp_path: Path) -> None:
    with logs_of_their_own(stack) as logs, market("binance") as exchange:
        settings, maker = logs.settings, Maker(logs.settings, exchange)
        log_of.write(settings, "risk.inbox", [(b"main", codec.encode(one, _IDS)) for one in wide_open(("BTC-USDT",))])
        with FlowProcess(stack, tmp_path / "flow", settings.topic_prefix, "risk") as flow:
            with Router(settings, exchange, tmp_path, *QUICK) as router:
                for _ in maker.quote(60):
                    if maker.filled():
                        break
                router.kill()
            maker.say(0, 20 * 10**9)
            with Router(settings, exchange, tmp_path, *QUICK):
                for _ in maker.quote(60):
                    if maker.filled() == set(Side):
                        break
                for last in fall_silent(maker, flow):
                    assert last.reason == "CANCELED: its time was up"
        check_reports(by_order(settings), exchange.control("orders")["orders"])
        check_one_at_a_time(settings)
        orders = told(settings, "execution.orders", New)
        assert all(one.post_only and one.expires_ns is not None for one in orders)
        for engine in ("rust", "python"):
            assert replayed(settings, engine) == written(settings)
