"""How dataflows are put together: a topic, stages, and a sink behind every stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.operators import KeyedStream, StatefulBatchLogic

from flows import engine
from flows._native import Batch, SchemaIds
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_sink import KafkaSink
from flows.connectors.kafka_source import KafkaSource
from flows.contracts import topics
from flows.flow_options import FlowOptions
from flows.progress import Progress


@dataclass(frozen=True)
class Outputs:
    """What a stage makes, by source partition."""

    stage: str
    batches: KeyedStream[Batch]
    made: _Counted


@dataclass
class _Counted:
    takers: int = 0
    """Sinks and stages that take each batch."""


class Wiring:
    """One flow over one input topic. `FlowOptions` say from where, to where, and by which engine."""

    def __init__(self, name: str, topic: str, options: FlowOptions) -> None:
        """Connects to nothing yet."""
        self.flow = Dataflow(name)
        self._options = options
        self._topic = topic
        bootstrap = options.services.bootstrap_servers
        self._input = KafkaLog(bootstrap, options.input_prefix)
        self._output = KafkaLog(bootstrap, options.written_prefix)
        self.progress = Progress(topic, self._output.unacknowledged)
        self._source = KafkaSource(self._input, topic, self.progress, options.stop, until_end=options.until_end)
        self._records = op.input("log", self.flow, self._source)

    def stage(self, name: str, of: Outputs | None = None) -> Outputs:
        """A stage on the flow's input, or on what another stage makes; its outputs are written to their topics."""
        made = _Counted()
        if of:
            of.made.takers += 1
        records = of.batches if of else self._records
        step = op.stateful_batch(name, records, self._logic(name, made, first=of is None))
        outputs = Outputs(name, step, made)
        self._write(outputs)
        return outputs

    def _write(self, outputs: Outputs) -> None:
        outputs.made.takers += 1
        sink = KafkaSink(self._output, outputs.stage, _written_by(outputs.stage), self._source, self.progress)
        op.output(f"{outputs.stage}-log", outputs.batches, sink)

    def _logic(self, name: str, made: _Counted, *, first: bool) -> Callable[[bytes | None], _StageLogic]:
        def build(state: bytes | None) -> _StageLogic:
            partitions = self._output.partition_counts(_written_by(name))
            chosen = self._options.engines[name]
            made_engine = engine.make(chosen, name, self._options.config.json(name), SchemaIds.load(), partitions)
            if state is not None:
                made_engine.restore(state)
            return _StageLogic(made_engine, _read_by(name), self.progress, made, first=first)

        return build


class _StageLogic(StatefulBatchLogic[Batch, Batch, bytes]):
    """A stage on the partition that is its key."""

    def __init__(
        self, stage: engine.Engine, topic: str, progress: Progress, made: _Counted, *, first: bool
    ) -> None:
        self._stage = stage
        self._topic = topic
        self._progress = progress
        self._made = made
        self._first = first

    def on_batch(self, values: list[Batch]) -> tuple[Iterable[Batch], bool]:
        outputs = [self._take(batch) for batch in values]
        return [batch for batch in outputs if len(batch)], StatefulBatchLogic.RETAIN

    def _take(self, batch: Batch) -> Batch:
        if self._first:
            made = self._stage.process(batch)
            outputs = self._made.takers if len(made) else 0
            self._progress.processed(batch.partition, batch.last_offset + 1, outputs)
        else:
            # The stage before also writes dead letters, which are nobody's input.
            made = self._stage.process(batch.select(self._topic))
            self._progress.passed_on(batch.origin_partition, self._made.takers if len(made) else 0)
        return made

    def snapshot(self) -> bytes:
        return self._stage.snapshot()


def _read_by(stage: str) -> str:
    return next(topic.name for topic in topics.load().values() if stage in topic.consumers)


def _written_by(stage: str) -> list[str]:
    return [topic.name for topic in topics.load().values() if stage in topic.producers]
