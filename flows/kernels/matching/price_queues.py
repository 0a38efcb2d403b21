"""Orders by price, and at one price in the order of their arrival."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterator

from flows.kernels.matching.order import Order

Queue = OrderedDict[int, Order]
"""Orders of one price by id, first come first."""


class PriceQueues:
    """One side of the book, or the stops of one side. The first price is the highest or the lowest."""

    def __init__(self, highest_first: bool) -> None:
        self._sign = 1 if highest_first else -1
        # Ascending, so that the first price stands at the end, where it is quickly taken away.
        self._signed_prices: list[int] = []
        self._queues: dict[int, Queue] = {}

    def first_price(self) -> int | None:
        """The best price; None without orders."""
        return self._signed_prices[-1] * self._sign if self._signed_prices else None

    def first(self) -> Order | None:
        """The order whose turn is next."""
        if not self._signed_prices:
            return None
        queue = self._queues[self._signed_prices[-1] * self._sign]
        return next(iter(queue.values()))

    def append(self, price: int, order: Order) -> None:
        """Puts an order at the end of the queue of a price."""
        queue = self._queues.get(price)
        if queue is None:
            queue = self._queues[price] = OrderedDict()
            insort(self._signed_prices, price * self._sign)
        queue[order.order_id] = order

    def remove(self, price: int, order: Order) -> None:
        queue = self._queues[price]
        del queue[order.order_id]
        if not queue:
            del self._queues[price]
            del self._signed_prices[bisect_left(self._signed_prices, price * self._sign)]

    def to_end(self, price: int, order: Order) -> None:
        """Puts an order at the end of the queue that it is in."""
        self._queues[price].move_to_end(order.order_id)

    def queues(self) -> Iterator[tuple[int, Queue]]:
        """The prices with their queues, best price first."""
        for signed_price in reversed(self._signed_prices):
            price = signed_price * self._sign
            yield price, self._queues[price]

    def queue(self, price: int) -> Queue:
        return self._queues[price]

    def __iter__(self) -> Iterator[Order]:
        for _, queue in self.queues():
            yield from queue.values()
