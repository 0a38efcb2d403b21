"""Blocks -> landing tables: the end of the audit flow."""

from __future__ import annotations

import threading

from bytewax.outputs import DynamicSink, StatelessSinkPartition

from flows.connectors.block import Block
from flows.connectors.landing import Landing, Stopped


class Lander:
    """Lands one block after the other in a thread, while the next one is read. Never more than two are in memory."""

    def __init__(self, landing: Landing) -> None:
        self._landing = landing
        self._under_way: _OneBlock | None = None

    def land(self, block: Block) -> None:
        """Waits for the block before, and begins with this one. Raises what kept the one before from landing."""
        self.wait()
        self._under_way = _OneBlock(self._landing, block)
        self._under_way.start()

    def check(self) -> None:
        """Raises what kept the last block from landing, if that is known by now."""
        if self._under_way and not self._under_way.is_alive():
            self.wait()

    def wait(self) -> None:
        """Returns when ClickHouse holds all blocks, or when the flow is to stop: the next start reads the rest."""
        block, self._under_way = self._under_way, None
        if block:
            block.join()
            # Told to stop: nothing failed.
            if block.error and not isinstance(block.error, Stopped):
                raise block.error

    def close(self) -> None:
        """Waits, and closes the connection."""
        try:
            self.wait()
        finally:
            self._landing.close()


class _OneBlock(threading.Thread):
    def __init__(self, landing: Landing, block: Block) -> None:
        # A daemon: if the log fails while ClickHouse is away, the process does not wait for ClickHouse.
        super().__init__(name="landing", daemon=True)
        self._landing = landing
        self._block = block
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self._landing.land(self._block)
        except Exception as error:
            self.error = error


class LandingSink(DynamicSink[Block]):
    """Lands blocks where they were read: each worker has its own partitions."""

    def __init__(self, lander: Lander) -> None:
        self._lander = lander

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> _Sink:
        return _Sink(self._lander)


class _Sink(StatelessSinkPartition[Block]):
    def __init__(self, lander: Lander) -> None:
        self._lander = lander

    def write_batch(self, items: list[Block]) -> None:
        for block in items:
            self._lander.land(block)

    def close(self) -> None:
        self._lander.close()
