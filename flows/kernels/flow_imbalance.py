"""Strategy flow_imbalance: buys when the mean order flow imbalance of the last `window` bars rises above
`edge_hundredths` / 100, sells when it falls below its negative.

The imbalance of a bar is that of R. Cont, A. Kukanov and S. Stoikov, The price impact of order book events (2014), by
the bar's volume: what came to the best bid and left the best ask, less the opposite. They find prices to follow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.contracts.codec import encode
from flows.contracts.records import FeatureVector, FlowImbalanceState, Side
from flows.contracts.registry import SchemaIds
from flows.kernels.config import Fields
from flows.kernels.excursion import Band, left
from flows.kernels.snapshot import open_state
from flows.kernels.strategy import Intent, Strategy, take_touch


class FlowImbalance(Strategy):
    """One order per excursion. A bar without an imbalance counts for nothing."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        self.name = name
        self._band = Band(Fields(parameters, f"strategies.{name}.parameters"), 5, 100)
        self.warm_up = self._band.window
        self._imbalances: list[float] = []
        self._zone = 0

    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        if features.order_flow_imbalance is None:
            return []
        self._imbalances = [*self._imbalances, features.order_flow_imbalance][-self._band.window :]
        if len(self._imbalances) < self._band.window:
            return []
        # Summed from the oldest, as the twin does.
        total = 0.0
        for imbalance in self._imbalances:
            total += imbalance
        mean = total / float(self._band.window)
        now = self._band.zone(mean)
        side, self._zone = left(self._zone, now), now
        if side > 0:
            return take_touch(features, Side.BUY, mean - self._band.edge, "more came to the bid than to the ask")
        if side < 0:
            return take_touch(features, Side.SELL, -mean - self._band.edge, "more came to the ask than to the bid")
        return []

    def snapshot(self, ids: SchemaIds) -> bytes:
        return encode(FlowImbalanceState(self._imbalances, self._zone), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, FlowImbalanceState)
        self._imbalances, self._zone = saved.imbalances, saved.zone
