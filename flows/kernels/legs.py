"""What each order of a strategy opened and nothing has closed yet: its leg. A strategy cannot know that, as it sees
the market alone; risk does.

- A leg is armed by the fills of its order, if that has a stop, a target or a time to be closed at. Without a fill there
  is nothing to close.
- A fill of the same strategy on the other side of the instrument closes its open legs first, the oldest first; what is
  left opens a leg of its own. A closing order closes its own leg before the others.
- The first mark at the stop or beyond it closes a leg, or at the target or beyond, or of its time or later; `closing`
  says how. Once a closing order went out, the rest is closed at the next mark, wherever that is.
- One closing order at a time: the next goes out when reports have ended the one before, whatever they said.
- A leg ends when its order and its closing order have ended, and nothing is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.contracts.records import Exit, LegState, Mark, OrderState, Side, Signal
from flows.kernels.orders import Orders, remaining


@dataclass(slots=True)
class Leg:
    """One order's."""

    client_order_id: str
    strategy: str
    venue: str
    instrument: str
    side: Side
    stop_price: int | None
    target_price: int | None
    exit_ns: int | None
    open_quantity: int = 0
    exit: Exit | None = None
    """Why it is being closed; None until a closing order went out."""
    closing_order_id: str | None = None

    @classmethod
    def of(cls, signal: Signal, client_order_id: str) -> Leg:
        return cls(
            client_order_id=client_order_id,
            strategy=signal.strategy,
            venue=signal.venue,
            instrument=signal.instrument,
            side=signal.side,
            stop_price=signal.stop_price,
            target_price=signal.target_price,
            exit_ns=signal.exit_ns,
        )

    @property
    def is_armed(self) -> bool:
        return self.stop_price is not None or self.target_price is not None or self.exit_ns is not None

    def exit_at(self, mark: Mark) -> Exit | None:
        """Why a mark closes it; None if it does not."""
        if self.exit is not None:
            return self.exit
        direction = 1 if self.side is Side.BUY else -1
        if self.stop_price is not None and direction * (mark.price - self.stop_price) <= 0:
            return Exit.STOP
        if self.target_price is not None and direction * (mark.price - self.target_price) >= 0:
            return Exit.TARGET
        if self.exit_ns is not None and mark.event_ns >= self.exit_ns:
            return Exit.TIME
        return None

    def state(self, account: str) -> LegState:
        return LegState(
            account=account,
            client_order_id=self.client_order_id,
            strategy=self.strategy,
            venue=self.venue,
            instrument=self.instrument,
            side=self.side,
            stop_price=self.stop_price,
            target_price=self.target_price,
            exit_ns=self.exit_ns,
            open_quantity=self.open_quantity,
            exit=self.exit,
            closing_order_id=self.closing_order_id,
        )

    @classmethod
    def restored(cls, state: LegState) -> Leg:
        return cls(
            client_order_id=state.client_order_id,
            strategy=state.strategy,
            venue=state.venue,
            instrument=state.instrument,
            side=state.side,
            stop_price=state.stop_price,
            target_price=state.target_price,
            exit_ns=state.exit_ns,
            open_quantity=state.open_quantity,
            exit=state.exit,
            closing_order_id=state.closing_order_id,
        )


class Legs:
    """The legs of one account, in the order in which their orders were made."""

    def __init__(self) -> None:
        self._legs: list[Leg] = []

    def __iter__(self) -> Iterator[Leg]:
        return iter(self._legs)

    def add(self, leg: Leg) -> None:
        self._legs.append(leg)

    def waiting(self, venue: str, instrument: str) -> list[Leg]:
        """Those that are open, and have no closing order under way."""
        return [
            leg
            for leg in self._legs
            if leg.open_quantity > 0
            and leg.closing_order_id is None
            and (leg.venue, leg.instrument) == (venue, instrument)
        ]

    def closing(self, of: Leg, orders: Orders) -> int:
        """What closing orders under way may still close on a leg's side of its instrument."""
        found = (
            orders.open.get(leg.closing_order_id)
            for leg in self._legs
            if leg.closing_order_id is not None
            and (leg.venue, leg.instrument, leg.side) == (of.venue, of.instrument, of.side)
        )
        return sum(remaining(order) for order in found if order is not None)

    def on_report(self, order: OrderState, quantity: int, orders: Orders) -> None:
        """Takes what a report said: an order filled so much more. `orders` knows already whether it is done."""
        id = order.client_order_id
        own = next((leg for leg in self._legs if id in (leg.client_order_id, leg.closing_order_id)), None)
        if own is None:
            return
        left = quantity
        against = [
            leg
            for leg in self._legs
            if leg.side is not order.side
            and (leg.strategy, leg.venue, leg.instrument) == (own.strategy, order.venue, order.instrument)
        ]
        for leg in sorted(against, key=lambda leg: leg is not own):
            closed = min(left, leg.open_quantity)
            leg.open_quantity -= closed
            left -= closed
        if id == own.client_order_id and own.is_armed:
            own.open_quantity += left
        for leg in self._legs:
            if leg.closing_order_id not in orders.open:
                leg.closing_order_id = None
        self._legs = [
            leg
            for leg in self._legs
            if leg.open_quantity > 0 or leg.closing_order_id is not None or leg.client_order_id in orders.open
        ]
