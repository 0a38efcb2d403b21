"""One side of a book of price levels, sorted."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from itertools import islice

from flows.contracts.records import Level


class BookSide:
    """Bids or asks. The Rust twin keeps one flat vector with the best level last; here prices are sorted so, and
    quantities stand beside them."""

    def __init__(self, is_bid: bool) -> None:
        self._sign = 1 if is_bid else -1
        self._ranks: list[int] = []
        """Prices of bids, negated prices of asks: ascending, the best last."""
        self._quantities: dict[int, int] = {}
        """By rank."""

    def __len__(self) -> int:
        return len(self._ranks)

    def clear(self) -> None:
        self._ranks.clear()
        self._quantities.clear()

    def load(self, levels: Iterable[Level]) -> None:
        """Forgets everything and starts from levels in any order; of several at one price the last one holds."""
        quantities = {self._sign * level.price: level.quantity for level in levels}
        self._quantities = {rank: quantity for rank, quantity in quantities.items() if quantity}
        self._ranks = sorted(self._quantities)

    def set(self, price: int, quantity: int) -> None:
        """Quantity 0 removes the level. One that is not there is normal: it lay outside the snapshot."""
        rank = self._sign * price
        if quantity:
            if rank not in self._quantities:
                insort(self._ranks, rank)
            self._quantities[rank] = quantity
        elif self._quantities.pop(rank, None) is not None:
            del self._ranks[bisect_left(self._ranks, rank)]

    def truncate(self, depth: int) -> None:
        """Forgets what is worse than the `depth` best levels."""
        excess = self._ranks[:-depth]
        for rank in excess:
            del self._quantities[rank]
        del self._ranks[: len(excess)]

    def best(self) -> Level | None:
        """The best level; None where there is none."""
        if not self._ranks:
            return None
        rank = self._ranks[-1]
        return Level(self._sign * rank, self._quantities[rank])

    def levels(self, count: int | None = None) -> Sequence[Level]:
        """The best `count` levels, or all, best first."""
        ranks = islice(reversed(self._ranks), count)
        return [Level(self._sign * rank, self._quantities[rank]) for rank in ranks]
