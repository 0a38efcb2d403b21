"""Time bars that are made of smaller ones of the same stage: `time:5m:of:1m`. Nothing but the smaller bars is in them.

- A smaller bar counts when it ends, into the bar in whose bucket it begins. Prices are those of the first, the highest,
  the lowest and the last of them, and every count is the sum of theirs; bid and ask are those at its own close.
- It ends with the smaller bar that ends when it does, or, where that one has no tick, with the record that shows that
  its end is past: the one that would end the smaller.
- A late tick counts as the smaller series says. Should it open a smaller bar in a bucket that is closed here, which
  takes a heartbeat that closed it and nothing since, that one counts into the first bucket that is not, and adds one to
  `late_count`. So none is lost, and none counts twice.
"""

from __future__ import annotations

from dataclasses import replace

from flows.contracts.records import Bar, Origin, SamplerState
from flows.kernels.checked import INT32_MAX, INT64_MAX, is_int64
from flows.kernels.emit import Emit
from flows.kernels.open_bar import Counts, Terms
from flows.kernels.refusal import Overflow
from flows.kernels.sampling import Sampling, Source
from flows.kernels.time_bar import Ended, Interval
from flows.kernels.time_buckets import Buckets

_LATE_COUNTS = 3
"""What one tick may add: the bar that it ends, itself, and the bar that it begins."""


class LargerBars:
    """One series of one instrument."""

    def __init__(self, sampling: Sampling, smaller: Interval) -> None:
        smaller.is_heard = True
        self._smaller = smaller
        self._sampling = sampling
        self._interval = self._begun()

    @property
    def is_of_quotes(self) -> bool:
        return self._sampling.source is not Source.TRADES

    @property
    def counts(self) -> Counts:
        return self._interval.counts

    def check_room_for(self, quantity: int, now_ns: int, venue: str, instrument: str) -> None:
        """Refuses a tick that would overflow the bar when its smaller one joins."""
        bars = [bar for bar in (self.counts.bar, self._smaller.counts.bar) if bar is not None]
        if not bars or now_ns >= self._interval.bucket_for(bars[0].open_ns).end_ns:
            return
        if sum(bar.volume for bar in bars) + quantity > INT64_MAX:
            raise Overflow("volume", venue, instrument)
        if sum(bar.late_count for bar in bars) + _LATE_COUNTS > INT32_MAX:
            raise Overflow("late_count", venue, instrument)

    def has_room_for_imbalance(self, change: int) -> bool:
        return is_int64(self.counts.order_flow_imbalance + self._smaller.counts.order_flow_imbalance + change)

    def gaps_are_full(self) -> bool:
        return self.counts.gap_count + self._smaller.counts.gap_count >= INT32_MAX

    def close_by(self, now_ns: int, terms: Terms, emit: Emit) -> None:
        """Takes the smaller bars that this record ended, and closes what ends at or before `now_ns`."""
        terms = replace(terms, pairs=self._smaller.counts.pairs)
        for ended in self._smaller.ended:
            self._interval.close_by(ended.bar.open_ns, terms, emit)
            self._interval.join(ended)
        self._interval.close_by(now_ns, terms, emit)

    def open_bar(self, terms: Terms, origin: Origin) -> Bar | None:
        """The open bar as it stands, the open smaller one with it."""
        inside = self._smaller.counts
        so_far = self._begun()
        so_far.restore(self.counts.state(), self._interval.price)
        so_far.counts.pairs = self.counts.pairs
        if inside.bar is None:
            return so_far.open_bar(replace(terms, pairs=inside.pairs), origin)
        so_far.join(Ended(inside.bar, inside.quote_count, inside.order_flow_imbalance, inside.gap_count))
        return so_far.open_bar(terms, origin)

    def state(self, venue: str, instrument: str) -> SamplerState:
        return SamplerState(
            venue=venue,
            instrument=instrument,
            counts=self.counts.state(),
            newest_ns=0,
            heard_ns=0,
            ticks=0,
            price=self._interval.price,
            sign=0,
            bought=0,
            sold=0,
            expected=None,
        )

    def restore(self, state: SamplerState) -> None:
        self._interval.restore(state.counts, state.price)

    def _begun(self) -> Interval:
        sampling = self._sampling
        return Interval(Buckets(sampling.size.digits, sampling.sessions), 0, sampling.name, filled=sampling.filled)
