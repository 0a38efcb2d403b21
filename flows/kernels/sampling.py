"""Names of bars that are no time bars of trades: `KIND:SIZE` or `KIND:SIZE:SPAN`, and behind it `@bid`, `@ask` or
`@mid` where they are of quotes. A name is the whole definition, so that two definitions never share one.

| name | a bar ends with the tick that |
|---|---|
| `tick:500` | is its 500th |
| `volume:10` | brings its volume to 10 of the base, or more |
| `dollar:1000000` | brings its notional to 1,000,000 of the quote currency, or more |
| `range:25` | brings its high 25 of the quote currency above its low, or more |
| `renko:25` | lies 25 beyond the last brick, on either side |
| `tick_imbalance:1000:20`, `volume_`, `dollar_` | makes its imbalance as large as expected (`expected_flow`) |
| `tick_run:1000:20`, `volume_`, `dollar_` | makes its larger side as large as expected |

The last two expect at first bars of SIZE ticks, and learn from the SPAN bars before (20 where it is left out).
`time:60s@mid` are time bars of quotes (ms, s, m, h, d). Quotes trade nothing: of them there are no bars by volume or
notional. The mid is cut to a whole unit of the price, toward the bid.

`time:1d:fx` are time bars by the sessions that the configuration calls `fx` (`trading_sessions`): a tick outside of
them is in no bar. With `:filled` behind all, `time:60s:filled` or `time:60s:fx:filled`, what passes without a tick has
bars too, flat at the last tick's price. Those of trades without either stand in `intervals_ns`.

`time:5m:of:1m` are made of bars of the same stage (`larger_bars`): of those of `intervals_ns` that are as long, or of
time bars with a name, `time:1d:of:time:1h:fx`, whose sessions and prices are theirs. `time:5m:filled:of:1m` has no
gaps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from flows.errors import StageConfigError
from flows.kernels.checked import INT128_MAX
from flows.kernels.config import Fields
from flows.kernels.decimal_units import DecimalText
from flows.kernels.refusal import BadSize
from flows.kernels.scale import Scale
from flows.kernels.time_buckets import DAY_NS
from flows.kernels.trading_sessions import FILLED, OF, TradingSessions

_SPAN = 20
# Beyond this nobody waits for a bar.
_COUNT_MAX = 1_000_000_000
_LENGTH = re.compile(r"([1-9][0-9]{0,9})(ms|s|m|h|d)", re.ASCII)
_UNITS_NS = {"ms": 1_000_000, "s": 10**9, "m": 60 * 10**9, "h": 3_600 * 10**9, "d": DAY_NS}
LENGTH_NS_MAX = 366 * _UNITS_NS["d"]
"""No bar is longer than a year."""


class Measure(Enum):
    """What a tick weighs."""

    TICK = "tick"
    VOLUME = "volume"
    DOLLAR = "dollar"


class Rule(Enum):
    """How a bar ends."""

    SUM = ""
    IMBALANCE = "imbalance"
    RUN = "run"
    RANGE = "range"
    RENKO = "renko"
    TIME = "time"


class Source(Enum):
    """Whose prices."""

    TRADES = ""
    BID = "bid"
    ASK = "ask"
    MID = "mid"


_SOURCES = [source.value for source in Source]
_KINDS = {
    **{measure.value: (Rule.SUM, measure) for measure in Measure},
    **{f"{measure.value}_{rule.value}": (rule, measure) for measure in Measure for rule in (Rule.IMBALANCE, Rule.RUN)},
    **{rule.value: (rule, Measure.TICK) for rule in (Rule.RANGE, Rule.RENKO, Rule.TIME)},
}


@dataclass(frozen=True, slots=True)
class Sampling:
    """One entry of the configuration: a series, and whose."""

    name: str
    rule: Rule
    measure: Measure
    source: Source
    size: DecimalText
    span: int
    venue: str
    instrument: str
    sessions: TradingSessions | None
    filled: bool
    smaller: str = ""
    """Of what bars they are made, as the name says; empty: of ticks."""

    @classmethod
    def of(cls, table: Mapping[str, Any], calendars: Mapping[str, TradingSessions]) -> Sampling:
        """Raises StageConfigError."""
        fields = Fields(table, "series")
        name = fields.text("name")
        venue, instrument = fields.text("venue", "*"), fields.text("instrument", "*")
        fields.end()
        definition, of, smaller = name.partition(f":{OF}:")
        if of:
            return cls._of_bars(name, definition, smaller, venue, instrument)
        definition, at, source_text = name.partition("@")
        kind, _, rest = definition.partition(":")
        size_text, colon, span_text = rest.partition(":")
        by_time = kind == Rule.TIME.value
        calendar, filled = _terms(name, span_text, calendars) if by_time and colon else (None, False)
        rule, measure = _KINDS.get(kind, (None, None))
        if rule is None or measure is None:
            raise StageConfigError(f"series: {name}: there are no bars of kind {kind}: {', '.join(_KINDS)}")
        source = Source(source_text) if source_text in _SOURCES and bool(at) == bool(source_text) else None
        if source is None:
            raise StageConfigError(f"series: {name}: what follows @ is none of bid, ask, mid")
        if source is Source.TRADES and by_time and calendar is None and not filled:
            raise StageConfigError(f"series: {name}: time bars of trades stand in intervals_ns")
        if source is not Source.TRADES and measure is not Measure.TICK:
            raise StageConfigError(f"series: {name}: quotes trade nothing: there are no such bars of them")
        flow = rule in (Rule.IMBALANCE, Rule.RUN)
        size = _length(size_text) if rule is Rule.TIME else DecimalText.parse(size_text)
        counted = flow or (rule is Rule.SUM and measure is Measure.TICK)
        if size is None or (counted and _count(size_text) is None):
            what = "a whole number up to 1000000000" if counted else "a positive decimal such as 0.5"
            if rule is Rule.TIME:
                what = "a length such as 60s, up to a year"
            raise StageConfigError(f"series: {name}: the size is not {what}")
        if calendar is not None and size.digits > DAY_NS:
            raise StageConfigError(f"series: {name}: bars by sessions are no longer than a day")
        span = _count(span_text) if colon and not by_time else _SPAN
        if span is None or (colon and not flow and not by_time):
            raise StageConfigError(
                f"series: {name}: what follows the size is a number of bars, and only of imbalance and run bars"
            )
        return cls(name, rule, measure, source, size, span, venue, instrument, calendar, filled)

    @classmethod
    def _of_bars(cls, name: str, definition: str, smaller: str, venue: str, instrument: str) -> Sampling:
        """Whose sessions and source are not known yet. Raises StageConfigError."""
        kind, _, rest = definition.partition(":")
        size_text, colon, term = rest.partition(":")
        size = _length(size_text)
        if kind != Rule.TIME.value or size is None or (colon and term != FILLED):
            raise StageConfigError(
                f"series: {name}: before :{OF}: stands time:5m or time:5m:filled: "
                "all else is as the smaller bars have it"
            )
        known = (Rule.TIME, Measure.TICK, Source.TRADES)
        return cls(name, *known, size, _SPAN, venue, instrument, None, bool(colon), smaller)

    def made_of(self, by_ticks: Sequence[Sampling], intervals_ns: Sequence[int]) -> Sampling:
        """The same with the sessions and the source of its smaller bars. Raises StageConfigError."""
        fits = [one for one in by_ticks if one.name == self.smaller and one.rule is Rule.TIME and one.covers(self)]
        size_ns = fits[0].size.digits if fits else self.smaller_ns
        if not fits and size_ns not in intervals_ns:
            raise StageConfigError(
                f"series: {self.name}: there are no bars {self.smaller} of all its instruments: name a length of "
                "intervals_ns, or time bars of ticks that stand in series"
            )
        if self.size.digits == size_ns or self.size.digits % size_ns:
            raise StageConfigError(f"series: {self.name}: is no multiple of its smaller bars")
        if not fits:
            return self
        if fits[0].sessions is not None and self.size.digits > DAY_NS:
            raise StageConfigError(f"series: {self.name}: bars by sessions are no longer than a day")
        return replace(self, source=fits[0].source, sessions=fits[0].sessions)

    @property
    def text(self) -> str:
        """The whole entry, for states."""
        calendar = f" {self.sessions.text}" if self.sessions else ""
        return f"{self.venue} {self.instrument} {self.name}{calendar}"

    def is_of(self, venue: str, instrument: str) -> bool:
        return self.venue in ("*", venue) and self.instrument in ("*", instrument)

    @property
    def smaller_ns(self) -> int:
        """How long the smaller bars are, where a length names them; else 0."""
        length = _length(self.smaller)
        return length.digits if length else 0

    def covers(self, other: Sampling) -> bool:
        """Whether each instrument that has the other has this."""
        return self.is_of(other.venue, other.instrument)

    def units(self, scale: Scale, venue: str, instrument: str) -> int:
        """The size in the instrument's units: ticks, quantity, notional (128 bits), price or nanoseconds. Raises
        BadSize."""
        units: int | None
        if self.rule in (Rule.RANGE, Rule.RENKO):
            units = self.size.units(scale.price_exponent)
        elif self.rule is not Rule.SUM or self.measure is Measure.TICK:
            units = self.size.units(0)
        elif self.measure is Measure.VOLUME:
            units = self.size.units(scale.quantity_exponent)
        else:
            units = self.size.units(scale.notional_exponent, INT128_MAX)
        if units is None:
            raise BadSize(self.name, venue, instrument)
        return units


def series(tables: list[Any], calendars: Mapping[str, TradingSessions], intervals_ns: Sequence[int]) -> list[Sampling]:
    """The configuration's list, those of bars behind those of ticks; `calendars` by name. Raises StageConfigError."""
    found: list[Sampling] = []
    for table in tables:
        sampling = Sampling.of(table, calendars)
        if any(_overlap(sampling, other) for other in found):
            raise StageConfigError(f"series: {sampling.name}: stands there twice for one instrument")
        found.append(sampling)
    by_ticks = [sampling for sampling in found if not sampling.smaller]
    return by_ticks + [sampling.made_of(by_ticks, intervals_ns) for sampling in found if sampling.smaller]


