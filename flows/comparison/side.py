"""A side of a comparison: something that says what a flow makes of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flows._native import Batch
from flows.errors import TapeflowError
from flows.running import chain
from flows.running.flow import Flow
from flows.running.flow_options import FlowOptions

# What failed is found by going back to the last saved state; a state is small, and costs some 50 us.
_SAVE_RECORDS = 10_000


class SideFailed(TapeflowError):
    """A side came to an end before the stretch did: there is nothing to compare."""


class Side(Protocol):
    """On one source partition."""

    def process(self, batch: Batch) -> Batch:
        """All that the side makes of the next records, arranged by topic and partition. Raises SideFailed."""

    def skip(self, batch: Batch) -> None:
        """Takes records that only lead up to what is compared. Raises SideFailed."""


MakeSide = Callable[[int], Side]
"""The side on a partition, in its initial state."""


class ChainSide:
    """Stages in this process."""

    def __init__(self, name: str, flow: Flow, options: FlowOptions, counts: chain.PartitionCounts) -> None:
        """`name`: as messages call the side. Raises StageConfigError."""
        self._name = name
        self._make: Callable[[], chain.Chain] = lambda: chain.make(flow.stages, options, counts)
        self._chain = self._make()
        self._saved = self._chain.snapshot()
        self._since: list[Batch] = []

    def process(self, batch: Batch) -> Batch:
        return arranged(self._watched(batch))

    def skip(self, batch: Batch) -> None:
        self._watched(batch)

    def _watched(self, batch: Batch) -> chain.Outputs:
        try:
            outputs = self._chain.process(batch)
        # A kernel in Rust that panics raises what is no Exception.
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            raise SideFailed(self._blame(batch, error)) from error
        self._since.append(batch)
        if sum(map(len, self._since)) >= _SAVE_RECORDS:
            self._saved, self._since = self._chain.snapshot(), []
        return outputs

    def _blame(self, batch: Batch, error: BaseException) -> str:
        """Goes through the batch once more, record by record, from where all was well."""
        again = self._make()
        again.restore(self._saved)
        for before in self._since:
            again.process(before)
        return blame(self._name, again.process, batch, error)


def blame(name: str, process: Callable[[Batch], object], batch: Batch, error: BaseException) -> str:
    """The first record that `process` fails on alone, and how."""
    for offset in range(batch.first_offset, batch.last_offset + 1):
        one = batch.within(offset, offset + 1)
        try:
            if len(one):
                process(one)
        except BaseException as found:
            place = f"{batch.topic}[{batch.partition}] offset {offset}"
            return f"{name} failed on {place}: {type(found).__name__}: {found}"
    place = f"{batch.topic}[{batch.partition}] offsets {batch.first_offset} to {batch.last_offset}"
    return f"{name} failed on {place}, though on none of them alone: {type(error).__name__}: {error}"


def arranged(outputs: chain.Outputs) -> Batch:
    """As one batch, by topic and partition."""
    return Batch.arranged([made for _, made in outputs])
