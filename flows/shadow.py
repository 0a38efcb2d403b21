"""The topic that a flow reads -> shadow.diffs

Two sides work on every batch, and what they make is compared before the next is read: a stretch of any length is
compared in one pass, with the memory of a batch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic

from flows._native import Batch
from flows.comparison.causes import Causes
from flows.comparison.comparison import Comparison
from flows.connectors.diff_sink import DiffSink
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_source import KafkaSource
from flows.contracts.records import Diff
from flows.contracts.registry import SchemaIds
from flows.errors import TapeflowError
from flows.running.flow_options import FlowOptions
from flows.running.progress import Progress
from flows.stretch import Stretch


@dataclass
class Failure:
    """What ended a comparison. Bytewax would say it within a panic's words; nothing of a shadow is saved, so it can as
    well come to its end, and raise then."""

    error: TapeflowError | None = None


def wire(
    options: FlowOptions,
    stretch: Stretch,
    ids: SchemaIds,
    comparison: Callable[[int], Comparison],
    failure: Failure,
    *,
    by_causes: bool = False,
) -> tuple[Dataflow, Progress]:
    """The dataflow, and how far it is. `comparison` is made for each partition of the stretch; what the first of them
    raises ends the flow, and is kept in `failure`. With `by_causes` only records of whole causes are compared at once,
    and so never those of the last one, of which nobody knows whether they are all there."""
    flow = Dataflow("shadow")
    log = KafkaLog(options.services.bootstrap_servers, options.input_prefix)
    progress = Progress(stretch.topic, lambda: 0)
    ends = {partition: end for partition, (_, end) in stretch.offsets.items()}
    records = op.input("log-in", flow, KafkaSource(log, stretch.topic, progress, options.stop, ends=ends))

    def build(_state: None) -> _Step:
        return _Step(comparison, stretch, progress, options.stop, failure, Causes(ids) if by_causes else None)

    compared = op.stateful_batch("compare", records, build)
    op.output("diffs", compared, DiffSink(options.services, ids, progress))
    return flow, progress


class _Step(StatefulBatchLogic[Batch, list[Diff], None]):
    """The comparison on the partition that is its key."""

    def __init__(
        self,
        make: Callable[[int], Comparison],
        stretch: Stretch,
        progress: Progress,
        stop: threading.Event,
        failure: Failure,
        causes: Causes | None,
    ) -> None:
        self._make = make
        self._made: Comparison | None = None
        self._stretch = stretch
        self._progress = progress
        self._stop = stop
        self._failure = failure
        self._causes = causes

    def on_batch(self, values: list[Batch]) -> tuple[Iterable[list[Diff]], bool]:
        found = [self._compare(batch) for batch in values if not self._failure.error]
        return [diffs for diffs in found if diffs], StatefulBatchLogic.RETAIN

    def _compare(self, batch: Batch) -> list[Diff]:
        try:
            diffs = self._differences(batch)
        except TapeflowError as error:
            self._failure.error = error
            self._stop.set()
            return []
        self._progress.processed(batch.partition, batch.last_offset + 1, is_written=not diffs)
        return diffs

    def _differences(self, batch: Batch) -> list[Diff]:
        if self._made is None:
            self._made = self._make(batch.partition)
        if self._causes:
            batch = self._causes.whole(batch)
            if not len(batch):
                return []
        before, within = self._causes.split(batch, self._stretch) if self._causes else self._stretch.split(batch)
        if len(before):
            self._made.skip(before)
        return self._made.compare(within, self._stretch.cut) if len(within) else []

    def snapshot(self) -> None:
        return None
