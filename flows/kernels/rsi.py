"""The relative strength index.

J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978): the averages of gains and losses begin as the
means of the first n changes, and go on as `(average * (n - 1) + change) / n`. His `100 - 100 / (1 + gain / loss)` is
`100 * (gain / (gain + loss))`, which needs no exception for a series that only rises and never passes 100.
"""

from __future__ import annotations

from flows.contracts.records import RsiState

EMPTY = RsiState(count=0, gain=0.0, loss=0.0)


def add(state: RsiState, period: int, change: float) -> RsiState:
    """The state after one more change of the price."""
    gain, loss = (change, 0.0) if change > 0.0 else (0.0, 0.0 - change)
    length = float(period)
    if state.count == period:
        return RsiState(
            period,
            (state.gain * (length - 1.0) + gain) / length,
            (state.loss * (length - 1.0) + loss) / length,
        )
    count, gain, loss = state.count + 1, state.gain + gain, state.loss + loss
    if count == period:
        return RsiState(count, gain / length, loss / length)
    return RsiState(count, gain, loss)


def index(state: RsiState, period: int) -> float | None:
    """The index, 0 to 100; None before the `period`-th change, and where nothing ever moved."""
    total = state.gain + state.loss
    if state.count < period or not total > 0.0:
        return None
    return 100.0 * (state.gain / total)
