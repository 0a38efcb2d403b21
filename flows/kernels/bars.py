"""market.ticks -> market.bars: time bars from trades.

A trade's own time (`event_ns`) decides its bar: `open_ns` is that time rounded down to a multiple of the interval.
Only trades and heartbeats of the same instrument move time on:

- A trade at or past the open bar's end closes it, then opens the next one. Intervals without a trade make no bar.
- A heartbeat closes the open bar once its `event_ns`, less the allowed lateness, is at or past the bar's end.
- A trade older than the open bar is late: its bar cannot be opened again, so it counts into the open one, in all its
  fields, and in `late_count`. If none is open and the trade's own interval is closed already, it opens the first
  interval that is not, and is late there. So no trade is lost, none counts twice, and bars of one interval never
  overlap.

Quotes and gaps carry no trade time (Binance's spot bookTicker has none at all), so the log's order places them: what
stands between two closes counts into the bar that the second one ends, open or not when it came. A lost connection
forgets the last quote: an old price is not shown as the bid, and no imbalance is taken across the hole.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from flows.contracts.codec import Record, encode
from flows.contracts.records import (
    BarsState,
    Gap,
    GapStream,
    Heartbeat,
    Instrument,
    InstrumentBarsState,
    Quote,
    TopState,
    Trade,
)
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError
from flows.kernels.checked import in_time, positive, possible_scale, same_scale
from flows.kernels.config import Fields
from flows.kernels.emit import Emit
from flows.kernels.kernel import Position
from flows.kernels.order_flow import imbalance, top_of
from flows.kernels.refusal import Overflow
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state, same
from flows.kernels.time_bar import Interval, Terms

# No bar is longer than a year.
_INTERVAL_NS_MAX = 366 * 86_400 * 1_000_000_000


class Series:
    """All bar lengths of one instrument."""

    def __init__(self, scale: Scale, intervals: list[Interval]) -> None:
        self.scale = scale
        self.top: TopState | None = None
        self.intervals = intervals


class Bars:
    """The kernel; configuration: intervals_ns, lateness_ns."""

    reads = frozenset(kind.SUBJECT for kind in (Instrument, Trade, Quote, Gap, Heartbeat))

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        fields = Fields(config)
        self._intervals_ns = fields.wholes("intervals_ns", [1_000_000_000, 5_000_000_000, 60_000_000_000])
        self._lateness_ns = fields.whole("lateness_ns", 1_000_000_000)
        fields.end()
        ascending = all(left < right for left, right in pairwise(self._intervals_ns))
        if not (ascending and self._intervals_ns):
            raise StageConfigError("intervals_ns: needs lengths up to a year, ascending, each once")
        if not 0 < self._intervals_ns[0] <= self._intervals_ns[-1] <= _INTERVAL_NS_MAX:
            raise StageConfigError("intervals_ns: needs lengths up to a year, ascending, each once")
        if self._lateness_ns < 0:
            raise StageConfigError("lateness_ns: is negative")
        self._instruments: dict[tuple[str, str], Series] = {}

    def on_record(self, cause: Position, record: Record, emit: Emit) -> None:
        match record:
            case Trade():
                self._on_trade(cause.offset, record, emit)
            case Quote():
                self._on_quote(record)
            case Heartbeat():
                self._on_heartbeat(record, emit)
            case Gap():
                self._on_gap(record)
            case Instrument():
                self._series(record)

    def _series(self, record: Instrument | Trade | Quote) -> Series:
        """The instrument's bars, begun if this is its first record."""
        scale = Scale(record.price_exponent, record.quantity_exponent)
        series = self._instruments.get((record.venue, record.instrument))
        if series is None:
            possible_scale(scale)
            series = Series(scale, [Interval(length_ns) for length_ns in self._intervals_ns])
            self._instruments[record.venue, record.instrument] = series
        same_scale(series.scale, scale, record.venue, record.instrument)
        return series

    def _on_trade(self, offset: int, trade: Trade, emit: Emit) -> None:
        positive("price", trade.price)
        positive("quantity", trade.quantity)
        in_time("event_ns", trade.event_ns)
        series = self._series(trade)
        for interval in series.intervals:
            interval.check_room_for(trade)
        terms = Terms(trade.venue, trade.instrument, series.scale, series.top, trade.receive_ns)
        for interval in series.intervals:
            interval.close_by(trade.event_ns, terms, emit)
            interval.add(offset, trade)

    def _on_heartbeat(self, beat: Heartbeat, emit: Emit) -> None:
        in_time("event_ns", beat.event_ns)
        series = self._instruments.get((beat.venue, beat.instrument))
        if series is None:
            return
        terms = Terms(beat.venue, beat.instrument, series.scale, series.top, beat.receive_ns)
        for interval in series.intervals:
            interval.close_by(beat.event_ns - self._lateness_ns, terms, emit)

    def _on_quote(self, quote: Quote) -> None:
        top = top_of(quote)
        series = self._series(quote)
        change = 0 if series.top is None else imbalance(series.top, top)
        if not all(interval.has_room_for_imbalance(change) for interval in series.intervals):
            raise Overflow("order_flow_imbalance", quote.venue, quote.instrument)
        series.top = top
        for interval in series.intervals:
            interval.add_quote(change)

    def _on_gap(self, gap: Gap) -> None:
        series = self._instruments.get((gap.venue, gap.instrument))
        if series is None:
            return
        if any(interval.gaps_are_full() for interval in series.intervals):
            raise Overflow("gap_count", gap.venue, gap.instrument)
        if gap.stream is GapStream.CONNECTION:
            series.top = None
        for interval in series.intervals:
            interval.add_gap()

    def snapshot(self, ids: SchemaIds) -> bytes:
        instruments = [
            InstrumentBarsState(
                venue=venue,
                instrument=instrument,
                price_exponent=series.scale.price_exponent,
                quantity_exponent=series.scale.quantity_exponent,
                top=series.top,
                intervals=[interval.state() for interval in series.intervals],
            )
            for (venue, instrument), series in sorted(self._instruments.items(), key=lambda item: item[0])
        ]
        return encode(BarsState(self._intervals_ns, instruments), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, BarsState)
        same("intervals_ns", saved.intervals_ns, self._intervals_ns)
        self._instruments = {}
        for one in saved.instruments:
            pairs = zip(saved.intervals_ns, one.intervals, strict=True)
            intervals = [Interval.restored(length_ns, interval) for length_ns, interval in pairs]
            series = Series(Scale(one.price_exponent, one.quantity_exponent), intervals)
            series.top = one.top
            self._instruments[one.venue, one.instrument] = series
