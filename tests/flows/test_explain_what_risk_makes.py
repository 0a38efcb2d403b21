"""Explanations of orders that no signal asks for one by one: a market maker's quotes, and what closes at a stop."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from flows.config import Config
from flows.contracts.codec import Record, encode
from flows.contracts.records import (
    Cancel,
    Control,
    ExecutionReport,
    Exit,
    Heartbeat,
    Mark,
    New,
    OrderStatus,
    Origin,
    Quote,
    Side,
    Signal,
    TimeInForce,
    Trade,
)
from flows.contracts.registry import SchemaIds
from flows.engine import Events, TradingEngine
from flows.explain import json_report, text_report, why_not_report
from flows.explain.explain import explain
from flows.explain.explanation import Explanation, Verdict
from flows.explain.html_page import html_page
from flows.explain.why_not import why_not
from flows.running.flow_options import FlowOptions
from flows.stack import Stack, topics
from tests import log_of
from tests.execution_reports import report_of
from tests.operator_records import wide_open

_IDS = SchemaIds.embedded()
Tick = Quote | Trade | Heartbeat
_MINUTE = 60 * 10**9
_MIDNIGHT = 1_723_075_200 * 10**9
_DOLLAR = 10**9
_LOT = 10**7
_CONFIG = """
[bars]
intervals_ns = [60_000_000_000]

[features]
volatility = 3

[[strategies]]
name = "night"
kind = "overnight_range"
account = "main"
venue = "binance"
instrument = "BTC-USDT"
interval_ns = 60_000_000_000
quantity = "0.01"
parameters = { atr = 1 }

