"""What imbalance and run bars expect (Lopez de Prado, Advances in Financial Machine Learning, 2018, 2.3.2.1-4).

Each tick has a sign b by the tick rule (that of the last change of price; before the first change, the aggressor's)
and weighs v: 1, its quantity, or its notional. A bar of T ticks ends when

- imbalance: `|sum of b v| >= E[T] |E[b v]|`. The book's `2 v+ - E[v]` is `E[b v]`: what buys weigh per tick, less what
  sells do.
- run: `max(sum of v where b = 1, the same where b = -1) >= E[T] max(P[b=1] E[v|b=1], P[b=-1] E[v|b=-1])`; each of
  the two products is what that side weighs per tick.

E are exponentially weighted means over the bars before, `a = 2 / (SPAN + 1)`. The first bar has nothing to expect, and
ends with SIZE ticks. As expectation and length feed each other, and would run away, E[T] stays within SIZE / 10 and
10 SIZE.
"""

from __future__ import annotations

from flows.contracts.records import ExpectedFlowState


def threshold(expected: ExpectedFlowState, *, run: bool) -> float:
    """How much must come together for a bar to end."""
    if run:
        return expected.ticks * max(expected.bought, expected.sold)
    return expected.ticks * abs(expected.bought - expected.sold)


def after(
    expected: ExpectedFlowState | None, size: int, span: int, ticks: int, bought: int, sold: int
) -> ExpectedFlowState:
    """With one bar more: so many ticks, and what those of either sign weigh."""
    per_tick = float(bought) / float(ticks), float(sold) / float(ticks)
    if expected is None:
        return ExpectedFlowState(float(ticks), *per_tick)
    weight = 2.0 / (float(span) + 1.0)
    length = expected.ticks + weight * (float(ticks) - expected.ticks)
    return ExpectedFlowState(
        ticks=min(max(length, float(size) / 10.0), float(size) * 10.0),
        bought=expected.bought + weight * (per_tick[0] - expected.bought),
        sold=expected.sold + weight * (per_tick[1] - expected.sold),
    )
