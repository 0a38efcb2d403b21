"""The order book of one instrument, as far as the tape's recent depth events tell it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

_KEPT = 400

Level = tuple[Decimal, Decimal]
"""Price and quantity."""


class Book:
    """Levels by price. The update id decides which of two values is newer: a snapshot is logged after events that it
    already holds. What no event of the stretch read has changed is not in it."""

    def __init__(self) -> None:
        self._levels: dict[str, dict[Decimal, tuple[int, Decimal]]] = {"bid": {}, "ask": {}}

    def clear(self) -> None:
        """After a gap: nothing is known."""
        self._levels = {"bid": {}, "ask": {}}

    def set(self, side: str, price: Decimal, quantity: Decimal, update_id: int) -> None:
        """`side`: bid or ask."""
        known = self._levels[side].get(price)
        if known is None or known[0] <= update_id:
            self._levels[side][price] = (update_id, quantity)

    def prune(self, best_bid: Decimal, best_ask: Decimal) -> None:
        """Forgets empty levels, those that the venue's own best bid and ask say are gone, and far ones."""
        for side, best in (("bid", best_bid), ("ask", best_ask)):
            levels = self._levels[side]
            within = sorted(
                (price for price, (_, quantity) in levels.items() if quantity and _is_behind(side, price, best)),
                key=lambda price, best=best: abs(price - best),  # type: ignore[misc]
            )
            self._levels[side] = {price: levels[price] for price in within[:_KEPT]}

    def best(self, side: str, count: int) -> list[Level]:
        """The best levels of one side, best first."""
        held: Iterable[Decimal] = (price for price, (_, quantity) in self._levels[side].items() if quantity)
        return [(price, self._levels[side][price][1]) for price in sorted(held, reverse=side == "bid")[:count]]


def _is_behind(side: str, price: Decimal, best: Decimal) -> bool:
    return price <= best if side == "bid" else price >= best