[[strategies]]
name = "maker"
kind = "market_making"
account = "main"
venue = "binance"
instrument = "BTC-USDT"
interval_ns = 60_000_000_000
quantity = "0.01"
parameters = { price_step = "0.01" }
"""


def _minute(number: int, dollars: int) -> list[Tick]:
    """A quote and a trade of a minute of two days, at a price."""
    at_ns, price = _MIDNIGHT + number * _MINUTE, dollars * _DOLLAR
    place = {"venue": "binance", "instrument": "BTC-USDT", "price_exponent": -9, "quantity_exponent": -9}
    times = {"event_ns": at_ns, "publish_ns": at_ns, "receive_ns": at_ns}
    touch = {"bid_price": price, "bid_quantity": _LOT, "ask_price": price + _DOLLAR, "ask_quantity": _LOT}
    traded = {"trade_id": number, "price": price, "quantity": _LOT, "aggressor": Side.BUY, "trade_type": ""}
    return [Quote(**place, **times, update_id=number, **touch, flags=0), Trade(**place, **times, **traded, flags=0)]


def _ticks() -> list[Tick]:
    """Noon, the night behind it, a breakout on the next morning, and the fall back."""
    morning = 24 * 60 + 10 * 60
    at = {12 * 60: 50_000, 20 * 60: 50_010, 20 * 60 + 1: 49_990, morning: 50_100, morning + 1: 50_110}
    at |= {morning + 2: 49_900, morning + 3: 49_910}
    found = [one for number, dollars in at.items() for one in _minute(number, dollars)]
    end_ns = _MIDNIGHT + (morning + 5) * _MINUTE
    return [*found, Heartbeat(venue="binance", instrument="BTC-USDT", event_ns=end_ns, receive_ns=end_ns)]


class _Log:
    """What an engine makes of what is said to it, which is what flows write."""

    def __init__(self, config: Config) -> None:
        self._engine = TradingEngine(config)
        self._waiting: list[ExecutionReport] = []
        self._places: dict[str, int] = {}
        self.messages: dict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
        """By topic."""
        self.orders: dict[str, New] = {}
        """By client id."""

    def say(self, record: Control | Tick) -> None:
        """And what the venue then says: what takes is filled at once, and a quote is cancelled when that is asked."""
        if isinstance(record, Control):
            self._say("risk.inbox", b"main", record, self._engine.execute_control(record))
        else:
            self._say("market.ticks", record.instrument.encode(), record, self._engine.execute_tick(record))
        while self._waiting:
            report = self._waiting.pop(0)
            self._say("risk.inbox", b"main", report, self._engine.execute_report(report))

    def _say(self, topic: str, key: bytes, record: Record, made: Events) -> None:
        self.messages[topic].append((key, encode(record, _IDS)))
        for event in made:
            place = len(self.messages[event.topic])
            self.messages[event.topic].append((event.key, event.value))
            match event.record:
                case New() as order:
                    self.orders[order.client_order_id] = order
                    self._places[order.client_order_id] = place
                    if order.time_in_force is TimeInForce.IOC:
                        self._answer(order, OrderStatus.FILLED, order.quantity)
                case Cancel(client_order_id=id):
                    self._answer(self.orders[id], OrderStatus.CANCELLED, 0)

    def _answer(self, order: New, status: OrderStatus, filled: int) -> None:
        origin = Origin(order.origin.partition, self._places[order.client_order_id], 0)
        self._waiting.append(report_of(order, origin, status, filled, filled))


@dataclass(frozen=True)
class Traded:
    options: FlowOptions
    orders: Sequence[New]

    def explained(self, order: New) -> Explanation:
        return explain(order.client_order_id, self.options, "it", lambda *_: None, with_market=True)

    def of(self, strategy: str) -> list[New]:
        return [one for one in self.orders if one.strategy == strategy]


@pytest.fixture(scope="module")
def traded(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Traded:
    settings = replace(stack.settings, topic_prefix="made-by-risk.")
    topics.create(settings)
    file = tmp_path_factory.mktemp("made-by-risk") / "tapeflow.toml"
    file.write_text(_CONFIG)
    log = _Log(Config.load(file))
    for command in wide_open(["BTC-USDT"]):
        # Once a night's order is filled no bid goes out.
        log.say(replace(command, max_position=_LOT) if command.max_position is not None else command)
    for tick in _ticks():
        log.say(tick)
    for topic, messages in log.messages.items():
        log_of.write(settings, topic, messages)
    return Traded(FlowOptions(settings, Config.load(file)), list(log.orders.values()))


def test_quotes_go_back_to_the_terms(traded: Traded) -> None:
    """At their own signal, and where they waited for the end of those before them, at a report."""
    quotes = traded.of("maker")
    waited = 0
    for quote in quotes:
        found = traded.explained(quote)
        signal, decision = found.chain.signal.record, found.chain.decision.record
        assert isinstance(signal, Signal)
        assert (signal.origin, signal.half_spread is None) == (quote.signal, False)
        assert (decision.client_order_id, decision.side) == (quote.client_order_id, quote.side)
        assert found.rederivation.verdict is Verdict.IDENTICAL
        assert found.strategy is not None
        assert found.strategy["kind"] == "market_making"
        waited += found.chain.signal.entry.offset != quote.origin.offset
        text = text_report.text_report(found)
        assert "quote 0.01 BTC-USDT" in text
        assert "around the middle of" in html_page(found)
    assert 0 < waited < len(quotes)


def test_what_closes_says_what_it_closes_and_why(traded: Traded) -> None:
    bought, sold = traded.of("night")
    assert (bought.side, sold.side, sold.quantity) == (Side.BUY, Side.SELL, bought.quantity)
    assert traded.explained(bought).chain.closes is None
    found = traded.explained(sold)
    chain = found.chain
    assert isinstance(chain.signal.record, Mark)
    assert chain.signal.record.origin == sold.signal
    assert chain.closes is not None
    assert (chain.closes.client_order_id, chain.closes.exit) == (bought.client_order_id, Exit.STOP)
    assert chain.closes.signal is not None
    assert chain.closes.signal.record.origin == bought.signal
    assert chain.features is not None
    assert chain.features.record.close == chain.bars[0].record.close == chain.signal.record.price
    assert found.rederivation.verdict is Verdict.IDENTICAL
    assert [kind for run in found.rederivation.runs for kind in (one.kind for one in run.comparisons)] == [
        "Bar",
        "FeatureVector",
        "Mark",
        "Decision",
        "New",
    ]
    assert found.strategy is not None
    assert found.strategy["name"] == "night"
    assert chain.notes == []
    stop = chain.closes.signal.record.stop_price
    for text in (text_report.text_report(found), html_page(found)):
        assert f"the stop of order {bought.client_order_id} (tapeflow explain {bought.client_order_id})" in text
        assert "no strategy asked at it: it reached an exit" in text
        assert f"stop {stop / _DOLLAR:.2f}".rstrip("0").rstrip(".") in text
    assert json.loads(json_report.json_report(found))["closes"]["exit"] == "stop"


def test_why_not_shows_both_decisions_on_quotes(traded: Traded) -> None:
    """A bid that would pass the limit is stopped, and the ask goes out alone."""
    bought, _ = traded.of("night")
    found = why_not("BTC-USDT", bought.event_ns, _MINUTE, traded.options, "it")
    pairs = {one.signal.record.event_ns: one for one in found.considered if one.signal.record.strategy == "maker"}
    alone = [one for one in pairs.values() if len({link.record.verdict for link in one.decisions}) == 2]
    assert alone
    for one in pairs.values():
        assert [link.record.side for link in one.decisions] == [Side.BUY, Side.SELL]
    text = why_not_report.text(found)
    assert "buy stopped by position: measured 0.02, limit 0.01" in text
    assert "sell accepted: order tf-" in text
    decided = [one for signal in json.loads(why_not_report.json(found))["signals"] for one in signal["decisions"]]
    assert len(decided) == sum(len(one.decisions) for one in found.considered)
