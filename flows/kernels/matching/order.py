"""A live order."""

from __future__ import annotations

from flows.kernels.matching.codes import Kind, Side, TimeInForce
from flows.kernels.matching.command import Command


class Order:
    """What the engine knows of an order, from its acceptance to its end."""

    __slots__ = (
        "display_quantity",
        "displayed",
        "entry",
        "expires_ns",
        "kind",
        "open_quantity",
        "order_id",
        "owner",
        "post_only",
        "price",
        "quantity",
        "self_trade",
        "side",
        "stop_price",
        "time_in_force",
    )

    def __init__(self, command: Command, entry: int) -> None:
        self.order_id = command.order_id
        self.entry = entry
        self.owner = command.owner
        self.side = command.side
        self.kind = command.kind
        self.time_in_force = command.time_in_force
        self.self_trade = command.self_trade
        self.post_only = bool(command.post_only)
        self.price = command.price
        self.stop_price = command.stop_price
        self.quantity = command.quantity
        self.open_quantity = command.quantity
        self.displayed = 0
        self.display_quantity = command.display_quantity
        self.expires_ns = command.expires_ns

    @property
    def waits(self) -> bool:
        """Whether it is a stop that was not triggered."""
        return self.kind >= Kind.STOP

    def show(self) -> None:
        """Displays a whole new part of an iceberg; all that is open of any other order."""
        shown = self.open_quantity
        if 0 < self.display_quantity < shown:
            shown = self.display_quantity
        self.displayed = shown

    def shrink(self, quantity: int) -> None:
        """Takes from what is open; hidden quantity goes first."""
        self.open_quantity -= quantity
        self.displayed = min(self.displayed, self.open_quantity)

    def trigger(self) -> None:
        """Makes a waiting stop the order that it is from now on."""
        if self.kind == Kind.STOP:
            self.kind, self.time_in_force = Kind.MARKET, TimeInForce.IOC
        else:
            self.kind = Kind.LIMIT
        self.stop_price = 0

    def reaches(self, price: int, stop_of_prices: int) -> bool:
        """Whether it trades at `price`. A market order stops at the band, `stop_of_prices`; 0 is no band."""
        limit = stop_of_prices if self.kind == Kind.MARKET else self.price
        if self.side == Side.BUY:
            return limit == 0 or price <= limit
        return price >= limit
