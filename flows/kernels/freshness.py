"""How old what a bar shows is: what stale data is judged by. Times are the records' own."""

from __future__ import annotations

from flows.contracts.records import Bar


class Freshness:
    """Of one series of bars."""

    def __init__(self, quoted_ns: int = 0) -> None:
        self.quoted_ns = quoted_ns
        """Close of its last bar with a quote; 0 before the first."""
        self.ages_ns: list[tuple[str, int]] = []
        """Of the newest bar: a feature and how old it is."""

    def add(self, bar: Bar, closed_ns: int | None) -> None:
        """`closed_ns`: of the bar before. What a bar looks back on is as old as the hole between the two; a best bid or
        ask as old as the bars without a quote."""
        self.ages_ns = [] if closed_ns is None else [("close", bar.open_ns - closed_ns)]
        if bar.quote_count > 0:
            self.quoted_ns = bar.close_ns
        elif self.quoted_ns > 0:
            quoted = (("bid_price", bar.bid_price), ("ask_price", bar.ask_price))
            self.ages_ns += [(name, bar.close_ns - self.quoted_ns) for name, price in quoted if price is not None]
