"""The order book of one instrument, put together from depth events in any order: the newest, then further back."""

from __future__ import annotations

from decimal import Decimal

_KEPT = 5_000

Level = tuple[Decimal, Decimal]
"""Price and quantity."""


class Book:
    """Levels by price. Of two values the one with the higher update id holds; a quantity of 0 is kept too, so that what
    is read later does not bring back a level that is gone."""

    def __init__(self) -> None:
        self._levels: dict[str, dict[Decimal, tuple[int, Decimal]]] = {"bid": {}, "ask": {}}
        self.is_whole = False
        """A snapshot, and all that came after it, is in it. Before that, levels that did not change are missing."""
        self.is_read = False
        """Nothing older counts, or will be read."""

    def clear(self) -> None:
        """After a gap: nothing from before it counts, until the next snapshot."""
        self._levels = {"bid": {}, "ask": {}}
        self.is_whole, self.is_read = False, True

    def set(self, side: str, price: Decimal, quantity: Decimal, update_id: int) -> None:
        """`side`: bid or ask."""
        known = self._levels[side].get(price)
        if known is None or known[0] <= update_id:
            self._levels[side][price] = (update_id, quantity)

    def take_snapshot(self, update_id: int) -> None:
        """A snapshot's levels have been set, as of this update: levels with an older value are not in it, so gone."""
        for side, levels in self._levels.items():
            newest = {price: level for price, level in levels.items() if level[0] >= update_id}
            self._levels[side] = newest
        self.is_whole = self.is_read = True

    def trim(self) -> None:
        """Forgets empty levels, and far ones, once nothing older will be read."""
        if self.is_read:
            for side, levels in self._levels.items():
                full = sorted((price for price, level in levels.items() if level[1]), reverse=side == "bid")
                self._levels[side] = {price: levels[price] for price in full[:_KEPT]}

    def best(self, side: str, count: int, limit: Decimal | None) -> list[Level]:
        """The best levels of one side, best first. `limit`: the venue's own best price, which is newer."""
        prices = (
            price
            for price, (_, quantity) in self._levels[side].items()
            if quantity and (limit is None or (price <= limit if side == "bid" else price >= limit))
        )
        return [(price, self._levels[side][price][1]) for price in sorted(prices, reverse=side == "bid")[:count]]
