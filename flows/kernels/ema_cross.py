"""Strategy ema_cross: buys when the fast average of the close rises above the slow one, sells when it falls below."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flows.contracts.codec import encode
from flows.contracts.records import EmaCrossState, FeatureVector, Side
from flows.contracts.registry import SchemaIds
from flows.kernels.config import Fields
from flows.kernels.snapshot import open_state
from flows.kernels.strategy import Intent, Strategy, take_touch


class EmaCross(Strategy):
    """Averages that are equal leave the last relation standing, so that touching is not crossing."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        self.name = name
        self._above: bool | None = None
        Fields(parameters, f"strategies.{name}.parameters").end()

    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        fast, slow = features.ema_fast, features.ema_slow
        if fast is None or slow is None or fast == slow:
            return []
        before, self._above = self._above, fast > slow
        if before is None or before == self._above:
            return []
        # As floats divide everywhere but in Python: no average of prices is 0, but a log may hold anything.
        strength = (fast - slow) / slow * 10_000.0 if slow else math.inf
        if self._above:
            return take_touch(features, Side.BUY, strength, "fast average rose above the slow one")
        return take_touch(features, Side.SELL, strength, "fast average fell below the slow one")

    def snapshot(self, ids: SchemaIds) -> bytes:
        return encode(EmaCrossState(self._above), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        self._above = open_state(ids, state, EmaCrossState).above
