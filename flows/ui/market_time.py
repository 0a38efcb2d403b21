"""When, by the market's clock, something happened that we know the receive time of.

A fill has the time of the venue's order desk. A recorded market played again has another clock than that desk, so bars
and fills meet where both were received: here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from flows.ui.tape import Row


class MarketTime:
    """Made from bars: each closed, by the market's clock, when the tick that closed it was received."""

    def __init__(self, bars: Iterable[Row]) -> None:
        closes: dict[int, int] = {}
        for bar in bars:
            close_ns = bar["open_ns"] + bar["interval_ns"]
            closes[bar["receive_ns"]] = max(close_ns, closes.get(bar["receive_ns"], 0))
        self._received_ns = sorted(closes)
        self._close_ns = [closes[received_ns] for received_ns in self._received_ns]

    def __call__(self, received_ns: int) -> int:
        """Between two closes, in proportion; outside of them, as the two nearest say. Both in nanoseconds."""
        if len(self._received_ns) < 2:
            return self._close_ns[0] if self._close_ns else received_ns
        index = min(max(bisect_left(self._received_ns, received_ns), 1), len(self._received_ns) - 1)
        before, after = self._received_ns[index - 1], self._received_ns[index]
        from_ns, to_ns = self._close_ns[index - 1], self._close_ns[index]
        # No further than one bar beyond the last close: what comes there is not known yet.
        share = min((received_ns - before) / (after - before), 2.0)
        return from_ns + round((to_ns - from_ns) * share)
