"""market.bars -> market.features, market.violations: one feature vector per bar, and what is wrong with it.

Statistics are doubles, made by IEEE 754's exact operations (+ - * / and square root) alone, in an order that the
twins share, so that they are equal to the bit. A feature is null until it is warm, and where it is not defined:
never NaN or infinite.

Features follow bars, not the clock: an interval without a trade made no bar, so a return may span several intervals.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from flows.contracts.codec import Record, encode
from flows.contracts.records import (
    Bar,
    EmaState,
    FeaturesState,
    FeatureVector,
    FeatureViolation,
    Level,
    Origin,
    RsiState,
    SeriesState,
    SignWindowState,
)
from flows.contracts.registry import SchemaIds
from flows.kernels import ema, own_features, rsi
from flows.kernels.bar_windows import BarWindows
from flows.kernels.book_measures import microprice
from flows.kernels.checked import not_negative, positive, possible_scale, same_scale
from flows.kernels.config import Fields
from flows.kernels.emit import Emit
from flows.kernels.feature_periods import Periods
from flows.kernels.feature_rules import Breach, Rules
from flows.kernels.freshness import Freshness
from flows.kernels.kernel import Position
from flows.kernels.own_features import OwnStreams
from flows.kernels.refusal import OutOfOrder
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state, same

if TYPE_CHECKING:
    from flows.kernels.own_declaration import OwnFeature


@dataclass(frozen=True, slots=True)
class Series:
    """One series of bars of one instrument, after its newest bar."""

    scale: Scale
    close_ns: int
    close: int
    ema_fast: EmaState
    ema_slow: EmaState
    rsi: RsiState
    returns: tuple[float, ...]
    """Simple returns, oldest first."""
    windows: BarWindows
    freshness: Freshness
    own: OwnStreams

    @classmethod
    def begin(cls, periods: Periods, own: OwnStreams, scale: Scale, bar: Bar) -> Series:
        close = scale.price(bar.close)
        windows, freshness = BarWindows(periods), Freshness()
        windows.begin(bar)
        freshness.add(bar, None)
        own.add(scale, bar)
        return cls(
            scale=scale,
            close_ns=bar.close_ns,
            close=bar.close,
            ema_fast=ema.add(ema.EMPTY, periods.ema_fast, close),
            ema_slow=ema.add(ema.EMPTY, periods.ema_slow, close),
            rsi=rsi.EMPTY,
            returns=(),
            windows=windows,
            freshness=freshness,
            own=own,
        )

    def after(self, periods: Periods, scale: Scale, bar: Bar) -> Series:
        """The series with the next bar."""
        same_scale(self.scale, scale, bar.venue, bar.instrument)
        # Bars that time does not end may end at one moment.
        if bar.close_ns < self.close_ns or (bar.close_ns == self.close_ns and not bar.series):
            raise OutOfOrder("close_ns", bar.close_ns, self.close_ns)
        before, close = scale.price(self.close), scale.price(bar.close)
        returns = (*self.returns, close / before - 1.0)
        self.freshness.add(bar, self.close_ns)
        self.windows.add(scale, bar, close - before, returns[-1])
        self.own.add(scale, bar)
        return replace(
            self,
            close_ns=bar.close_ns,
            close=bar.close,
            ema_fast=ema.add(self.ema_fast, periods.ema_fast, close),
            ema_slow=ema.add(self.ema_slow, periods.ema_slow, close),
            rsi=rsi.add(self.rsi, periods.rsi, close - before),
            returns=returns[-periods.volatility :],
        )

    def vector(self, periods: Periods, bar: Bar, configuration: str, origin: Origin) -> FeatureVector:
        volume, windows = float(bar.volume), self.windows
        return FeatureVector(
            origin=origin,
            venue=bar.venue,
            instrument=bar.instrument,
            price_exponent=bar.price_exponent,
            quantity_exponent=bar.quantity_exponent,
            interval_ns=bar.interval_ns,
            close_ns=bar.close_ns,
            receive_ns=bar.receive_ns,
            close=bar.close,
            bid_price=bar.bid_price,
            ask_price=bar.ask_price,
            simple_return=self.returns[-1] if self.returns else None,
            realised_volatility=self._realised_volatility(periods.volatility),
            spread_bps=_spread_bps(bar),
            order_flow_imbalance=float(bar.order_flow_imbalance) / volume if volume else None,
            trade_imbalance=(float(bar.buy_volume) - float(bar.sell_volume)) / volume if volume else None,
            ema_fast=ema.average(self.ema_fast, periods.ema_fast),
            ema_slow=ema.average(self.ema_slow, periods.ema_slow),
            rsi=rsi.index(self.rsi, periods.rsi),
            series=bar.series,
            open=bar.open,
            high=bar.high,
            low=bar.low,
            return_short=windows.return_over(self.scale, periods.return_short),
            return_medium=windows.return_over(self.scale, periods.return_medium),
            return_long=windows.return_over(self.scale, periods.return_long),
            microprice=_microprice(bar, self.scale),
            kyle_lambda=windows.impact.kyle_lambda(),
            vpin=windows.toxicity.vpin(),
            seasonal_volume=windows.seasonal.volume,
            seasonal_volatility=windows.seasonal.volatility,
            sign_autocorrelation=windows.signs.autocorrelation(),
            bid_depth_slope=bar.bid_depth_slope,
            ask_depth_slope=bar.ask_depth_slope,
            depth_levels=bar.depth_levels,
            configuration=configuration,
            own=self.own.values,
        )

    def _realised_volatility(self, window: int) -> float | None:
        """Summed anew each time, oldest first: a running sum would depend on what has left the window. Not by
        `sum`, which compensates its rounding from Python 3.12 on."""
        if len(self.returns) < window:
            return None
        total = 0.0
        for simple_return in self.returns:
            total += simple_return * simple_return
        return math.sqrt(total)


def _spread_bps(bar: Bar) -> float | None:
    """(ask - bid) / mid in basis points. Negative where quotes are crossed: real, and left as it is."""
    if bar.bid_price is None or bar.ask_price is None:
        return None
    bid, ask = float(bar.bid_price), float(bar.ask_price)
    mid = (ask + bid) / 2.0
    return (ask - bid) / mid * 10_000.0 if mid > 0.0 else None


def _microprice(bar: Bar, scale: Scale) -> float | None:
    """Null where a side is empty or its quantity is not told."""
    values = (bar.bid_price, bar.bid_quantity, bar.ask_price, bar.ask_quantity)
    bid_price, bid_quantity, ask_price, ask_quantity = (0 if value is None else value for value in values)
    if min(bid_price, bid_quantity, ask_price, ask_quantity) <= 0:
        return None
    return scale.price_of(microprice(Level(bid_price, bid_quantity), Level(ask_price, ask_quantity)))


def configured(config: Mapping[str, Any]) -> tuple[Periods, Rules, tuple[OwnFeature, ...]]:
    """Raises StageConfigError."""
    given = Fields(config)
    periods, rules, own = Periods.taken(given), Rules.taken(given), own_features.taken(given)
    given.end()
    return periods, rules, own


class Features:
    """The kernel; configuration: as in `Periods`, `Rules` and `OwnFeature`."""

    reads = frozenset({Bar.SUBJECT})

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        self._periods, self._rules, self._own = configured(config)
        self._own_texts = [one.text for one in self._own]
        settings = {**asdict(self._periods), "stale_ns": self._rules.stale_ns, "limits": self._rules.limits}
        if self._own:
            settings["own"] = [one.said for one in self._own]
        self._text = json.dumps(settings, separators=(",", ":"))
        """The whole configuration, as vectors bear it: both twins write it in this order."""
        self._series: dict[tuple[str, str, int, str], Series] = {}

    def on_record(self, cause: Position, record: Record, emit: Emit) -> None:
        bar: Bar = record
        positive("close", bar.close)
        not_negative("volume", bar.volume)
        scale = Scale(bar.price_exponent, bar.quantity_exponent)
        possible_scale(scale)
        key = (bar.venue, bar.instrument, bar.interval_ns, bar.series)
        known = self._series.get(key)
        periods = self._periods
        series = known.after(periods, scale, bar) if known else self._begun(scale, bar)
        self._series[key] = series
        vector = series.vector(periods, bar, self._text, emit.next_origin)
        emit.send(lambda _: vector)
        rules, own = self._rules, own_features.breaches(self._own, vector)
        for breach in chain(rules.breaches(vector), own, rules.stale(series.freshness.ages_ns)):
            emit.send(partial(_violation, vector, breach))

    def _begun(self, scale: Scale, bar: Bar) -> Series:
        return Series.begin(self._periods, OwnStreams(self._own), scale, bar)

    def snapshot(self, ids: SchemaIds) -> bytes:
        series = [
            SeriesState(
                venue=venue,
                instrument=instrument,
                interval_ns=interval_ns,
                price_exponent=one.scale.price_exponent,
                quantity_exponent=one.scale.quantity_exponent,
                close_ns=one.close_ns,
                close=one.close,
                ema_fast=one.ema_fast,
                ema_slow=one.ema_slow,
                rsi=one.rsi,
                returns=list(one.returns),
            )
            for (venue, instrument, interval_ns, _), one in sorted(self._series.items(), key=lambda item: item[0])
        ]
        named = [name for *_, name in sorted(self._series)]
        names = named if any(named) else []
        all_series = [self._series[key] for key in sorted(self._series)]
        windows = [one.windows.state() for one in all_series]
        signs = [one.windows.signs.state() for one in all_series]
        state = FeaturesState(
            **asdict(self._periods),
            series=series,
            names=names,
            windows=windows,
            stale_ns=self._rules.stale_ns,
            limits=self._rules.texts,
            signs=signs,
            quoted_ns=[one.freshness.quoted_ns for one in all_series],
            own=self._own_texts,
            own_indicators=[state for one in all_series for state in one.own.states()],
        )
        return encode(state, ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, FeaturesState)
        self._periods.check(saved)
        self._rules.check(saved)
        same("own", saved.own, self._own_texts)
        count = len(saved.series)
        names = saved.names or [""] * count
        windows = [BarWindows(self._periods) for _ in saved.series]
        # A state from before there were windows, signs or rules has none of them: they begin anew.
        signs: list[SignWindowState | None] = [*saved.signs] or [None] * count
        for begun, known, sign in zip(windows, saved.windows, signs, strict=bool(saved.windows)):
            begun.restore(known, sign)
        quoted_ns = saved.quoted_ns or [0] * count
        own = [OwnStreams(self._own) for _ in saved.series]
        states = iter(saved.own_indicators)
        for streams in own:
            streams.restore(states)
        self._series = {
            (one.venue, one.instrument, one.interval_ns, name): Series(
                scale=Scale(one.price_exponent, one.quantity_exponent),
                close_ns=one.close_ns,
                close=one.close,
                ema_fast=one.ema_fast,
                ema_slow=one.ema_slow,
                rsi=one.rsi,
                returns=tuple(one.returns),
                windows=begun,
                freshness=Freshness(quoted),
                own=streams,
            )
            for one, name, begun, quoted, streams in zip(saved.series, names, windows, quoted_ns, own, strict=True)
        }


def _violation(vector: FeatureVector, breach: Breach, origin: Origin) -> FeatureViolation:
    return FeatureViolation(
        origin=origin,
        venue=vector.venue,
        instrument=vector.instrument,
        interval_ns=vector.interval_ns,
        series=vector.series,
        close_ns=vector.close_ns,
        receive_ns=vector.receive_ns,
        feature=breach.feature,
        rule=breach.rule,
        value=breach.value,
        limit=breach.limit,
    )
