"""Order flow imbalance."""

from __future__ import annotations

from flows.indicators.parts import Last, Part, Sum


class OrderFlowImbalance(Part):
    """The sum of what each quote added to the bid less what it added to the ask.

    A side that became better, or stayed, adds its size; one that became worse, or stayed, takes its last size away.
    """

    MEMORY = ("quote", "sum")

    def __init__(self, timeperiod: int) -> None:
        self.quote = (Last(), Last(), Last(), Last())
        self.sum = Sum(timeperiod)

    def update(self, bid: float, bid_size: float, ask: float, ask_size: float) -> float | None:
        values = (bid, bid_size, ask, ask_size)
        last_bid, last_bid_size, last_ask, last_ask_size = (
            last.push(value) for last, value in zip(self.quote, values, strict=True)
        )
        if last_bid is None or last_bid_size is None or last_ask is None or last_ask_size is None:
            return None
        flow = bid_size if bid >= last_bid else 0.0
        flow -= last_bid_size if bid <= last_bid else 0.0
        flow -= ask_size if ask <= last_ask else 0.0
        flow += last_ask_size if ask >= last_ask else 0.0
        return self.sum.push(flow)
