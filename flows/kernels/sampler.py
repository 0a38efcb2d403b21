"""A named series of bars of one instrument. A tick ends them, by the rule of their name (`sampling`).

The log's order is theirs: a tick counts into the bar that is open when it comes, however old it is; older than the
bar's start it is late, and counts in `late_count` too. `close_ns` is the newest time of a tick so far, and no bar
begins before the last one's end. So no trade is lost, none counts twice, and none is split: the bar that it ends has
all of it.

Of quotes, each is a tick that has the price; a side that is empty has none. A quote without a time of the venue's has
the newest that the instrument's trades, quotes and heartbeats told; before the first it is no tick. Their time bars end
as those of trades do (`bars`), and by trades and heartbeats too.
"""

from __future__ import annotations

from functools import partial

from flows.contracts.records import Bar, ExpectedFlowState, Origin, SamplerState, TopState
from flows.kernels import expected_flow
from flows.kernels.emit import Emit
from flows.kernels.open_bar import Counts, OpenBar, Terms, Tick
from flows.kernels.refusal import Overflow
from flows.kernels.sampling import Measure, Rule, Sampling, Source
from flows.kernels.scale import Scale
from flows.kernels.time_bar import Interval
from flows.kernels.time_buckets import Buckets

_BRICKS_MAX = 10_000
"""Of one tick: more is a size that was meant for another instrument."""


