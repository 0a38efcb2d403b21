"""Strategy market_making: quotes both sides of the market around a reservation price, which leans against what it
holds.

M. Avellaneda and S. Stoikov, High-frequency trading in a limit order book, Quantitative Finance 8 (2008):

    reservation price  r = s - q gamma sigma^2 (T - t)
    half the spread    d = gamma sigma^2 (T - t) / 2 + ln(1 + gamma / k) / gamma

Here s is the middle of the touch at the bar's close, q what the strategy holds in units of its quantity, sigma^2 the
variance of a bar's returns over the last `volatility` bars, and T - t the bars left of the day's session; without one
the end is always `horizon` bars away. Prices are in basis points of the middle, so gamma is per basis point and
quantity, and k, by which the chance to be filled decays with the distance, per basis point.

It says the terms, and risk, which knows q, the two prices (`quote_terms`). Floats end here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flows.contracts.records import FeatureVector, OrderType, Side, TimeInForce
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError
from flows.kernels.checked import INT64_MAX, INT64_MIN
from flows.kernels.config import Fields
from flows.kernels.day_session import FIELDS, DaySession
from flows.kernels.decimal_units import DecimalText
from flows.kernels.snapshot import same
from flows.kernels.strategy import Intent, Quote, Strategy

_THOUSANDTHS_MAX = 1_000_000
_BARS_MAX = 10_000
_BASIS_POINTS = 10_000.0


class MarketMaking(Strategy):
    """New terms at each time bar that has a touch and a volatility; its quotes end by themselves `live` bars later, and
    with the session. It has no state."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        self.name = name
        fields = Fields(parameters, f"strategies.{name}.parameters")
        has_session = not parameters.keys().isdisjoint(FIELDS)
        self._days = DaySession.within_a_day(fields) if has_session else None
        gamma, k = fields.whole("gamma_thousandths", 10), fields.whole("k_thousandths", 500)
        bars = {
            name: fields.whole(name, default) for name, default in (("horizon", 60), ("live", 3), ("volatility", 20))
        }
        step = DecimalText.parse(fields.text("price_step"))
        fields.end()
        if not 1 <= min(gamma, k) <= max(gamma, k) <= _THOUSANDTHS_MAX:
            raise StageConfigError(
                f"{fields.at('gamma_thousandths')}, k_thousandths: need thousandths from 1 to {_THOUSANDTHS_MAX}"
            )
        if not 1 <= min(bars.values()) <= max(bars.values()) <= _BARS_MAX:
            raise StageConfigError(f"{fields.at('horizon')}, live, volatility: need bars from 1 to {_BARS_MAX}")
        if has_session and "horizon" in parameters:
            raise StageConfigError(f"{fields.at('horizon')}: is for a strategy without a session")
        if step is None:
            raise StageConfigError(f"{fields.at('price_step')}: is not a positive decimal such as 0.01")
        self._gamma = float(gamma) / 1_000.0
        self._edge = _log1p(float(gamma) / float(k)) / self._gamma
        self._horizon, self._live, self._volatility = bars["horizon"], bars["live"], float(bars["volatility"])
        self._step = step

    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        bid, ask, volatility = features.bid_price, features.ask_price, features.realised_volatility
        if bid is None or ask is None or volatility is None or not 0 < bid < ask:
            return []
        left = self._left(features)
        if left is None:
            return []
        bars, life_ns = left
        moved = volatility * _BASIS_POINTS
        risk = self._gamma * (moved * moved / self._volatility) * bars
        half = risk / 2.0 + self._edge
        middle = (float(bid) + float(ask)) / 2.0
        half_spread, skew = _counts(half, middle), _counts(risk, middle)
        expires_ns = features.receive_ns + life_ns
        if half_spread is None or skew is None or expires_ns > INT64_MAX:
            return []
        quote = Quote(half_spread, skew, self._step.units(features.price_exponent), bid, ask)
        return [
            Intent(
                side=Side.BUY,
                order_type=OrderType.LIMIT,
                time_in_force=TimeInForce.GTC,
                price=None,
                strength=half,
                reason="quotes around its reservation price",
                post_only=True,
                expires_ns=expires_ns,
                quote=quote,
            )
        ]

    def _left(self, features: FeatureVector) -> tuple[float, int] | None:
        """Bars to the end that it quotes for, and how long its quotes live, ns; None outside its session, and for bars
        that are not of time."""
        if features.interval_ns <= 0:
            return None
        life_ns = self._live * features.interval_ns
        if self._days is None:
            return float(self._horizon), life_ns
        start_ns = max(INT64_MIN, features.close_ns - features.interval_ns)
        session = self._days.of(start_ns)
        if start_ns < session.open_ns or features.close_ns >= session.close_ns:
            return None
        left_ns = session.close_ns - features.close_ns
        return float(left_ns) / float(features.interval_ns), min(life_ns, left_ns)

    def snapshot(self, ids: SchemaIds) -> bytes:
        return b""

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        same("bytes of market_making's state", len(state), 0)


def _counts(basis_points: float, middle: float) -> int | None:
    """Price counts, the fraction cut off; None beyond 64 bits."""
    counts = basis_points * middle / _BASIS_POINTS
    return int(counts) if counts < 2.0**63 else None


def _log1p(x: float) -> float:
    """ln(1 + x) of a positive x, by IEEE 754's exact operations alone, so that it is the same on every machine: twice
    the area hyperbolic tangent of x / (2 + x), whose series is short once the argument is small."""
    if x <= 1.0:
        z, scale = x / (2.0 + x), 2.0
    else:
        root, scale = 1.0 + x, 2.0
        while root > 2.0:
            root, scale = math.sqrt(root), scale * 2.0
        z = (root - 1.0) / (root + 1.0)
    square, total = z * z, 0.0
    # The next term would be below 3^-41, as z is at most a third.
    for odd in range(39, 0, -2):
        total = total * square + 1.0 / float(odd)
    return scale * z * total
