"""Strategy rsi_reversion: buys when the relative strength index falls below `low` (30), sells when it rises above
`high` (70)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.contracts.codec import encode
from flows.contracts.records import FeatureVector, RsiReversionState, Side
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError
from flows.kernels.config import Fields
from flows.kernels.snapshot import open_state
from flows.kernels.strategy import Intent, Strategy, take_touch


class RsiReversion(Strategy):
    """Acts on the crossing, not on the level: one order per excursion."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        self.name = name
        self._rsi: float | None = None
        fields = Fields(parameters, f"strategies.{name}.parameters")
        low, high = fields.whole("low", 30), fields.whole("high", 70)
        fields.end()
        if not 0 < low < high < 100:
            raise StageConfigError(f"{fields.at('low')}, high: need 0 < low < high < 100")
        self._low, self._high = float(low), float(high)

    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        now = features.rsi
        if now is None:
            return []
        before, self._rsi = self._rsi, now
        if before is None:
            return []
        if before >= self._low > now:
            return take_touch(features, Side.BUY, self._low - now, "relative strength fell below its low")
        if before <= self._high < now:
            return take_touch(features, Side.SELL, now - self._high, "relative strength rose above its high")
        return []

    def snapshot(self, ids: SchemaIds) -> bytes:
        return encode(RsiReversionState(self._rsi), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        self._rsi = open_state(ids, state, RsiReversionState).rsi
