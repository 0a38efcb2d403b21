"""Measures of one quote."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Part


class WeightedMid(Part):
    """The middle of bid and ask, each weighted by the other side's size; the plain middle where there is no size."""

    MEMORY = ()

    def update(self, bid: float, bid_size: float, ask: float, ask_size: float) -> float | None:
        return ratio(bid * ask_size + ask * bid_size, bid_size + ask_size, (bid + ask) / 2.0)


class QuoteImbalance(Part):
    """The size of the bid less that of the ask, by both; 0 where there is no size."""

    MEMORY = ()

    def update(self, bid_size: float, ask_size: float) -> float | None:
        return ratio(bid_size - ask_size, bid_size + ask_size, 0.0)
