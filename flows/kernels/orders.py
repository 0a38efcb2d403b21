"""The orders of one account."""

from __future__ import annotations

from flows.contracts.records import OrderState, Side

# How many done orders are remembered. A repeated report can only come from a router that died with requests under way:
# these are a handful, and seconds old.
_CLOSED_MAX = 1024


def remaining(order: OrderState) -> int:
    """What may still fill."""
    return max(order.quantity - order.filled_quantity, 0)


class Orders:
    """Orders that may still fill, and the newest of those that are done, by client id."""

    def __init__(self) -> None:
        self.open: dict[str, OrderState] = {}
        """In the order in which they were made."""
        self.closed: dict[str, OrderState] = {}
        """In the order in which they were closed."""

    def get(self, client_order_id: str) -> OrderState | None:
        return self.open.get(client_order_id) or self.closed.get(client_order_id)

    def put(self, order: OrderState, done: bool) -> None:
        """Puts an order where it now belongs. One that is done stays done."""
        id = order.client_order_id
        if id in self.closed:
            self.closed[id] = order
        elif not done:
            self.open[id] = order
        else:
            self.open.pop(id, None)
            self.closed[id] = order
            if len(self.closed) > _CLOSED_MAX:
                del self.closed[next(iter(self.closed))]

    def remaining(self, venue: str, instrument: str, side: Side) -> int:
        """What open orders of one side of an instrument may still fill."""
        return sum(
            remaining(order)
            for order in self.open.values()
            if order.side is side and order.instrument == instrument and order.venue == venue
        )
