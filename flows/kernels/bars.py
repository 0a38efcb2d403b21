"""market.ticks -> market.bars: bars from trades, and from quotes.

Time bars stand in `intervals_ns`. A trade's own time (`event_ns`) decides its bar: `open_ns` is that time rounded down
to a multiple of the interval. Only trades and heartbeats of the same instrument move time on:

- A trade at or past the open bar's end closes it, then opens the next one. Intervals without a trade make no bar.
- A heartbeat closes the open bar once its `event_ns`, less the allowed lateness, is at or past the bar's end.
- A trade older than the open bar is late: its bar cannot be opened again, so it counts into the open one, in all its
  fields, and in `late_count`. If none is open and the trade's own interval is closed already, it opens the first
  interval that is not, and is late there. So no trade is lost, none counts twice, and bars of one interval never
  overlap.

Quotes and gaps carry no trade time (Binance's spot bookTicker has none at all), so the log's order places them: what
stands between two closes counts into the bar that the second one ends, open or not when it came. A lost connection
forgets the last quote: an old price is not shown as the bid, and no imbalance is taken across the hole.

With `depth_levels` each instrument has a book (`logged_book`), and a bar the slopes of its sides as it stands when the
bar is closed, in the log's order too.

All other bars stand in `series`: those that something else ends (ticks, volume, notional, range, Renko, imbalance,
runs), those of quotes, and time bars by sessions or without gaps (`sampling`). The log's order is theirs (`sampler`).
Time bars made of smaller ones stand there too, and take those last (`larger_bars`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from flows.contracts.codec import Record, encode
from flows.contracts.records import (
    Bar,
    BarsState,
    BookDelta,
    BookSnapshot,
    Gap,
    GapStream,
    Heartbeat,
    Instrument,
    InstrumentBarsState,
    Origin,
    Quote,
    TopState,
    Trade,
)
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError, StageRestoreError
from flows.kernels.checked import in_time, positive, possible_scale, same_scale
from flows.kernels.config import Fields
from flows.kernels.emit import Emit
from flows.kernels.kernel import Position
from flows.kernels.larger_bars import LargerBars
from flows.kernels.logged_book import LoggedBook
from flows.kernels.open_bar import Counts, Terms, Tick
from flows.kernels.order_flow import imbalance, top_of
from flows.kernels.refusal import Overflow, Refusal
from flows.kernels.sampler import Sampler
from flows.kernels.sampling import LENGTH_NS_MAX, Sampling, series
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state, same
from flows.kernels.time_bar import Interval
from flows.kernels.time_buckets import Buckets
from flows.kernels.trade_signs import NO_PAIRS, TradeSigns
from flows.kernels.trading_sessions import sessions

_DEPTH_LEVELS_MAX = 10_000
"""Beyond what any book has near its mid."""


class AllBars:
    """All bars of one instrument."""

    def __init__(
        self,
        scale: Scale,
        intervals: list[Interval],
        samplers: list[Sampler],
        larger: list[LargerBars],
        book: LoggedBook | None,
    ) -> None:
        self.scale = scale
        self.book = book
        """Where books are kept."""
        self.top: TopState | None = None
        self.signs = TradeSigns()
        self.intervals = intervals
        self.samplers = samplers
        self.of_trades = [sampler for sampler in samplers if not sampler.is_of_quotes]
        self.of_quotes = [sampler for sampler in samplers if sampler.is_of_quotes]
        self.larger = larger
        self.named: list[Sampler | LargerBars] = [*samplers, *larger]
        """In the order of the configuration."""

    def counts(self) -> list[Counts]:
        """What quotes and gaps count into; larger bars have theirs from the smaller."""
        return [*(one.counts for one in self.intervals), *(one.counts for one in self.samplers)]

    def all_counts(self) -> list[Counts]:
        return [*(one.counts for one in self.intervals), *(one.counts for one in self.named)]

    def end_larger(self, now_ns: int, terms: Terms, emit: Emit, *, of_trades: bool = True) -> None:
        """Behind all that a record at `now_ns` ended."""
        for one in self.larger:
            if of_trades or one.is_of_quotes:
                one.close_by(now_ns, terms, emit)
        if self.larger:
            for interval in self.time_bars():
                interval.ended.clear()

    def time_bars(self) -> list[Interval]:
        """Of ticks."""
        return [*self.intervals, *(one.interval for one in self.samplers if one.interval)]

    def terms(self, of: Trade | Quote | Heartbeat) -> Terms:
        """What a record closes bars on, as things stand now."""
        return Terms(of.venue, of.instrument, self.scale, self.top, of.receive_ns, self.signs.pairs, self.book)


class Bars:
    """The kernel; configuration: intervals_ns, lateness_ns, sessions, series (each with name, venue, instrument),
    depth_levels."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        fields = Fields(config)
        self._intervals_ns = fields.wholes("intervals_ns", [1_000_000_000, 5_000_000_000, 60_000_000_000])
        self._lateness_ns = fields.whole("lateness_ns", 1_000_000_000)
        calendars = sessions(fields.tables("sessions", []))
        self._samplings: list[Sampling] = series(fields.tables("series", []), calendars, self._intervals_ns)
        self._depth_levels = fields.whole("depth_levels", 0)
        fields.end()
        ascending = all(left < right for left, right in pairwise(self._intervals_ns))
        has_bars = self._intervals_ns or self._samplings
        if not (ascending and has_bars and all(0 < length_ns <= LENGTH_NS_MAX for length_ns in self._intervals_ns)):
            raise StageConfigError("intervals_ns: needs lengths up to a year, ascending, each once")
        if self._lateness_ns < 0:
            raise StageConfigError("lateness_ns: is negative")
        if not 0 <= self._depth_levels <= _DEPTH_LEVELS_MAX:
            raise StageConfigError(f"depth_levels: is not between 0 and {_DEPTH_LEVELS_MAX}")
        books = (BookDelta, BookSnapshot) if self._depth_levels else ()
        self.reads = frozenset(kind.SUBJECT for kind in (Instrument, Trade, Quote, Gap, Heartbeat, *books))
        self._instruments: dict[tuple[str, str], AllBars] = {}

    def on_record(self, cause: Position, record: Record, emit: Emit) -> None:
        match record:
            case Trade():
                self._on_trade(cause.offset, record, emit)
            case Quote():
                self._on_quote(cause.offset, record, emit)
            case Heartbeat():
                self._on_heartbeat(record, emit)
            case Gap():
                self._on_gap(record)
            case BookDelta():
                if book := self._bars(record).book:
                    book.on_delta(record)
            case BookSnapshot():
                if book := self._bars(record).book:
                    book.on_snapshot(record)
            case Instrument():
                self._bars(record)

    def _bars(self, record: Instrument | Trade | Quote | BookDelta | BookSnapshot) -> AllBars:
        """The instrument's bars, begun if this is its first record."""
        scale = Scale(record.price_exponent, record.quantity_exponent)
        bars = self._instruments.get((record.venue, record.instrument))
        if bars is None:
            possible_scale(scale)
            bars = self._begun(scale, record.venue, record.instrument)
            self._instruments[record.venue, record.instrument] = bars
        same_scale(bars.scale, scale, record.venue, record.instrument)
        return bars

    def _begun(self, scale: Scale, venue: str, instrument: str) -> AllBars:
        samplings = [sampling for sampling in self._samplings if sampling.is_of(venue, instrument)]
        intervals = [Interval(Buckets(length_ns), length_ns) for length_ns in self._intervals_ns]
        samplers = [Sampler(sampling, scale, venue, instrument) for sampling in samplings if not sampling.smaller]
        smaller = {sampler.name: sampler.interval for sampler in samplers if sampler.interval}
        of_trades = dict(zip(self._intervals_ns, intervals, strict=True))
        larger = [
            LargerBars(one, smaller.get(one.smaller) or of_trades[one.smaller_ns]) for one in samplings if one.smaller
        ]
        book = LoggedBook(self._depth_levels) if self._depth_levels else None
        return AllBars(scale, intervals, samplers, larger, book)

    def _on_trade(self, offset: int, trade: Trade, emit: Emit) -> None:
        positive("price", trade.price)
        positive("quantity", trade.quantity)
        in_time("event_ns", trade.event_ns)
        bars = self._bars(trade)
        tick = Tick.of_trade(trade)
        for interval in bars.intervals:
            interval.check_room_for(tick, trade.venue, trade.instrument)
        for sampler in bars.of_trades:
            sampler.check_room_for(tick, trade.venue, trade.instrument)
        for larger in bars.larger:
            if not larger.is_of_quotes:
                larger.check_room_for(tick.quantity, trade.event_ns, trade.venue, trade.instrument)
        terms = bars.terms(trade)
        for interval in bars.intervals:
            interval.close_by(trade.event_ns, terms, emit)
            interval.add(offset, tick)
        bars.signs.add(trade.aggressor)
        counted = replace(terms, pairs=bars.signs.pairs)
        for sampler in bars.of_trades:
            sampler.close_by(trade.event_ns, terms, emit)
            sampler.take(offset, tick, counted, emit)
        terms = replace(terms, pairs=NO_PAIRS)
        for sampler in bars.of_quotes:
            sampler.hear(trade.event_ns, terms, emit)
        bars.end_larger(trade.event_ns, terms, emit)

    def _on_heartbeat(self, beat: Heartbeat, emit: Emit) -> None:
        in_time("event_ns", beat.event_ns)
        bars = self._instruments.get((beat.venue, beat.instrument))
        if bars is None:
            return
        terms = bars.terms(beat)
        for interval in bars.intervals:
            interval.close_by(beat.event_ns - self._lateness_ns, terms, emit)
        for sampler in bars.of_trades:
            sampler.close_by(beat.event_ns - self._lateness_ns, terms, emit)
        terms = replace(terms, pairs=NO_PAIRS)
        for sampler in bars.of_quotes:
            sampler.hear(beat.event_ns - self._lateness_ns, terms, emit)
        bars.end_larger(beat.event_ns - self._lateness_ns, terms, emit)

    def _on_quote(self, offset: int, quote: Quote, emit: Emit) -> None:
        top = top_of(quote)
        if quote.event_ns is not None:
            in_time("event_ns", quote.event_ns)
        bars = self._bars(quote)
        change = 0 if bars.top is None else imbalance(bars.top, top)
        fits = all(counts.has_room_for_imbalance(change) for counts in bars.counts())
        if not fits or not all(larger.has_room_for_imbalance(change) for larger in bars.larger):
            raise Overflow("order_flow_imbalance", quote.venue, quote.instrument)
        ticks = [(sampler, sampler.tick_of(top, quote.event_ns)) for sampler in bars.of_quotes]
        for sampler, tick in ticks:
            if tick:
                sampler.check_room_for(tick, quote.venue, quote.instrument)
        for larger in bars.larger:
            if larger.is_of_quotes:
                larger.check_room_for(0, quote.event_ns or 0, quote.venue, quote.instrument)
        terms = replace(bars.terms(quote), pairs=NO_PAIRS)
        if quote.event_ns is not None:
            for sampler, _ in ticks:
                sampler.hear(quote.event_ns, terms, emit)
            bars.end_larger(quote.event_ns, terms, emit, of_trades=False)
        bars.top = top
        for counts in bars.counts():
            counts.add_quote(change)
        terms = replace(terms, top=top)
        for sampler, tick in ticks:
            if tick:
                sampler.take(offset, tick, terms, emit)

    def _on_gap(self, gap: Gap) -> None:
        bars = self._instruments.get((gap.venue, gap.instrument))
        if bars is None:
            return
        if any(counts.gaps_are_full() for counts in bars.counts()) or any(one.gaps_are_full() for one in bars.larger):
            raise Overflow("gap_count", gap.venue, gap.instrument)
        if gap.stream is GapStream.CONNECTION:
            bars.top = None
        if gap.stream is not GapStream.BOOK:
            bars.signs.forget()
        if bars.book and gap.stream is not GapStream.TRADE:
            bars.book.forget()
        for counts in bars.counts():
            counts.gap_count += 1

    def open_bars(self, origin: Origin) -> list[Bar]:
        """The bars that are open, as they stand, by venue and instrument; `receive_ns` is 0, as nothing ends them."""
        found: list[Bar | None] = []
        for (venue, instrument), bars in self._sorted():
            terms = Terms(venue, instrument, bars.scale, bars.top, 0, bars.signs.pairs, bars.book)
            found += [interval.open_bar(terms, origin) for interval in bars.intervals]
            of_quotes = replace(terms, pairs=NO_PAIRS)
            found += [one.open_bar(of_quotes if one.is_of_quotes else terms, origin) for one in bars.named]
        return [bar for bar in found if bar is not None]

    def snapshot(self, ids: SchemaIds) -> bytes:
        instruments = [
            InstrumentBarsState(
                venue=venue,
                instrument=instrument,
                price_exponent=bars.scale.price_exponent,
                quantity_exponent=bars.scale.quantity_exponent,
                top=bars.top,
                intervals=[interval.counts.state() for interval in bars.intervals],
            )
            for (venue, instrument), bars in self._sorted()
        ]
        samplers = [sampler.state(*place) for place, bars in self._sorted() for sampler in bars.named]
        signs = [bars.signs.state([counts.pairs for counts in bars.all_counts()]) for _, bars in self._sorted()]
        books = [bars.book.state() for _, bars in self._sorted() if bars.book]
        series = self._series_texts()
        state = BarsState(self._intervals_ns, instruments, series, samplers, signs, self._depth_levels, books)
        return encode(state, ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, BarsState)
        same("intervals_ns", saved.intervals_ns, self._intervals_ns)
        same("series", saved.series, self._series_texts())
        same("depth_levels", saved.depth_levels, self._depth_levels)
        self._instruments = {}
        sampled, books = iter(saved.samplers), iter(saved.books)
        for one in saved.instruments:
            try:
                bars = self._begun(Scale(one.price_exponent, one.quantity_exponent), one.venue, one.instrument)
            except Refusal as refusal:
                raise StageRestoreError(f"the snapshot does not go with the configuration: {refusal}") from refusal
            for interval, counted in zip(bars.intervals, one.intervals, strict=True):
                interval.restore(counted, None)
            for sampler in bars.named:
                sampler.restore(next(sampled))
            bars.top = one.top
            if bars.book:
                bars.book.restore(next(books))
            self._instruments[one.venue, one.instrument] = bars
        # A state from before there were signs has none: they begin here.
        for bars, signs in zip(self._instruments.values(), saved.signs, strict=bool(saved.signs)):
            for counts, pairs in zip(bars.all_counts(), bars.signs.restore(signs), strict=True):
                counts.pairs = pairs

    def _sorted(self) -> list[tuple[tuple[str, str], AllBars]]:
        return sorted(self._instruments.items(), key=lambda item: item[0])

    def _series_texts(self) -> list[str]:
        return [sampling.text for sampling in self._samplings]
