"""Which side takes after which: pairs of successive trades of one instrument, by who was the aggressor.

Their correlation is what J. Hasbrouck and T. S. Y. Ho, "Order Arrival, Quote Behavior, and the Return-Generating
Process", Journal of Finance 42 (1987) found: a buy is likelier behind a buy. Behind a gap nobody knows which trade came
before: the pair does not count.
"""

from __future__ import annotations

from flows.contracts.records import Side, TradeSignsState

Pairs = tuple[int, int, int, int]
"""Buy after buy, sell after buy, buy after sell, sell after sell."""

NO_PAIRS: Pairs = (0, 0, 0, 0)


class TradeSigns:
    """One instrument's."""

    def __init__(self) -> None:
        self._last = 0
        self.pairs: Pairs = NO_PAIRS
        """Since the log's beginning: a bar has what came since its series' last close."""

    def add(self, aggressor: Side) -> None:
        now = 1 if aggressor is Side.BUY else -1
        if self._last:
            place = (0 if self._last > 0 else 2) + (0 if now > 0 else 1)
            counted = list(self.pairs)
            counted[place] += 1
            self.pairs = (counted[0], counted[1], counted[2], counted[3])
        self._last = now

    def forget(self) -> None:
        """Trades are missing."""
        self._last = 0

    def state(self, at_close: list[Pairs]) -> TradeSignsState:
        return TradeSignsState(self._last, list(self.pairs), [count for pairs in at_close for count in pairs])

    def restore(self, state: TradeSignsState) -> list[Pairs]:
        """Gives the pairs at the last close of each series."""
        self._last, self.pairs = state.last, _four(state.pairs)
        return [_four(state.at_close[place : place + 4]) for place in range(0, len(state.at_close), 4)]


def since(pairs: Pairs, before: Pairs) -> Pairs:
    return _four([now - then for now, then in zip(pairs, before, strict=True)])


def _four(counts: list[int]) -> Pairs:
    first, second, third, fourth = counts
    return first, second, third, fourth
