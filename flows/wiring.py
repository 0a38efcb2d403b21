"""How dataflows are put together: a topic, a chain of stages, and a sink for what they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic

from flows import engine
from flows._native import Batch, SchemaIds
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_sink import KafkaSink, Outputs
from flows.connectors.kafka_source import KafkaSource
from flows.contracts import topics
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
        written = {stage: _written_by(stage) for stage in stages}
        self.progress = Progress(topic, sink_log.unacknowledged)
        source = KafkaSource(source_log, topic, self.progress, options.stop, until_end=options.until_end)

        def build(states: Mapping[str, bytes] | None) -> _Chain:
            partitions = {stage: sink_log.partition_counts(written[stage]) for stage in stages}
            engines = {stage: _engine(stage, options, partitions[stage], states) for stage in stages}
            return _Chain(engines, self.progress)

        records = op.input("log-in", self.flow, source)
        outputs = op.stateful_batch("stages", records, build)
        op.output("log-out", outputs, KafkaSink(sink_log, written, source, self.progress))


class _Chain(StatefulBatchLogic[Batch, Outputs, Mapping[str, bytes]]):
    """The stages on the partition that is their key."""

    def __init__(self, engines: Mapping[str, engine.Engine], progress: Progress) -> None:
        self._engines = engines
        self._read_by = {stage: _read_by(stage) for stage in engines}
        self._progress = progress

    def on_batch(self, values: list[Batch]) -> tuple[Iterable[Outputs], bool]:
        made = [self._process(batch) for batch in values]
        return [outputs for outputs in made if outputs], StatefulBatchLogic.RETAIN

    def _process(self, batch: Batch) -> Outputs:
        outputs: Outputs = []
        made = batch
        for stage, one in self._engines.items():
            # The stage before also writes dead letters, which are nobody's input.
            made = one.process(made.select(self._read_by[stage]) if outputs else made)
            if not len(made):
                break
            outputs.append((stage, made))
        self._progress.processed(batch.partition, batch.last_offset + 1, is_written=not outputs)
        # The end of the chain first: on it others wait, most of all for orders.
        return outputs[::-1]

    def snapshot(self) -> Mapping[str, bytes]:
        return {stage: one.snapshot() for stage, one in self._engines.items()}


def _engine(
    stage: str, options: FlowOptions, partitions: Mapping[str, int], states: Mapping[str, bytes] | None
) -> engine.Engine:
    made = engine.make(options.engines[stage], stage, options.config.json(stage), SchemaIds.load(), partitions)
    if states is not None:
        made.restore(states[stage])
    return made


def _read_by(stage: str) -> str:
    return next(topic.name for topic in topics.load().values() if stage in topic.consumers)


def _written_by(stage: str) -> list[str]:
    return [topic.name for topic in topics.load().values() if stage in topic.producers]
