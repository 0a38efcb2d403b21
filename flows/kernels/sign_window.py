"""Autocorrelation of the signs of trades, at one trade's distance.

The sign of a trade is 1 if its aggressor bought and -1 if it sold. Of n pairs of successive trades, counted by
`trade_signs` as a table of two by two, Pearson's correlation of the later sign with the earlier is

    (bb x ss - bs x sb) / sqrt((bb + bs)(sb + ss)(bb + sb)(bs + ss))

with bb for a buy behind a buy, bs for a sell behind a buy, sb for a buy behind a sell, and ss for a sell behind a sell.
"""

from __future__ import annotations

import math
from collections import deque

from flows.contracts.records import SignWindowState
from flows.kernels.trade_signs import Pairs


class SignWindow:
    """The last bars of one series that have such pairs. Sums are exact, so that what leaves leaves no trace."""

    def __init__(self, bars: int) -> None:
        self._length = bars
        self._bars: deque[Pairs] = deque()
        self._sums = [0, 0, 0, 0]

    def add(self, pairs: Pairs) -> None:
        if not any(pairs):
            return
        if len(self._bars) == self._length:
            self._count(self._bars.popleft(), -1)
        self._bars.append(pairs)
        self._count(pairs, 1)

    def _count(self, pairs: Pairs, sign: int) -> None:
        self._sums = [total + sign * count for total, count in zip(self._sums, pairs, strict=True)]

    def autocorrelation(self) -> float | None:
        """-1 to 1; None until the window is full, and where all trades of one place have one sign."""
        if len(self._bars) < self._length:
            return None
        both, sold, bought, neither = (float(count) for count in self._sums)
        ends = (both + sold) * (bought + neither) * (both + bought) * (sold + neither)
        if not ends > 0.0:
            return None
        # Its rounding may pass the end by the last bit.
        return max(-1.0, min(1.0, (both * neither - sold * bought) / math.sqrt(ends)))

    def state(self) -> SignWindowState:
        return SignWindowState(*([pairs[place] for pairs in self._bars] for place in range(4)))

    def restore(self, state: SignWindowState) -> None:
        columns = (state.buy_after_buy, state.sell_after_buy, state.buy_after_sell, state.sell_after_sell)
        for pairs in zip(*columns, strict=True):
            self.add(pairs)
