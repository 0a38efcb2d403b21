"""A strategy as a user writes one: sells every n-th bar at the market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.contracts.records import FeatureVector, OrderType, Side, TimeInForce
from flows.contracts.registry import SchemaIds
from flows.kernels.strategy import Intent


class EveryNth:
    """Its state is the number of bars so far, in text."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        self.name = name
        self._nth = int(parameters["nth"])
        self._seen = 0

    def on_features(self, features: FeatureVector) -> list[Intent]:
        self._seen += 1
        if self._seen % self._nth:
            return []
        return [Intent(Side.SELL, OrderType.MARKET, TimeInForce.IOC, None, 1.0, "its turn", quantity=7)]

    def snapshot(self, ids: SchemaIds) -> bytes:
        return str(self._seen).encode()

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        self._seen = int(state)
