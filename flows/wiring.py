"""How dataflows are put together: a topic, a chain of stages, and a sink for what they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic
from bytewax.outputs import Sink

from flows import chain, switched_chain
from flows._native import Batch
from flows.chain import Chain, Outputs, States
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_sink import KafkaSink
from flows.connectors.kafka_source import KafkaSource
from flows.flow import Flow
from flows.flow_options import FlowOptions
from flows.progress import Progress
from flows.stretch import Stretch
from flows.switched_chain import SwitchedChain

MakeSink = Callable[[Progress], Sink[tuple[str, Outputs]]]
"""A sink that tells the progress what it has written."""


class Wiring:
    """A flow with its source, its stages and its sink. `FlowOptions` say from where, to where, and by which engine."""

    def __init__(
        self, flow: Flow, options: FlowOptions, stretch: Stretch | None = None, sink: MakeSink | None = None
    ) -> None:
        """Connects to nothing yet. With a `stretch` it ends with it, and only what that made goes to the sink, which is
        the log if no other is given.

        All stages are one step: a batch that goes from step to step waits for a turn of the dataflow each time, which
        costs several times what the kernels take.
        """
        self.flow = Dataflow(flow.name)
        self.made: Counter[str] = Counter()
        """Records of the stretch by topic."""
        source_log = KafkaLog(options.services.bootstrap_servers, options.input_prefix)
        sink_log = KafkaLog(options.services.bootstrap_servers, options.written_prefix)
        self.progress = Progress(flow.topic, sink_log.unacknowledged)
        ends = {partition: end for partition, (_, end) in stretch.offsets.items()} if stretch else None
        source = KafkaSource(
            source_log, flow.topic, self.progress, options.stop, until_end=options.until_end, ends=ends
        )

        def build(states: States | None) -> _Step:
            # What is asked again of the past is asked of the engines that are named, whatever the log says of engines.
            make = chain.make if stretch else switched_chain.make
            made = make(flow.stages, options, sink_log.partition_counts)
            if states is not None:
                made.restore(states)
            return _Step(made, self.progress, stretch, self.made)

        records = op.input("log-in", self.flow, source)
        outputs = op.stateful_batch("stages", records, build)
        written = {stage: chain.written_by(stage) for stage in flow.stages}
        to_log = KafkaSink(sink_log, written, source, self.progress)
        op.output("log-out", outputs, sink(self.progress) if sink else to_log)


class _Step(StatefulBatchLogic[Batch, Outputs, States]):
    """The stages on the partition that is their key."""

    def __init__(self, chain: Chain, progress: Progress, stretch: Stretch | None, made: Counter[str]) -> None:
        self._chain = chain
        self._progress = progress
        self._stretch = stretch
        self._made = made

    def on_batch(self, values: list[Batch]) -> tuple[Iterable[Outputs], bool]:
        made = [self._process(batch) for batch in values]
        return [outputs for outputs in made if outputs], StatefulBatchLogic.RETAIN

    def _process(self, batch: Batch) -> Outputs:
        outputs = self._within(self._stretch, batch) if self._stretch else self._chain.process(batch)
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

    def snapshot(self) -> States:
        return self._chain.snapshot()