def _overlap(one: Sampling, other: Sampling) -> bool:
    """Whether an instrument would get one series twice."""

    def meet(left: str, right: str) -> bool:
        return left == right or "*" in (left, right)

    return one.name == other.name and meet(one.venue, other.venue) and meet(one.instrument, other.instrument)


def _terms(name: str, text: str, calendars: Mapping[str, TradingSessions]) -> tuple[TradingSessions | None, bool]:
    """What follows the length of time bars: sessions, `filled`, or both. Raises StageConfigError."""
    first, colon, second = text.partition(":")
    if text == FILLED:
        return None, True
    if first not in calendars:
        raise StageConfigError(f"series: {name}: no sessions have the name {first}")
    if colon and second != FILLED:
        raise StageConfigError(f"series: {name}: what follows the sessions is not {FILLED}")
    return calendars[first], bool(colon)


def _length(text: str) -> DecimalText | None:
    """A length of time, counted in nanoseconds."""
    match = _LENGTH.fullmatch(text)
    length_ns = int(match[1]) * _UNITS_NS[match[2]] if match else LENGTH_NS_MAX + 1
    return DecimalText(text, length_ns, 0) if length_ns <= LENGTH_NS_MAX else None


def _count(text: str) -> int | None:
    decimal = DecimalText.parse(text)
    if decimal is None or decimal.places > 0 or decimal.digits > _COUNT_MAX:
        return None
    return decimal.digits
