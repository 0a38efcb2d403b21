"""market.bars -> market.features: one feature vector per bar.

Statistics are doubles, made by IEEE 754's exact operations (+ - * / and square root) alone, in an order that the
twins share, so that they are equal to the bit. A feature is null until it is warm, and where it is not defined:
never NaN or infinite.

Features follow bars, not the clock: an interval without a trade made no bar, so a return may span several intervals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flows.contracts.codec import Record, encode
from flows.contracts.records import (
    Bar,
    EmaState,
    FeaturesState,
    FeatureVector,
    Origin,
    RsiState,
    SeriesState,
)
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError
from flows.kernels import ema, rsi
from flows.kernels.checked import not_negative, positive, possible_scale, same_scale
from flows.kernels.config import Fields
from flows.kernels.emit import Emit
from flows.kernels.kernel import Position
from flows.kernels.refusal import OutOfOrder
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state, same

# Longer windows would make states that are slow to save.
_PERIOD_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Periods:
    """Lengths in bars."""

    ema_fast: int
    ema_slow: int
    rsi: int
    volatility: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Periods:
        """Raises StageConfigError."""
        defaults = {"ema_fast": 12, "ema_slow": 26, "rsi": 14, "volatility": 20}
        fields = Fields(config)
        lengths = {name: fields.whole(name, default) for name, default in defaults.items()}
        fields.end()
        for name, bars in lengths.items():
            if not 1 <= bars <= _PERIOD_MAX:
                raise StageConfigError(f"{name}: is not between 1 and 10000")
        if lengths["ema_fast"] >= lengths["ema_slow"]:
            raise StageConfigError("ema_fast: is not shorter than ema_slow")
        return cls(**lengths)


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

    @classmethod
    def begin(cls, periods: Periods, scale: Scale, bar: Bar) -> Series:
        close = scale.price(bar.close)
        return cls(
            scale=scale,
            close_ns=bar.close_ns,
            close=bar.close,
            ema_fast=ema.add(ema.EMPTY, periods.ema_fast, close),
            ema_slow=ema.add(ema.EMPTY, periods.ema_slow, close),
            rsi=rsi.EMPTY,
            returns=(),
        )

    def after(self, periods: Periods, scale: Scale, bar: Bar) -> Series:
        """The series with the next bar."""
        same_scale(self.scale, scale, bar.venue, bar.instrument)
        # Bars that time does not end may end at one moment.
        if bar.close_ns < self.close_ns or (bar.close_ns == self.close_ns and not bar.series):
            raise OutOfOrder("close_ns", bar.close_ns, self.close_ns)
        before, close = scale.price(self.close), scale.price(bar.close)
        returns = (*self.returns, close / before - 1.0)
        return replace(
            self,
            close_ns=bar.close_ns,
            close=bar.close,
            ema_fast=ema.add(self.ema_fast, periods.ema_fast, close),
            ema_slow=ema.add(self.ema_slow, periods.ema_slow, close),
            rsi=rsi.add(self.rsi, periods.rsi, close - before),
            returns=returns[-periods.volatility :],
        )

    def vector(self, periods: Periods, bar: Bar, origin: Origin) -> FeatureVector:
        volume = float(bar.volume)
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


class Features:
    """The kernel; configuration: ema_fast, ema_slow, rsi, volatility."""

    reads = frozenset({Bar.SUBJECT})

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        self._periods = Periods.of(config)
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
        series = known.after(periods, scale, bar) if known else Series.begin(periods, scale, bar)
        self._series[key] = series
        emit.send(lambda origin: series.vector(periods, bar, origin))

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
        periods = self._periods
        state = FeaturesState(periods.ema_fast, periods.ema_slow, periods.rsi, periods.volatility, series, names)
        return encode(state, ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, FeaturesState)
        for name in Periods.__slots__:
            same(name, getattr(saved, name), getattr(self._periods, name))
        self._series = {
            (one.venue, one.instrument, one.interval_ns, name): Series(
                scale=Scale(one.price_exponent, one.quantity_exponent),
                close_ns=one.close_ns,
                close=one.close,
                ema_fast=one.ema_fast,
                ema_slow=one.ema_slow,
                rsi=one.rsi,
                returns=tuple(one.returns),
            )
            for one, name in zip(saved.series, saved.names or [""] * len(saved.series), strict=True)
        }
