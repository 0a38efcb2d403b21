"""The exponential moving average, seeded by the simple mean.

The first average stands at the n-th value: the mean of the first n, summed in their order. From then on
`average = average + (value - average) * (2 / (n + 1))`, in this order of operations.
"""

from __future__ import annotations

from flows.contracts.records import EmaState

EMPTY = EmaState(count=0, value=0.0)


def add(state: EmaState, span: int, value: float) -> EmaState:
    """The state after one more value."""
    if state.count == span:
        weight = 2.0 / (float(span) + 1.0)
        return EmaState(span, state.value + (value - state.value) * weight)
    count, total = state.count + 1, state.value + value
    return EmaState(count, total / float(span) if count == span else total)


def average(state: EmaState, span: int) -> float | None:
    """The average; None before the `span`-th value."""
    return state.value if state.count == span else None
