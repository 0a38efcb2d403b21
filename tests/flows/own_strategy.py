"""A strategy as a user writes one: sells every n-th bar at the market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.contracts.records import FeatureVector, OrderType, Side, TimeInForce
from flows.contracts.registry import SchemaIds
from flows.kernels.strategy import Intent, Strategy


class EveryNth(Strategy):
    """Its state is the number of bars so far, in text."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        self.name = name
        self.warm_up = int(parameters.get("warm_up", 0))
        self._nth = int(parameters["nth"])
        self._not_below = int(parameters.get("not_below", 0))
        self._only_below = int(parameters.get("only_below", 1 << 62))
        self._seen = 0

    def should_execute(self, features: FeatureVector) -> bool:
        return features.close < self._only_below

    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        self._seen += 1
        if self._seen % self._nth:
            return []
        return [Intent(Side.SELL, OrderType.MARKET, TimeInForce.IOC, None, 1.0, "its turn", quantity=7)]

    def risk_check(self, intent: Intent, features: FeatureVector) -> str | None:
        return "the price is too low to sell" if features.close < self._not_below else None

    def snapshot(self, ids: SchemaIds) -> bytes:
        return str(self._seen).encode()

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        self._seen = int(state)
