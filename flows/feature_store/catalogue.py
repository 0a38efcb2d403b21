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
from flows.kernels.feature_rules import RANGES, Range
from flows.kernels.features import configured

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
    "depth_levels",
    "configuration",
    "own",
)
"""Fields of the record that are no features; `own` has those that a user declared (`flows/feature_store/own.py`)."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One statistic of a FeatureVector."""

    name: str
    inputs: tuple[str, ...]
    """Fields of Bar."""
    unit: str
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
    def low(self) -> float | None:
        """Belongs to the range; None: it has no such end."""
        return _range(self.name).low

    @property
    def high(self) -> float | None:
        """As `low`."""
        return _range(self.name).high

    @property
    def range(self) -> str:
        """As people write it: `[0, 100]`, `[0, ...]`, or nothing."""
        return range_text(Range(self.low, self.high))

    def window_text(self, config: Config) -> str:
        """As people write it: `20 bars (volatility)`. Raises StageConfigError."""
        length = self.window(config)
        text = f"{length} {self.counts}" + ("s" if length > 1 else "")
        return f"{text} ({self.setting})" if self.setting else text

    def window(self, config: Config) -> int:
        """Over how many bars, or days, by this configuration. Raises StageConfigError."""
        if not self.setting:
            return self.length
        length: int = getattr(configured(config.stages["features"])[0], self.setting)
        return length


_CLOSE = ("close",)
_QUOTE = ("bid_price", "ask_price")
_PAIRS = ("buy_after_buy", "sell_after_buy", "buy_after_sell", "sell_after_sell")
_SIDES = ("buy_volume", "sell_volume")
_PRICE = "quote currency"

FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        one.name: one
        for one in (
            Feature("close", _CLOSE, _PRICE),
            Feature("bid_price", ("bid_price",), _PRICE),
            Feature("ask_price", ("ask_price",), _PRICE),
            Feature("simple_return", _CLOSE, "1", length=2),
            Feature("realised_volatility", _CLOSE, "1", setting="volatility"),
            Feature("spread_bps", _QUOTE, "basis points"),
            Feature("order_flow_imbalance", ("order_flow_imbalance", "volume"), "1"),
            Feature("trade_imbalance", (*_SIDES, "volume"), "1"),
            Feature("ema_fast", _CLOSE, _PRICE, setting="ema_fast"),
            Feature("ema_slow", _CLOSE, _PRICE, setting="ema_slow"),
            Feature("rsi", _CLOSE, "percent", setting="rsi"),
            Feature("open", ("open",), _PRICE),
            Feature("high", ("high",), _PRICE),
            Feature("low", ("low",), _PRICE),
            Feature("return_short", _CLOSE, "1", setting="return_short"),
            Feature("return_medium", _CLOSE, "1", setting="return_medium"),
            Feature("return_long", _CLOSE, "1", setting="return_long"),
            Feature("microprice", (*_QUOTE, "bid_quantity", "ask_quantity"), _PRICE),
            Feature("kyle_lambda", (*_CLOSE, *_SIDES), "quote currency / base", setting="kyle_lambda"),
            Feature("vpin", _SIDES, "1", setting="vpin"),
            Feature("seasonal_volume", ("open_ns", "volume"), "1", setting="season_days", counts="day"),
            Feature("seasonal_volatility", ("open_ns", "close"), "1", setting="season_days", counts="day"),
            Feature("sign_autocorrelation", _PAIRS, "1", setting="sign_autocorrelation"),
            Feature("bid_depth_slope", ("bid_depth_slope",), "base / quote currency"),
            Feature("ask_depth_slope", ("ask_depth_slope",), "base / quote currency"),
        )
    }
)
"""By name, in the order of the record."""


def range_text(ends: Range) -> str:
    """As people write it."""
    if ends == Range():
        return ""
    low, high = ("..." if end is None else f"{end:g}" for end in ends)
    return f"[{low}, {high}]"


def _range(name: str) -> Range:
    """Of statistics as the kernel's rules have it; a price is never negative."""
    return RANGES.get(name, Range(0.0))


@cache
def _descriptions() -> Mapping[str, str]:
    """Of every field of the record. From the schema's file: what stands in the registry has lost them."""
    domain, name = FeatureVector.SUBJECT.split(".")[1:]
    file = FOLDER / domain / f"{''.join('_' + c.lower() if c.isupper() else c for c in name).lstrip('_')}.avsc"
    return {field["name"]: field["doc"] for field in json.loads(file.read_text())["fields"]}
