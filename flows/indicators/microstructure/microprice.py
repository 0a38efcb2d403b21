"""The microprice."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Last, Part


class Microprice(Part):
    """The middle, plus the mean of the next move of the middle that followed quotes of such an imbalance so far.

    Stoikov's first-order adjustment G1, of the imbalance alone, learned from the stream itself; quotes and their mirror
    images teach the same. Where nothing was learned yet it is 0, and so for quotes of one size on both sides.
    """

    MEMORY = ("middle", "waiting", "moves", "counts")

    def __init__(self, buckets: int) -> None:
        self.buckets = buckets
        self.middle = Last()
        self.waiting = [0.0] * buckets
        """Quotes of each imbalance since the middle moved."""
        self.moves = [0.0] * buckets
        self.counts = [0.0] * buckets

    def update(self, bid: float, bid_size: float, ask: float, ask_size: float) -> float | None:
        middle = (bid + ask) / 2.0
        last = self.middle.push(middle)
        if last is not None and middle != last:
            for bucket in range(self.buckets):
                self.moves[bucket] += self.waiting[bucket] * (middle - last)
                self.counts[bucket] += self.waiting[bucket]
                self.waiting[bucket] = 0.0
        # By the heavier side, so that a quote and its mirror image are in mirrored buckets.
        heavier = ratio(max(bid_size, ask_size), bid_size + ask_size, 0.5)
        heavy = min(int(heavier * float(self.buckets)), self.buckets - 1)
        light = self.buckets - 1 - heavy
        if bid_size == ask_size:
            self.waiting[heavy] += 0.5
            self.waiting[light] += 0.5
            return middle
        bucket, mirror = (heavy, light) if bid_size > ask_size else (light, heavy)
        self.waiting[bucket] += 1.0
        moves, counts = self.moves[bucket] - self.moves[mirror], self.counts[bucket] + self.counts[mirror]
        return middle + ratio(moves, counts, 0.0)
