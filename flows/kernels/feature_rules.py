"""What features must be: within their range, finite, and not stale. Each breach is a record (FeatureViolation).

Ranges are of the statistics themselves, and stand here alone; a desk narrows or moves them by `limits`. The vector is
left as it is: what a breach means is for whoever reads it to say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flows.contracts.records import FeatureRule, FeaturesState, FeatureVector
from flows.errors import StageConfigError
from flows.kernels.config import Fields
from flows.kernels.snapshot import same

DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_STALE_NS = 60_000_000_000


class Range(NamedTuple):
    """Both ends belong to it; None: it has no such end."""

    low: float | None = None
    high: float | None = None


RANGES: Mapping[str, Range] = {
    "simple_return": Range(-1.0),
    "realised_volatility": Range(0.0),
    # Crossed quotes are real, and worth a record.
    "spread_bps": Range(0.0),
    # Quoted quantities may come and go without a trade: it has no end at all.
    "order_flow_imbalance": Range(),
    "trade_imbalance": Range(-1.0, 1.0),
    "ema_fast": Range(0.0),
    "ema_slow": Range(0.0),
    "rsi": Range(0.0, 100.0),
    "return_short": Range(-1.0),
    "return_medium": Range(-1.0),
    "return_long": Range(-1.0),
    "microprice": Range(0.0),
    # Prices may go against the flow.
    "kyle_lambda": Range(),
    "vpin": Range(0.0, 1.0),
    "seasonal_volume": Range(0.0),
    "seasonal_volatility": Range(0.0),
    "sign_autocorrelation": Range(-1.0, 1.0),
    "bid_depth_slope": Range(0.0),
    "ask_depth_slope": Range(0.0),
}
"""Every statistic, in the order of the record."""


class Breach(NamedTuple):
    """A rule that a vector breaks; fields as in FeatureViolation."""

    feature: str
    rule: FeatureRule
    value: float | None
    limit: float | None


class Rules:
    """As configured."""

    def __init__(self, stale_ns: int, ranges: Mapping[str, Range], limits: list[dict[str, str]]) -> None:
        self._stale_ns = stale_ns
        self._ranges = ranges
        self.limits = limits
        """As configured: feature, low and high of each."""

    @classmethod
    def taken(cls, given: Fields) -> Rules:
        """Raises StageConfigError."""
        stale_ns = given.whole("stale_ns", _STALE_NS)
        if stale_ns <= 0:
            raise StageConfigError("stale_ns: is not positive")
        ranges, limits = dict(RANGES), []
        for table in given.tables("limits", []):
            fields = Fields(table, "limits")
            name, low, high = fields.text("feature"), fields.text("low", ""), fields.text("high", "")
            fields.end()
            if name not in ranges:
                raise StageConfigError(f"limits: {name}: is no statistic of a feature vector")
            ranges[name] = Range(*(end_of_range(f"limits: {name}", text) for text in (low, high)))
            limits.append({"feature": name, "low": low, "high": high})
        return cls(stale_ns, ranges, limits)

    def breaches(self, vector: FeatureVector) -> Iterator[Breach]:
        """Of the statistics, in the order of the record."""
        for name, ends in self._ranges.items():
            value = getattr(vector, name)
            breach = None if value is None else broken(name, ends, value)
            if breach is not None:
                yield breach

    def stale(self, ages_ns: list[tuple[str, int]]) -> Iterator[Breach]:
        """What is older than it may be."""
        for name, age_ns in ages_ns:
            if age_ns > self._stale_ns:
                yield Breach(name, FeatureRule.STALE, float(age_ns), float(self._stale_ns))

    @property
    def stale_ns(self) -> int:
        return self._stale_ns

    @property
    def texts(self) -> list[str]:
        """The limits, for states."""
        return [" ".join(limit.values()) for limit in self.limits]

    def check(self, state: FeaturesState) -> None:
        """Raises StageRestoreError for a state that was made with others; one from before there were rules has none."""
        if state.stale_ns != 0:
            same("stale_ns", state.stale_ns, self._stale_ns)
            same("limits", state.limits, self.texts)


def broken(name: str, ends: Range, value: float) -> Breach | None:
    """The rule that a value breaks."""
    low, high = ends
    if not math.isfinite(value):
        return Breach(name, FeatureRule.NOT_FINITE, None, None)
    if low is not None and value < low:
        return Breach(name, FeatureRule.BELOW, value, low)
    if high is not None and value > high:
        return Breach(name, FeatureRule.ABOVE, value, high)
    return None


def end_of_range(where: str, text: str) -> float | None:
    """As configured; empty: there is none. Raises StageConfigError."""
    if not text:
        return None
    if not DECIMAL.fullmatch(text):
        raise StageConfigError(f"{where}: {text} is not a decimal such as -0.5")
    return float(text)
