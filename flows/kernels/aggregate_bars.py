"""Bars, or ticks, into longer bars: whole columns at once, and none of a stream's state.

A session is cut from its start into buckets of one length; the last one ends with the session, however short it is.
So no bar spans two sessions. A row belongs to the bucket in which it begins. The bar has the first row's open, the
highest high, the lowest low, the last row's close, and each sum in the order of the rows: equal to the bit in both
engines. Prices may be zero and negative, as spreads are and as oil was in April 2020; they must be finite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from flows.kernels.bar_fault import BarFault, BarRule
from flows.kernels.checked import INT64_MAX

TIME_NS_MAX = 9_200_000_000_000_000_000
"""In July 2261."""
DAY_NS = 86_400_000_000_000
"""No row and no bucket is longer, a whole session apart."""

Numbers = Sequence[int] | Sequence[float]


@dataclass(frozen=True, slots=True)
class BarColumns:
    """Rows in the order of their time; prices are all int or all float, and so is each sum."""

    times_ns: Sequence[int]
    """When each begins."""
    prices: Sequence[Numbers]
    """Open, high, low, close."""
    sums: Sequence[Numbers]
    """What adds up: volume, counts."""


@dataclass(frozen=True, slots=True)
class Aggregated:
    """Columns of the longer bars; prices and sums as in BarColumns."""

    opens_ns: Sequence[int]
    closes_ns: Sequence[int]
    """Ends, exclusive."""
    prices: Sequence[Numbers]
    sums: Sequence[Numbers]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Disjoint, ascending; all that the rows may lie in."""

    starts_ns: Sequence[int]
    ends_ns: Sequence[int]
    """Exclusive."""


@dataclass(frozen=True, slots=True)
class BarPlan:
    interval_ns: int | None
    """How long a row is: 0 for ticks; None for the smallest distance between two rows."""
    length_ns: int
    """How long a bucket is; 0 for a whole session."""
    is_filled: bool
    """Whether a bucket without a row, behind the first that has one, is a bar of the close before it, with sums 0."""
    is_partial: bool
    """Whether the last bar stands although its bucket is not over."""
    end_ns: int | None
    """Until when all rows are there; None for the end of the last row."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Rows `first` to `end`, exclusive; none in a filled one."""

    open_ns: int
    close_ns: int
    first: int
    end: int


def aggregate_bars(rows: BarColumns, sessions: Sessions, plan: BarPlan) -> Aggregated:
    """Raises BarFault: for times before all else, then for the first row that breaks a rule, then for sums."""
    times_ns = rows.times_ns
    if not times_ns:
        return _columns(rows, [])
    interval_ns = checked_times(times_ns, plan)
    end_ns = times_ns[-1] + interval_ns if plan.end_ns is None else plan.end_ns
    if times_ns[-1] + interval_ns > end_ns:
        row = next(row for row, time_ns in enumerate(times_ns) if time_ns + interval_ns > end_ns)
        raise BarFault(BarRule.AFTER_END, row)
    _check_rows(rows, sessions, interval_ns)
    buckets = list(_with_rows(times_ns, sessions, plan.length_ns))
    if plan.is_filled:
        buckets = list(_filled(buckets, sessions, plan.length_ns, end_ns))
    if not plan.is_partial:
        buckets = [bucket for bucket in buckets if bucket.close_ns <= end_ns]
    return _columns(rows, buckets)


def checked_times(times_ns: Sequence[int], plan: BarPlan) -> int:
    """How long a row is. Raises BarFault."""
    for row, time_ns in enumerate(times_ns):
        if not -TIME_NS_MAX <= time_ns <= TIME_NS_MAX:
            raise BarFault(BarRule.TIME_RANGE, row)
        if row and (time_ns < times_ns[row - 1] or (time_ns == times_ns[row - 1] and plan.interval_ns != 0)):
            raise BarFault(BarRule.TIME_ORDER, row)
    if plan.interval_ns == 0:
        return 0
    distances_ns = [later - earlier for earlier, later in pairwise(times_ns)]
    interval_ns = min(distances_ns, default=0) if plan.interval_ns is None else plan.interval_ns
    if interval_ns == 0:
        raise BarFault(BarRule.INTERVAL_UNKNOWN)
    if interval_ns > DAY_NS or plan.length_ns % interval_ns:
        raise BarFault(BarRule.NOT_DIVIDED)
    for row, distance_ns in enumerate(distances_ns):
        if distance_ns % interval_ns:
            raise BarFault(BarRule.MIXED_INTERVALS, row + 1)
    return interval_ns


