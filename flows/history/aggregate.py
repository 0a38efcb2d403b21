"""`aggregate_bars` and `aggregate_ticks`, by the rules of `flows/kernels/aggregate_bars.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from flows.errors import BadBars
from flows.history import engines, faults, moment
from flows.history.frames import Frame, frame_of
from flows.history.frames.frame import Numbers, of_one_length
from flows.history.layout import PRICES, Layout, of_bars, of_ticks
from flows.history.session import ListedSessions, Session, Spans, utc_days
from flows.history.timeframe import DAY_NS, timeframe_ns
from flows.kernels.aggregate_bars import BarPlan
from flows.kernels.bar_fault import BarFault

Engine = Literal["rust", "python"]
_Bars = TypeVar("_Bars")

# Filled bars: more would be a wrong range rather than a market.
_BARS_MAX = 50_000_000


def aggregate_bars(
    bars: _Bars,
    timeframe: str | int | timedelta,
    *,
    interval: str | int | timedelta | None = None,
    session: Session | ListedSessions | None = None,
    gaps: Literal["empty", "filled"] = "empty",
    partial: bool = False,
    until: str | int | datetime | None = None,
    stamp: Literal["open", "close"] = "open",
    time: str | None = None,
    sums: Sequence[str] | None = None,
    engine: Engine = "rust",
) -> _Bars:
    """Bars of one length into longer ones: `timeframe` is a whole multiple of that length, up to a day.

    `bars` is a structured array, a mapping of arrays, a pyarrow Table, or a DataFrame of polars or pandas, sorted by
    time, with columns open, high, low, close, a time (`time=` names it, else the first of open_ns, time, timestamp,
    date and the like; or pandas' index), and what adds up: volume, trade_count, and what `sums` names instead. Times
    are those types' own, or int64 nanoseconds since 1970; prices and sums int64 or float64 (narrower ones become that).
    The result is of the same form.

    - Buckets begin at the `session`'s start, and none reaches beyond its end; without one, at midnight UTC. `1d` is the
      whole session.
    - A bucket without bars makes none (`gaps="empty"`), or is flat at the close before it, sums 0 (`"filled"`); outside
      sessions nothing is filled.
    - A last bar whose bucket is not over is left out unless `partial`. It is over when the last row ends it, or when
      `until`, the time up to which all rows are there (ISO 8601, a datetime or nanoseconds), is at or past its end.
    - `stamp="close"` says that times are those of the bars' ends; the result's are, too.
    - `interval` is how long the rows are, by default the smallest distance between two.

    Both engines give the same to the bit. Columns stand still meanwhile: the Rust engine lets the GIL go.

    Raises BadBars, which tells the row and what to do: for rows that are not sorted, not finite, negative in a sum,
    mixed in length, with a high below the low, outside the session. Prices may be zero or negative.
    """
    frame = frame_of(bars)
    layout = of_bars(frame.names, time, None if sums is None else tuple(sums))
    interval_ns = None if interval is None else timeframe_ns(interval)
    terms = _Terms(timeframe_ns(timeframe), interval_ns, session, gaps, partial, until, stamp)
    made: _Bars = _aggregated(frame, layout, terms, engine)
    return made


def aggregate_ticks(
    ticks: _Bars,
    timeframe: str | int | timedelta,
    *,
    price: str = "price",
    session: Session | ListedSessions | None = None,
    gaps: Literal["empty", "filled"] = "empty",
    partial: bool = False,
    until: str | int | datetime | None = None,
    time: str | None = None,
    sums: Sequence[str] = (),
    engine: Engine = "rust",
) -> _Bars:
    """Ticks into bars, as `aggregate_bars` does with bars: columns time, open, high, low, close, and `sums`.

    Ticks are sorted by time; those of one time stand in the order in which they happened. What column `price` is not
    and `sums` does not name is left out. The last bar is never over unless `until` says so. Raises BadBars.
    """
    frame = frame_of(ticks)
    layout = of_ticks(frame.names, time, price, tuple(sums))
    terms = _Terms(timeframe_ns(timeframe), 0, session, gaps, partial, until, "open")
    made: _Bars = _aggregated(frame, layout, terms, engine)
    return made


@dataclass(frozen=True, slots=True)
class _Terms:
    """What both ask for, as their arguments say."""

    length_ns: int
    interval_ns: int | None
    session: Session | ListedSessions | None
    gaps: str
    partial: bool
    until: str | int | datetime | None
    stamp: str


def _of_one_kind(prices: list[Numbers]) -> list[Numbers]:
    """All int64 or all float64. Raises BadBars for whole numbers that no float64 is equal to."""
    first = prices[0].dtype
    if all(values.dtype == first for values in prices):
        return prices
    floats = [values.astype(np.float64) for values in prices]
    for values, made in zip(prices, floats, strict=True):
        if values.dtype != made.dtype and (np.abs(made) >= 2.0**53).any():
            raise BadBars("some prices are float64, and others whole numbers beyond 2^53: give all in one type")
    return list(floats)


def _aggregated(frame: Frame, layout: Layout, terms: _Terms, engine: str) -> Any:
    run = _one_of("engine", engine, engines.ENGINES)
    is_filled = _one_of("gaps", terms.gaps, {"empty": False, "filled": True})
    is_close = _one_of("stamp", terms.stamp, {"open": False, "close": True})
    times_ns = frame.times_ns(layout.time)
    prices = _of_one_kind([frame.numbers(name) for name in layout.prices])
    sums = [frame.numbers(name) for name in layout.sums]
    of_one_length(layout.time, times_ns, zip(layout.prices + layout.sums, prices + sums, strict=True))
    opens_ns, interval_ns = times_ns, terms.interval_ns
    if is_close and len(times_ns):
        opens_ns, interval_ns = _opens(times_ns, interval_ns)
    length_ns = 0 if terms.length_ns == DAY_NS else terms.length_ns
    end_ns = None if terms.until is None else moment.at_ns(terms.until)
    plan = BarPlan(interval_ns, length_ns, is_filled, terms.partial, end_ns)
    try:
        made = run(opens_ns, prices, sums, _spans(opens_ns, terms.session, plan), plan)
    except BarFault as fault:
        named = list(zip(PRICES + layout.sums, prices + sums, strict=True))
        raise faults.told(fault, times_ns, named) from None
    out_ns = made.closes_ns if is_close else made.opens_ns
    columns: dict[str, Numbers] = dict.fromkeys(layout.order, out_ns)
    columns.update(zip(layout.made, made.prices, strict=True))
    columns.update(zip(layout.sums, made.sums, strict=True))
    return frame.made(layout.time, out_ns, columns)


def _spans(times_ns: NDArray[np.int64], session: Session | ListedSessions | None, plan: BarPlan) -> Spans:
    """The sessions of all rows, and until the plan's end. Raises BadBars for more bars than anybody wants filled."""
    if not len(times_ns):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first_ns, last_ns = int(times_ns[0]), int(times_ns[-1])
    # Times out of order are the kernel's to tell.
    last_ns = max(first_ns, last_ns, plan.end_ns or last_ns)
    if plan.is_filled and plan.length_ns and (last_ns - first_ns) // plan.length_ns > _BARS_MAX:
        raise BadBars(f"filled, that would be more than {_BARS_MAX:,} bars: choose a shorter range")
    spans: Callable[[int, int], Spans] = utc_days if session is None else session.spans
    return spans(first_ns, last_ns)


def _opens(times_ns: NDArray[np.int64], interval_ns: int | None) -> tuple[NDArray[np.int64], int | None]:
    """Of the rows that end at these times, and how long they are; times out of order are the kernel's to tell."""
    if interval_ns is None:
        if len(times_ns) < 2:
            raise BadBars("a single bar does not tell how long it is: give interval=", rule="INTERVAL_UNKNOWN")
        interval_ns = int(np.diff(times_ns).min())
    return (times_ns - interval_ns, interval_ns) if interval_ns > 0 else (times_ns, None)


_Chosen = TypeVar("_Chosen")


def _one_of(name: str, given: str, choices: Mapping[str, _Chosen]) -> _Chosen:
    try:
        return choices[given]
    except (KeyError, TypeError):
        raise BadBars(f"{name}={given!r}: choose one of {', '.join(choices)}") from None
