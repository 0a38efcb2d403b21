"""The volume-synchronised probability of informed trading."""

from __future__ import annotations

import math

from flows.indicators.number import sign
from flows.indicators.parts import Last, Part, Sum


class Vpin(Part):
    """How far apart bought and sold volume were in each of the newest buckets of equal volume, on average.

    A trade that is larger than what its bucket still takes is divided; of one that fills more buckets than are looked
    at, only so many count.
    """

    MEMORY = ("filled", "bought", "imbalances", "value")

    def __init__(self, bucket_volume: float, buckets: int) -> None:
        self.bucket_volume = bucket_volume
        self.buckets = buckets
        self.filled = 0.0
        self.bought = 0.0
        """Of what is filled, less what was sold."""
        self.imbalances = Sum(buckets)
        self.value = Last()

    def update(self, signed_volume: float) -> float | None:
        side = sign(signed_volume)
        left = abs(signed_volume)
        rest = self.bucket_volume - self.filled
        if left >= rest:
            left -= rest
            self._close(self.bought + side * rest)
            # What is over first: the quotient alone may round up to one bucket more.
            over = math.fmod(left, self.bucket_volume)
            whole = min(math.floor((left - over) / self.bucket_volume + 0.5), float(self.buckets))
            for _ in range(int(whole)):
                self._close(side * self.bucket_volume)
            left = over
        self.filled += left
        self.bought += side * left
        return self.value.get()

    def _close(self, bought: float) -> None:
        total = self.imbalances.mean(abs(bought) / self.bucket_volume)
        if total is not None:
            self.value.push(total)
        self.filled = 0.0
        self.bought = 0.0
