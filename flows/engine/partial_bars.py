"""Bars that are still open, as they stand: read from a snapshot of stage bars, whichever engine made it."""

from __future__ import annotations

import json

from flows.contracts.records import Bar, Origin, StageState
from flows.contracts.registry import SchemaIds
from flows.kernels.bars import Bars
from flows.kernels.snapshot import open_state


def partial_bars(config: str, ids: SchemaIds, snapshot: bytes) -> list[Bar]:
    """As `TradingEngine.partial_bars`. `config`: the stage's, as JSON. Raises StageConfigError, StageRestoreError."""
    stage = open_state(ids, snapshot, StageState)
    bars = Bars(json.loads(config))
    bars.restore(ids, stage.kernel)
    return bars.open_bars(Origin(stage.partition, stage.offset, -1))
