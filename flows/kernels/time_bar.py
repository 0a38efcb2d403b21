"""Bars of one length of one instrument."""

from __future__ import annotations

from functools import partial

from flows.kernels.emit import Emit
from flows.kernels.open_bar import Counts, OpenBar, Terms, Tick


class Interval:
    """One bar length."""

    def __init__(self, length_ns: int, series: str = "") -> None:
        self.length_ns = length_ns
        self._series = series
        self.counts = Counts()

    def check_room_for(self, tick: Tick, venue: str, instrument: str) -> None:
        """Refuses a tick that would join the open bar and overflow it."""
        bar = self.counts.bar
        if bar is not None and tick.event_ns < bar.open_ns + self.length_ns:
            bar.check_room_for(tick, venue, instrument)

    def close_by(self, now_ns: int, terms: Terms, emit: Emit) -> None:
        """Closes the open bar if it ends at or before `now_ns`."""
        bar = self.counts.bar
        if bar is not None and now_ns >= bar.open_ns + self.length_ns:
            close_ns = bar.open_ns + self.length_ns
            interval_ns = 0 if self._series else self.length_ns
            emit.send(partial(self.counts.record, bar, interval_ns, self._series, close_ns, terms))
            self.counts.close(close_ns)

    def add(self, offset: int, tick: Tick) -> None:
        """Counts a tick that `check_room_for` let pass into the open bar, or into a new one."""
        counts = self.counts
        if counts.bar is not None:
            counts.bar.add(offset, tick)
            return
        own_ns = tick.event_ns - tick.event_ns % self.length_ns
        open_ns = own_ns if counts.closed_ns is None else max(own_ns, counts.closed_ns)
        counts.bar = OpenBar.begun(open_ns, offset, tick, late=open_ns > own_ns)
