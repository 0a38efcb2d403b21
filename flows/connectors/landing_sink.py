"""Blocks -> landing tables: the end of the audit flow."""

from __future__ import annotations

from contextlib import suppress

from bytewax.outputs import DynamicSink, StatelessSinkPartition

from flows.connectors.block import Block
from flows.connectors.landing import Landing, Stopped


class LandingSink(DynamicSink[Block]):
    """Lands blocks where they were read: each worker has its own partitions."""

    def __init__(self, landing: Landing) -> None:
        self._landing = landing

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> _Lander:
        return _Lander(self._landing)


class _Lander(StatelessSinkPartition[Block]):
    def __init__(self, landing: Landing) -> None:
        self._landing = landing

    def write_batch(self, items: list[Block]) -> None:
        """Returns when ClickHouse holds them, or when the flow is to stop; nothing more is read meanwhile."""
        # The next start reads again what has not landed.
        with suppress(Stopped):
            for block in items:
                self._landing.land(block)

    def close(self) -> None:
        self._landing.close()
