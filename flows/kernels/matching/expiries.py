"""Orders that end at a time."""

from __future__ import annotations

from bisect import bisect_left, insort

from flows.kernels.matching.order import Order


class Expiries:
    """Gtd orders by (end, entry)."""

    def __init__(self) -> None:
        # The entry is an order's own, so that two orders are never compared.
        self._ends: list[tuple[int, int, Order]] = []

    def add(self, order: Order) -> None:
        insort(self._ends, (order.expires_ns, order.entry, order))

    def remove(self, order: Order) -> None:
        del self._ends[bisect_left(self._ends, (order.expires_ns, order.entry))]

    def due(self, time_ns: int) -> list[Order]:
        """The orders that end at `time_ns` or before, in the order in which they end."""
        if not self._ends or self._ends[0][0] > time_ns:
            return []
        return [order for _, _, order in self._ends[: bisect_left(self._ends, (time_ns + 1,))]]