class Sampler:
    """One series of one instrument."""

    def __init__(self, sampling: Sampling, scale: Scale, venue: str, instrument: str) -> None:
        """Raises BadSize."""
        self.name = sampling.name
        self._sampling = sampling
        self._size = sampling.units(scale, venue, instrument)
        self.interval: Interval | None = None
        """Of time bars, which have their own counts."""
        if sampling.rule is Rule.TIME:
            buckets = Buckets(self._size, sampling.sessions)
            self.interval = Interval(buckets, 0, sampling.name, filled=sampling.filled)
        self._counts = Counts()
        self._newest_ns = 0
        self._heard_ns = 0
        self._ticks = 0
        self._price: int | None = None
        self._sign = 0
        self._bought = 0
        self._sold = 0
        self._expected: ExpectedFlowState | None = None

    @property
    def is_of_quotes(self) -> bool:
        return self._sampling.source is not Source.TRADES

    @property
    def counts(self) -> Counts:
        return self.interval.counts if self.interval else self._counts

    def hear(self, now_ns: int, terms: Terms, emit: Emit) -> None:
        """Bars of quotes learn the time of the instrument's other records."""
        self._heard_ns = max(self._heard_ns, now_ns)
        self.close_by(now_ns, terms, emit)

    def close_by(self, now_ns: int, terms: Terms, emit: Emit) -> None:
        """Time bars end as time goes on; no others do."""
        if self.interval:
            self.interval.close_by(now_ns, terms, emit)

    def tick_of(self, top: TopState, event_ns: int | None) -> Tick | None:
        """A quote as a tick; None if it is none."""
        now_ns = self._heard_ns if event_ns is None else event_ns
        bid, ask = top.bid_price, top.ask_price
        match self._sampling.source:
            case Source.BID:
                price = bid
            case Source.ASK:
                price = ask
            case _:
                price = (bid + ask) // 2 if bid and ask else 0
        return Tick.at(now_ns, price) if price > 0 and now_ns > 0 else None

    def check_room_for(self, tick: Tick, venue: str, instrument: str) -> None:
        """Refuses a tick that would overflow the open bar, or make too many bricks."""
        if self.interval:
            self.interval.check_room_for(tick, venue, instrument)
            return
        if self.counts.bar is not None:
            self.counts.bar.check_room_for(tick, venue, instrument)
        if self._sampling.rule is Rule.RENKO and abs(self._bricks(tick.price)) > _BRICKS_MAX:
            raise Overflow("bricks", venue, instrument)

    def take(self, offset: int, tick: Tick, terms: Terms, emit: Emit) -> None:
        """Counts a tick that `check_room_for` let pass, and closes the bar that it fills; time bars close by time."""
        if self.interval:
            self.interval.add(offset, tick)
            return
        bar = self.counts.bar
        if bar is None:
            open_ns = max(tick.event_ns, self._newest_ns)
            bar = self.counts.bar = OpenBar.begun(open_ns, offset, tick, late=open_ns > tick.event_ns)
        else:
            bar.add(offset, tick)
        self._newest_ns = max(self._newest_ns, tick.event_ns)
        self._ticks += 1
        match self._sampling.rule:
            case Rule.SUM:
                full = self._sum(bar) >= self._size
            case Rule.RANGE:
                full = bar.high - bar.low >= self._size
            case Rule.IMBALANCE | Rule.RUN:
                full = self._flow_is_as_expected(tick)
            case Rule.RENKO:
                self._lay(bar, tick, terms, emit)
                return
            case Rule.TIME:
                raise AssertionError("an interval has its ticks")
        if full:
            self._close(bar, terms, emit)

    def _sum(self, bar: OpenBar) -> int:
        match self._sampling.measure:
            case Measure.TICK:
                return self._ticks
            case Measure.VOLUME:
                return bar.volume
            case Measure.DOLLAR:
                return bar.notional

    def _flow_is_as_expected(self, tick: Tick) -> bool:
        if self._price is not None and tick.price != self._price:
            self._sign = 1 if tick.price > self._price else -1
        sign = self._sign or (1 if tick.bought > 0 else -1)
        self._price = tick.price
        match self._sampling.measure:
            case Measure.TICK:
                weight = 1
            case Measure.VOLUME:
                weight = tick.quantity
            case Measure.DOLLAR:
                weight = tick.price * tick.quantity
        if sign > 0:
            self._bought += weight
        else:
            self._sold += weight
        if self._expected is None:
            return self._ticks >= self._size
        run = self._sampling.rule is Rule.RUN
        flow = max(self._bought, self._sold) if run else abs(self._bought - self._sold)
        return float(flow) >= expected_flow.threshold(self._expected, run=run)

    def _bricks(self, price: int) -> int:
        """How many bricks a tick at `price` lays; negative: downwards."""
        if self._price is None:
            return 0
        top = self._price + self._size if self._sign < 0 else self._price
        bottom = self._price - self._size if self._sign > 0 else self._price
        if price >= top:
            return (price - top) // self._size
        return -((bottom - price) // self._size) if price <= bottom else 0

    def _lay(self, bar: OpenBar, tick: Tick, terms: Terms, emit: Emit) -> None:
        """Closes a brick for each size that the price is beyond the last. The first has what came since then, and its
        high and low; the others have no trade."""
        bricks = self._bricks(tick.price)
        if self._price is None:
            self._price = tick.price
        if bricks == 0:
            return
        sign = 1 if bricks > 0 else -1
        # On the other side of the last brick, the next begins where that one did.
        begin = self._price + sign * self._size if sign == -self._sign else self._price
        self._sign = sign
        for number in range(abs(bricks)):
            if number > 0:
                bar = OpenBar.begun(self._newest_ns, bar.last_offset, Tick.at(self._newest_ns, begin), late=False)
            end = begin + sign * self._size
            bar.open, bar.close = begin, end
            bar.high, bar.low = max(bar.high, begin, end), min(bar.low, begin, end)
            self._close(bar, terms, emit)
            begin = end
        self._price = begin

    def _close(self, bar: OpenBar, terms: Terms, emit: Emit) -> None:
        emit.send(partial(self.counts.record, bar, 0, self._sampling.name, self._newest_ns, terms))
        self.counts.close(self._newest_ns, terms)
        if self._sampling.rule in (Rule.IMBALANCE, Rule.RUN):
            self._expected = expected_flow.after(
                self._expected, self._size, self._sampling.span, self._ticks, self._bought, self._sold
            )
        self._ticks = self._bought = self._sold = 0

    def open_bar(self, terms: Terms, origin: Origin) -> Bar | None:
        """The open bar as it stands."""
        if self.interval:
            return self.interval.open_bar(terms, origin)
        bar = self.counts.bar
        if bar is None:
            return None
        return self.counts.record(bar, 0, self._sampling.name, self._newest_ns, terms, origin)

    def state(self, venue: str, instrument: str) -> SamplerState:
        return SamplerState(
            venue=venue,
            instrument=instrument,
            counts=self.counts.state(),
            newest_ns=self._newest_ns,
            heard_ns=self._heard_ns,
            ticks=self._ticks,
            price=self.interval.price if self.interval else self._price,
            sign=self._sign,
            bought=self._bought,
            sold=self._sold,
            expected=self._expected,
        )

    def restore(self, state: SamplerState) -> None:
        if self.interval:
            self.interval.restore(state.counts, state.price)
        else:
            self.counts.restore(state.counts)
        self._newest_ns = state.newest_ns
        self._heard_ns = state.heard_ns
        self._ticks = state.ticks
        self._price = state.price
        self._sign = state.sign
        self._bought = state.bought
        self._sold = state.sold
        self._expected = state.expected
