"""Every feature, declared once: what it is made of, over which window, in which unit and range.

What it is stands in `schemas/market/feature_vector.avsc`, and nowhere else. A feature is a field of FeatureVector; the
record's other fields say whose vector it is, and when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from flows.config import Config
from flows.contracts.records import FeatureVector
from flows.contracts.registry import FOLDER
from flows.kernels.feature_periods import Periods

IDENTITY = (
    "origin",
    "venue",
    "instrument",
    "price_exponent",
    "quantity_exponent",
    "interval_ns",
    "close_ns",
    "receive_ns",
    "series",
)
"""Fields of the record that are no features."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One statistic of a FeatureVector."""

    name: str
    inputs: tuple[str, ...]
    """Fields of Bar."""
    unit: str
    low: float | None = None
    high: float | None = None
    """Both ends belong to the range; None: it has no such end."""
    setting: str = ""
    """The key of `[features]` that says over how much; empty where that is fixed."""
    length: int = 1
    """How much, where it is fixed."""
    counts: str = "bar"
    """What is counted there: bars, or days."""

    @property
    def description(self) -> str:
        """As the schema has it."""
        return _descriptions()[self.name]

    @property
    def range(self) -> str:
        """As people write it: `[0, 100]`, `[0, ...]`, or nothing."""
        if self.low is None and self.high is None:
            return ""
        low, high = ("..." if end is None else f"{end:g}" for end in (self.low, self.high))
        return f"[{low}, {high}]"

    def window_text(self, config: Config) -> str:
        """As people write it: `20 bars (volatility)`. Raises StageConfigError."""
        length = self.window(config)
        text = f"{length} {self.counts}" + ("s" if length > 1 else "")
        return f"{text} ({self.setting})" if self.setting else text

    def window(self, config: Config) -> int:
        """Over how many bars, or days, by this configuration. Raises StageConfigError."""
        if not self.setting:
            return self.length
        length: int = getattr(Periods.of(config.stages["features"]), self.setting)
        return length


_CLOSE = ("close",)
_QUOTE = ("bid_price", "ask_price")
_SIDES = ("buy_volume", "sell_volume")
_PRICE = "quote currency"

FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        one.name: one
        for one in (
            Feature("close", _CLOSE, _PRICE, low=0.0),
            Feature("bid_price", ("bid_price",), _PRICE),
            Feature("ask_price", ("ask_price",), _PRICE),
            Feature("simple_return", _CLOSE, "1", low=-1.0, length=2),
            Feature("realised_volatility", _CLOSE, "1", low=0.0, setting="volatility"),
            # Crossed quotes are real, so that it has no lower end.
            Feature("spread_bps", _QUOTE, "basis points"),
            # Quoted quantities may come and go without a trade: it has no end at all.
            Feature("order_flow_imbalance", ("order_flow_imbalance", "volume"), "1"),
            Feature("trade_imbalance", (*_SIDES, "volume"), "1", low=-1.0, high=1.0),
            Feature("ema_fast", _CLOSE, _PRICE, low=0.0, setting="ema_fast"),
            Feature("ema_slow", _CLOSE, _PRICE, low=0.0, setting="ema_slow"),
            Feature("rsi", _CLOSE, "percent", low=0.0, high=100.0, setting="rsi"),
            Feature("open", ("open",), _PRICE, low=0.0),
            Feature("high", ("high",), _PRICE, low=0.0),
            Feature("low", ("low",), _PRICE, low=0.0),
            Feature("return_short", _CLOSE, "1", low=-1.0, setting="return_short"),
            Feature("return_medium", _CLOSE, "1", low=-1.0, setting="return_medium"),
            Feature("return_long", _CLOSE, "1", low=-1.0, setting="return_long"),
            Feature("microprice", (*_QUOTE, "bid_quantity", "ask_quantity"), _PRICE, low=0.0),
            # Prices may go against the flow.
            Feature("kyle_lambda", (*_CLOSE, *_SIDES), "quote currency / base", setting="kyle_lambda"),
            Feature("vpin", _SIDES, "1", low=0.0, high=1.0, setting="vpin"),
            Feature("seasonal_volume", ("open_ns", "volume"), "1", low=0.0, setting="season_days", counts="day"),
            Feature("seasonal_volatility", ("open_ns", "close"), "1", low=0.0, setting="season_days", counts="day"),
        )
    }
)
"""By name, in the order of the record."""


@cache
def _descriptions() -> Mapping[str, str]:
    """Of every field of the record. From the schema's file: what stands in the registry has lost them."""
    domain, name = FeatureVector.SUBJECT.split(".")[1:]
    file = FOLDER / domain / f"{''.join('_' + c.lower() if c.isupper() else c for c in name).lstrip('_')}.avsc"
    return {field["name"]: field["doc"] for field in json.loads(file.read_text())["fields"]}
