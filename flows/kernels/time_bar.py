"""Time bars of one length of one instrument."""

from __future__ import annotations

from functools import partial

from flows.contracts.records import Bar, IntervalState, Origin
from flows.kernels.emit import Emit
from flows.kernels.open_bar import Counts, OpenBar, Terms, Tick
from flows.kernels.time_buckets import Buckets

_FILLED_MAX = 86_400
"""Bars that one record ends: a day of seconds. A longer hole stays empty."""


class Interval:
    """One bar length."""

    def __init__(self, buckets: Buckets, interval_ns: int, series: str = "", *, filled: bool = False) -> None:
        """`interval_ns`: as in the bars' records. `filled`: a bucket without a tick makes a bar too, flat at the close
        before it."""
        self._buckets = buckets
        self._interval_ns = interval_ns
        self._series = series
        self._filled = filled
        self.counts = Counts()
        # Of the open bar.
        self._end_ns = 0
        self.price: int | None = None
        """Of the last tick, where empty buckets make bars; None before the first."""

    def check_room_for(self, tick: Tick, venue: str, instrument: str) -> None:
        """Refuses a tick that would join the open bar and overflow it."""
        bar = self.counts.bar
        if bar is not None and tick.event_ns < self._end_ns:
            bar.check_room_for(tick, venue, instrument)

    def close_by(self, now_ns: int, terms: Terms, emit: Emit) -> None:
        """Closes the open bar if it ends at or before `now_ns`, and fills the buckets that ended since."""
        bar = self.counts.bar
        if bar is not None:
            if now_ns < self._end_ns:
                return
            self._close(bar, self._end_ns, terms, emit)
        if self._filled:
            self._fill(now_ns, terms, emit)

    def add(self, offset: int, tick: Tick) -> None:
        """Counts a tick that `check_room_for` let pass into the open bar, or into a new one; outside sessions into
        none."""
        own = self._buckets.of(tick.event_ns)
        if own is None:
            return
        if self._filled:
            self.price = tick.price
        counts = self.counts
        if counts.bar is not None:
            counts.bar.add(offset, tick)
            return
        closed = counts.closed_ns is not None and own.open_ns < counts.closed_ns
        bucket = self._buckets.next(counts.closed_ns) if closed and counts.closed_ns is not None else own
        counts.bar = OpenBar.begun(bucket.open_ns, offset, tick, late=closed)
        self._end_ns = bucket.end_ns

    def open_bar(self, terms: Terms, origin: Origin) -> Bar | None:
        """The open bar as it stands, with the end that it will have."""
        bar = self.counts.bar
        if bar is None:
            return None
        return self.counts.record(bar, self._interval_ns, self._series, self._end_ns, terms, origin)

    def restore(self, state: IntervalState, price: int | None) -> None:
        self.counts.restore(state)
        self.price = price
        if state.bar is not None:
            self._end_ns = self._buckets.next(state.bar.open_ns).end_ns

    def _fill(self, now_ns: int, terms: Terms, emit: Emit) -> None:
        closed_ns, price = self.counts.closed_ns, self.price
        if closed_ns is None or price is None:
            return
        empty = self._buckets.over(closed_ns, now_ns, _FILLED_MAX)
        if empty is None:
            self.counts.closed_ns = self._buckets.next(now_ns).open_ns
            return
        offset = emit.next_origin.offset
        for bucket in empty:
            flat = OpenBar.begun(bucket.open_ns, offset, Tick.at(bucket.open_ns, price), late=False)
            self._close(flat, bucket.end_ns, terms, emit)

    def _close(self, bar: OpenBar, close_ns: int, terms: Terms, emit: Emit) -> None:
        emit.send(partial(self.counts.record, bar, self._interval_ns, self._series, close_ns, terms))
        self.counts.close(close_ns, terms)
