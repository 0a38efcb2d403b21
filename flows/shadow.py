"""The topic that a flow reads -> shadow.diffs

Two sides work on every batch, and what they make is compared before the next is read: a stretch of any length is
compared in one pass, with the memory of a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic

from flows._native import Batch
from flows.comparison.comparison import Comparison
from flows.connectors.diff_sink import DiffSink
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_source import KafkaSource
from flows.contracts.records import Diff
from flows.contracts.registry import SchemaIds
from flows.flow_options import FlowOptions
from flows.progress import Progress
from flows.stretch import Stretch


def wire(
    options: FlowOptions,
    stretch: Stretch,
    ids: SchemaIds,
    comparison: Callable[[int], Comparison],
) -> tuple[Dataflow, Progress]:
    """The dataflow, and how far it is. `comparison` is made for each partition of the stretch."""
    flow = Dataflow("shadow")
    log = KafkaLog(options.services.bootstrap_servers, options.input_prefix)
    progress = Progress(stretch.topic, lambda: 0)
    ends = {partition: end for partition, (_, end) in stretch.offsets.items()}
    records = op.input("log-in", flow, KafkaSource(log, stretch.topic, progress, options.stop, ends=ends))
    compared = op.stateful_batch("compare", records, lambda _state: _Step(comparison, stretch, progress))
    op.output("diffs", compared, DiffSink(options.services, ids, progress))
    return flow, progress


class _Step(StatefulBatchLogic[Batch, list[Diff], None]):
    """The comparison on the partition that is its key."""

    def __init__(self, make: Callable[[int], Comparison], stretch: Stretch, progress: Progress) -> None:
        self._make = make
        self._made: Comparison | None = None
        self._stretch = stretch
        self._progress = progress

    def on_batch(self, values: list[Batch]) -> tuple[Iterable[list[Diff]], bool]:
        found = [self._compare(batch) for batch in values]
        return [diffs for diffs in found if diffs], StatefulBatchLogic.RETAIN

    def _compare(self, batch: Batch) -> list[Diff]:
        if self._made is None:
            self._made = self._make(batch.partition)
        before, within = self._stretch.split(batch)
        if len(before):
            self._made.skip(before)
        diffs = self._made.compare(within, self._stretch.cut) if len(within) else []
        self._progress.processed(batch.partition, batch.last_offset + 1, is_written=not diffs)
        return diffs

    def snapshot(self) -> None:
        return None
