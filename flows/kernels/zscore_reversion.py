"""Strategy zscore_reversion: buys when the close falls more than `edge_hundredths` / 100 standard deviations below the
mean of the last `window` closes, sells when it rises as far above it.

The score is that of Bollinger's bands: (close - mean) / standard deviation, both of the last `window` closes with this
one among them, the deviation of the population (J. Bollinger, Bollinger on Bollinger Bands, 2001).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flows.contracts.codec import encode
from flows.contracts.records import FeatureVector, Side, ZscoreReversionState
from flows.contracts.registry import SchemaIds
from flows.kernels.config import Fields
from flows.kernels.excursion import Band, left
from flows.kernels.snapshot import open_state
from flows.kernels.strategy import Intent, Strategy, take_touch


class ZscoreReversion(Strategy):
    """One order per excursion. It is heard behind its first full window."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        self.name = name
        self._band = Band(Fields(parameters, f"strategies.{name}.parameters"), 20, 200)
        self.warm_up = self._band.window
        self._closes: list[int] = []
        self._zone = 0

    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        self._closes = [*self._closes, features.close][-self._band.window :]
        if len(self._closes) < self._band.window:
            return []
        score = _score(self._closes)
        now = self._band.zone(score)
        side, self._zone = left(self._zone, now), now
        if side < 0:
            return take_touch(features, Side.BUY, -score - self._band.edge, "close fell below its band")
        if side > 0:
            return take_touch(features, Side.SELL, score - self._band.edge, "close rose above its band")
        return []

    def snapshot(self, ids: SchemaIds) -> bytes:
        return encode(ZscoreReversionState(self._closes, self._zone), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, ZscoreReversionState)
        self._closes, self._zone = saved.closes, saved.zone


def _score(closes: list[int]) -> float:
    """The newest close's standard score; 0 where all are the same. Summed from the oldest, as the twin does."""
    count = float(len(closes))
    total = 0.0
    for close in closes:
        total += float(close)
    mean = total / count
    squares = 0.0
    for close in closes:
        away = float(close) - mean
        squares += away * away
    deviation = math.sqrt(squares / count)
    return (float(closes[-1]) - mean) / deviation if deviation > 0.0 else 0.0
