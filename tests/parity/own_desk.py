"""An account before both twins of risk, with a venue that does what a test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flows.contracts.codec import decode
from flows.contracts.records import (
    Command,
    Control,
    ExecutionReport,
    LegState,
    Mark,
    New,
    OrderStatus,
    OrderType,
    Origin,
    QuoteState,
    RiskState,
    Side,
    Signal,
    StageState,
    TimeInForce,
)

from .streams import SECOND, START
from .twins import IDS, PARTITION, Twins, entry, records

PLACE = {"venue": "binance", "instrument": "BTC-USDT", "price_exponent": -2, "quantity_exponent": -3}
DONE = {OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED}


@dataclass
class Order:
    """One at the venue."""

    new: New
    filled: int = 0
    reports: int = 0
    is_done: bool = False


@dataclass
class Desk:
    """Prices and quantities are counts. Account `main` is open; its largest order is 10, its largest position 15."""

    twins: Twins = field(default_factory=lambda: Twins("risk", {}))
    orders: dict[str, Order] = field(default_factory=dict)
    position: int = 0
    _offset: int = 0

    def __post_init__(self) -> None:
        self.command(Command.OPEN, log_id="abcd1234")
        self.limits()
        self.mark(100)

    def take(self, record: Any) -> list[Any]:
        """What the desk makes of one more record."""
        made = records(self.twins.feed([entry("risk.inbox", self._offset, record)]))
        self._offset += 1
        self.orders |= {one.client_order_id: Order(one) for one in made if isinstance(one, New)}
        return made

    def command(self, command: Command, **values: Any) -> list[Any]:
        none: dict[str, Any] = {name: None for name in Control.__dataclass_fields__ if name != "SUBJECT"}
        said = {"account": "main", "command": command, "operator": "me", "reason": "test", "event_ns": START}
        return self.take(Control(**{**none, **PLACE, "client_order_id": "", **said, **values}))

    def limits(self, **changes: int) -> None:
        wide = {
            "max_order_quantity": 10,
            "max_position": 15,
            "max_order_notional": 1200,
            "max_gross_notional": 2000,
            "max_price_age_ns": 60 * SECOND,
        }
        self.command(Command.LIMITS, **(wide | changes))

    def mark(self, price: int, second: int = 0) -> list[Any]:
        """A mark; its venue time is `second` seconds behind the start."""
        at_ns = START + second * SECOND
        origin = Origin(0, self._offset, 0)
        return self.take(Mark(**PLACE, origin=origin, account="main", event_ns=at_ns, receive_ns=START, price=price))

    def signal(self, side: Side, quantity: int, strategy: str = "range", **exits: int) -> list[Any]:
        """A limit order at 100, with `stop_price`, `target_price`, `exit_ns`."""
        return self.take(self.wanted(side=side, quantity=quantity, price=100, strategy=strategy, **exits))

    def quote(self, strategy: str = "maker", **terms: Any) -> list[Any]:
        """Terms for quotes of 4 on either side, two away from the middle of 99 and 101, for a minute; `terms` changes
        them."""
        usual = {"half_spread": 2, "skew": 0, "price_step": 1, "bid_price": 99, "ask_price": 101}
        said = {"side": Side.BUY, "price": None, "quantity": 4, "post_only": True, "expires_ns": START + 60 * SECOND}
        return self.take(self.wanted(**({"strategy": strategy} | said | usual | terms)))

    def wanted(self, **said: Any) -> Signal:
        """A signal that says this, and nothing where it need not."""
        none: dict[str, Any] = {name: None for name in ("stop_price", "target_price", "exit_ns", "expires_ns")}
        none |= {name: None for name in ("half_spread", "skew", "price_step", "bid_price", "ask_price")}
        usual = {"origin": Origin(0, self._offset, 0), "event_ns": START, "receive_ns": START, "post_only": False}
        return Signal(
            **PLACE,
            **(none | usual | said),
            account="main",
            interval_ns=SECOND,
            order_type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            reference_price=100,
            strength=1.0,
            reason="test",
            series="",
        )

    def order(self, side: Side, quantity: int, strategy: str = "range", **exits: int) -> str:
        """The id of the order that such a signal becomes."""
        made = self.signal(side, quantity, strategy, **exits)
        (new,) = (one for one in made if isinstance(one, New))
        return new.client_order_id

    def report(self, id: str, status: OrderStatus, quantity: int = 0, receive_ns: int = START) -> list[Any]:
        """The venue fills so much more of an order, and says where it stands."""
        order = self.orders[id]
        order.filled += quantity
        self.position += quantity if order.new.side is Side.BUY else -quantity
        order.is_done = status in DONE
        said = ExecutionReport(
            **PLACE,
            origin=Origin(PARTITION, order.new.origin.offset, order.reports),
            account="main",
            client_order_id=id,
            venue_order_id=None,
            status=status,
            side=order.new.side,
            order_quantity=order.new.quantity,
            last_quantity=quantity,
            last_price=(order.new.price or 100) if quantity else None,
            cumulative_quantity=order.filled,
            fee=0,
            fee_exponent=-9,
            fee_asset="",
            trade_id=None,
            reason="",
            event_ns=START,
            order_receive_ns=START,
            sent_ns=START,
            receive_ns=receive_ns,
        )
        order.reports += 1
        return self.take(said)

    def fill(self, id: str, quantity: int | None = None) -> list[Any]:
        """The whole rest, or so much of it."""
        order = self.orders[id]
        rest = order.new.quantity - order.filled
        done = quantity is None or quantity == rest
        return self.report(
            id, OrderStatus.FILLED if done else OrderStatus.PARTIALLY_FILLED, rest if quantity is None else quantity
        )

    @property
    def legs(self) -> list[LegState]:
        return self._state().legs

    @property
    def quotes(self) -> list[QuoteState]:
        return self._state().quotes

    def _state(self) -> RiskState:
        stage = decode(self.twins.snapshot(), IDS)
        assert isinstance(stage, StageState)
        state = decode(stage.kernel, IDS)
        assert isinstance(state, RiskState)
        return state