def _check_rows(rows: BarColumns, sessions: Sessions, interval_ns: int) -> None:
    place = 0
    for row, time_ns in enumerate(rows.times_ns):
        while place < len(sessions.ends_ns) and time_ns >= sessions.ends_ns[place]:
            place += 1
        if place == len(sessions.ends_ns) or time_ns < sessions.starts_ns[place]:
            raise BarFault(BarRule.OUTSIDE_SESSION, row)
        if interval_ns:
            since_ns = time_ns - sessions.starts_ns[place]
            if since_ns % interval_ns or time_ns + interval_ns > sessions.ends_ns[place]:
                raise BarFault(BarRule.MISALIGNED, row)
        prices = [column[row] for column in rows.prices]
        for column, price in enumerate(prices):
            if not isfinite(price):
                raise BarFault(BarRule.NOT_FINITE, row, column)
        open_, high, low, close = prices
        if high < low:
            raise BarFault(BarRule.HIGH_BELOW_LOW, row, 1)
        if not low <= open_ <= high:
            raise BarFault(BarRule.OUTSIDE_RANGE, row, 0)
        if not low <= close <= high:
            raise BarFault(BarRule.OUTSIDE_RANGE, row, 3)
        for column, values in enumerate(rows.sums, start=len(prices)):
            if not isfinite(values[row]):
                raise BarFault(BarRule.NOT_FINITE, row, column)
            if values[row] < 0:
                raise BarFault(BarRule.NEGATIVE, row, column)


def _with_rows(times_ns: Sequence[int], sessions: Sessions, length_ns: int) -> Iterator[Bucket]:
    """Buckets that hold rows."""
    place = first = 0
    while first < len(times_ns):
        while times_ns[first] >= sessions.ends_ns[place]:
            place += 1
        start_ns, close_ns = sessions.starts_ns[place], sessions.ends_ns[place]
        open_ns = start_ns
        if length_ns:
            open_ns += (times_ns[first] - start_ns) // length_ns * length_ns
            close_ns = min(open_ns + length_ns, close_ns)
        end = first + 1
        while end < len(times_ns) and times_ns[end] < close_ns:
            end += 1
        yield Bucket(open_ns, close_ns, first, end)
        first = end


def _filled(buckets: list[Bucket], sessions: Sessions, length_ns: int, end_ns: int) -> Iterator[Bucket]:
    """The same, and between and behind them those without rows that are over by `end_ns`."""
    there = {bucket.open_ns: bucket for bucket in buckets}
    end = 0
    for start_ns, session_end_ns in zip(sessions.starts_ns, sessions.ends_ns, strict=True):
        open_ns = start_ns
        while open_ns < session_end_ns:
            close_ns = min(open_ns + length_ns, session_end_ns) if length_ns else session_end_ns
            if open_ns in there:
                end = there[open_ns].end
                yield there[open_ns]
            elif end and close_ns <= end_ns:
                yield Bucket(open_ns, close_ns, end, end)
            open_ns = close_ns


def _columns(rows: BarColumns, buckets: list[Bucket]) -> Aggregated:
    opens, highs, lows, closes = rows.prices
    prices: list[list[float]] = [[], [], [], []]
    for bucket in buckets:
        first, end = bucket.first, bucket.end
        if first == end:
            bar = [closes[end - 1]] * 4
        else:
            bar = [opens[first], max(highs[first:end]), min(lows[first:end]), closes[end - 1]]
        for values, price in zip(prices, bar, strict=True):
            values.append(price)
    sums = [
        [_sum(column, values, bucket.first, bucket.end) for bucket in buckets]
        for column, values in enumerate(rows.sums, start=len(prices))
    ]
    opens_ns = [bucket.open_ns for bucket in buckets]
    return Aggregated(opens_ns, [bucket.close_ns for bucket in buckets], prices, sums)


def _sum(column: int, values: Numbers, first: int, end: int) -> int | float:
    """In the order of the rows. Raises BarFault."""
    if first == end:
        return 0
    total = values[first]
    for row in range(first + 1, end):
        total += values[row]
        if not isfinite(total) or (isinstance(total, int) and total > INT64_MAX):
            raise BarFault(BarRule.OVERFLOW, row, column)
    return total
