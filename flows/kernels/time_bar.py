"""Time bars of one length of one instrument."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from flows.contracts.records import Bar, IntervalState, Origin
from flows.kernels.emit import Emit
from flows.kernels.open_bar import Counts, OpenBar, Terms, Tick
from flows.kernels.time_buckets import Bucket, Buckets

_FILLED_MAX = 86_400
"""Bars that one record ends: a day of seconds. A longer hole stays empty."""


class Ended(NamedTuple):
    """A bar that is over, with what was counted since the close before it."""

    bar: OpenBar
    quote_count: int
    order_flow_imbalance: int
    gap_count: int


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
        self.is_heard = False
        """Whether larger bars are made of these."""
        self.ended: list[Ended] = []
        """Then those that the record in hand ended."""

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
        if self.counts.bar is not None:
            self.counts.bar.add(offset, tick)
            return
        bucket = self._not_closed(own)
        self.counts.bar = OpenBar.begun(bucket.open_ns, offset, tick, late=bucket != own)
        self._end_ns = bucket.end_ns

    def join(self, smaller: Ended) -> None:
        """Counts a bar that lies within one bucket."""
        counts, bar = self.counts, smaller.bar
        counts.quote_count += smaller.quote_count
        counts.order_flow_imbalance += smaller.order_flow_imbalance
        counts.gap_count += smaller.gap_count
        if self._filled:
            self.price = bar.close
        if counts.bar is not None:
            counts.bar.join(bar)
            return
        bucket = self.bucket_for(bar.open_ns)
        late = bar.late_count + (bar.open_ns < bucket.open_ns)
        counts.bar = replace(bar, open_ns=bucket.open_ns, late_count=late)
        self._end_ns = bucket.end_ns

    def bucket_for(self, at_ns: int) -> Bucket:
        """The bucket of a time within sessions, or the first behind it that is not closed."""
        return self._not_closed(self._buckets.next(at_ns))

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

    def _not_closed(self, own: Bucket) -> Bucket:
        closed_ns = self.counts.closed_ns
        return own if closed_ns is None or own.open_ns >= closed_ns else self._buckets.next(closed_ns)

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
        counts = self.counts
        emit.send(partial(counts.record, bar, self._interval_ns, self._series, close_ns, terms))
        if self.is_heard:
            self.ended.append(Ended(bar, counts.quote_count, counts.order_flow_imbalance, counts.gap_count))
        counts.close(close_ns, terms)
