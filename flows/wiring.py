"""How dataflows are put together: a topic, a chain of stages, and a sink for what they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic

from flows import chain
from flows._native import Batch
from flows.chain import Chain, Outputs, States
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_sink import KafkaSink
from flows.connectors.kafka_source import KafkaSource
from flows.flow_options import FlowOptions
from flows.progress import Progress


class Wiring:
    """One flow over one input topic. `FlowOptions` say from where, to where, and by which engine."""

    def __init__(self, name: str, topic: str, stages: Sequence[str], options: FlowOptions) -> None:
        """Connects to nothing yet. Each of `stages` reads what the one before it makes, the first the topic.

        All stages are one step: a batch that goes from step to step waits for a turn of the dataflow each time, which
        costs several times what the kernels take.
        """
        self.flow = Dataflow(name)
        source_log = KafkaLog(options.services.bootstrap_servers, options.input_prefix)
        sink_log = KafkaLog(options.services.bootstrap_servers, options.written_prefix)
        self.progress = Progress(topic, sink_log.unacknowledged)
        source = KafkaSource(source_log, topic, self.progress, options.stop, until_end=options.until_end)

        def build(states: States | None) -> _Step:
            made = chain.make(stages, options, sink_log.partition_counts)
            if states is not None:
                made.restore(states)
            return _Step(made, self.progress)

        records = op.input("log-in", self.flow, source)
        outputs = op.stateful_batch("stages", records, build)
        written = {stage: chain.written_by(stage) for stage in stages}
        op.output("log-out", outputs, KafkaSink(sink_log, written, source, self.progress))


class _Step(StatefulBatchLogic[Batch, Outputs, States]):
    """The stages on the partition that is their key."""

    def __init__(self, chain: Chain, progress: Progress) -> None:
        self._chain = chain
        self._progress = progress

    def on_batch(self, values: list[Batch]) -> tuple[Iterable[Outputs], bool]:
        made = [self._process(batch) for batch in values]
        return [outputs for outputs in made if outputs], StatefulBatchLogic.RETAIN

    def _process(self, batch: Batch) -> Outputs:
        outputs = self._chain.process(batch)
        self._progress.processed(batch.partition, batch.last_offset + 1, is_written=not outputs)
        return outputs

    def snapshot(self) -> States:
        return self._chain.snapshot()
