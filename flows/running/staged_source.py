"""A topic -> what the stages of a flow make of it.

Source and stages are one step. A batch that goes from step to step waits for a turn of the dataflow each time, which
costs several times what the kernels take; and Bytewax deals out the keys of a step of its own by their hash, so that
most batches would have to be carried to another process. A partition of this step is where its records are read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from flows._native import Batch
from flows.connectors.kafka_source import KafkaSource, Partition
from flows.errors import TapeflowError
from flows.metrics.meter import Meter
from flows.rollout.switched_chain import SwitchedChain
from flows.running.chain import Chain, Outputs, States
from flows.running.flow_options import FlowOptions
from flows.running.progress import Progress
from flows.stretch import Stretch

State = tuple[int, States]
"""Offset behind the last record that the stages have processed, and their snapshots."""


class OldState(TapeflowError):
    """A state that a version of Tapeflow saved which kept offsets and stages apart."""

    def __init__(self, partition: str) -> None:
        super().__init__(
            f"the saved state of partition {partition} is of an older Tapeflow: begin anew with --from beginning "
            "(what stands in the outputs is not written again)"
        )


class StagedSource(FixedPartitionedSource[tuple[str, Outputs], State]):
    """Hands out what the stages made, by source partition; saves how they stand with the offset where they stand."""

    def __init__(
        self,
        source: KafkaSource,
        make: Callable[[], Chain],
        progress: Progress,
        stretch: Stretch | None,
        made: Counter[str],
        options: FlowOptions | None = None,
    ) -> None:
        """`make`: stages in their initial state. With a `stretch` only what that made is handed out, and counted in
        `made` by topic. `options`: what the stages are made with; they say whether `progress` is to have Meters."""
        self._source = source
        self._make = make
        self.progress = progress
        self.options = options
        self._stretch = stretch
        self._made = made

    def list_parts(self) -> list[str]:
        return self._source.list_parts()

    def build_part(self, step_id: str, for_part: str, resume_state: State | None) -> _Partition:
        if isinstance(resume_state, int):
            raise OldState(for_part)
        chain = self._make()
        offset = None
        if resume_state is not None:
            offset, states = resume_state
            chain.restore(states)
        records = self._source.build_part(step_id, for_part, offset)
        meter = None
        if self.options and self.options.is_metered:
            meter = self.progress.meters.setdefault(int(for_part), Meter())
        return _Partition(records, chain, self.progress, meter, self._stretch, self._made)


class _Partition(StatefulSourcePartition[tuple[str, Outputs], State]):
    """The stages on one partition."""

    def __init__(
        self,
        records: Partition,
        chain: Chain,
        progress: Progress,
        meter: Meter | None,
        stretch: Stretch | None,
        made: Counter[str],
    ) -> None:
        self._records = records
        self._chain = chain
        self._progress = progress
        self._stretch = stretch
        self._made = made
        self._meter = meter

    def next_batch(self) -> list[tuple[str, Outputs]]:
        processed = [(key, self._process(batch)) for key, batch in self._records.next_batch()]
        return [(key, outputs) for key, outputs in processed if outputs]

    def next_awake(self) -> datetime:
        return self._records.next_awake()

    def snapshot(self) -> State:
        return self._records.snapshot(), self._chain.snapshot()

    def _process(self, batch: Batch) -> Outputs:
        began_s = time.perf_counter()
        outputs = self._within(self._stretch, batch) if self._stretch else self._chain.process(batch)
        if self._meter:
            self._meter.worked(batch, outputs, time.perf_counter() - began_s)
        self._progress.processed(batch.partition, batch.last_offset + 1, is_written=not outputs)
        if isinstance(self._chain, SwitchedChain):
            self._progress.runs(batch.partition, self._chain.standing)
        return outputs

    def _within(self, stretch: Stretch, batch: Batch) -> Outputs:
        before, batch = stretch.split(batch)
        if len(before):
            self._chain.process(before)
        if not len(batch):
            return []
        outputs = [(stage, stretch.cut(made)) for stage, made in self._chain.process(batch)]
        for _, made in outputs:
            self._made.update(made.counts())
        return [(stage, made) for stage, made in outputs if len(made)]
