"""Stages one behind the other, each by its engine, on one partition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flows._native import Batch, SchemaIds
from flows.contracts import topics
from flows.errors import StageRestoreError
from flows.rollout import engine
from flows.running.flow_options import FlowOptions

Outputs = list[tuple[str, Batch]]
"""Stage and what it made; the end of the chain first, since on it others wait, most of all for orders."""

PartitionCounts = Callable[[list[str]], Mapping[str, int]]
"""How many partitions each of these topics has, where outputs go."""

States = Mapping[str, bytes]
"""Snapshot by stage."""


class Chain:
    """A pure function of its partition: the same records give the same outputs, however they are cut into batches."""

    def __init__(self, engines: Mapping[str, engine.Engine]) -> None:
        """The first of `engines` reads the flow's topic, each other what the one before it makes."""
        self._engines = engines
        self._reads = {stage: read_by(stage) for stage in engines}

    def process(self, batch: Batch) -> Outputs:
        outputs: Outputs = []
        made = batch
        for stage, one in self._engines.items():
            # The stage before also writes dead letters, which are nobody's input.
            made = one.process(made.select(self._reads[stage]) if outputs else made)
            if not len(made):
                break
            outputs.append((stage, made))
        return outputs[::-1]

    def snapshot(self) -> States:
        return {stage: one.snapshot() for stage, one in self._engines.items()}

    def restore(self, states: States) -> None:
        """Raises StageRestoreError."""
        for stage, one in self._engines.items():
            if stage not in states:
                raise StageRestoreError(
                    f"the saved state is of {', '.join(states)}, and has none of stage {stage}: begin anew with --from "
                    "beginning (what stands in the outputs is not written again)"
                )
            one.restore(states[stage])


def make(stages: Sequence[str], options: FlowOptions, partition_counts: PartitionCounts) -> Chain:
    """The stages in their initial state. Raises StageConfigError."""
    ids = SchemaIds.load()
    counts = counts_by_stage(stages, partition_counts)
    return Chain(
        {
            stage: engine.make(options.engines[stage], stage, options.config.json(stage), ids, counts[stage])
            for stage in stages
        }
    )


def counts_by_stage(stages: Sequence[str], partition_counts: PartitionCounts) -> Mapping[str, Mapping[str, int]]:
    """How many partitions the topics have that each stage may write; asked once, as each time is a connection."""
    counts = partition_counts(sorted({topic for stage in stages for topic in written_by(stage)}))
    return {stage: {topic: counts[topic] for topic in written_by(stage)} for stage in stages}


def read_by(stage: str) -> str:
    """The topic that the stage reads."""
    return next(topic.name for topic in topics.load().values() if stage in topic.consumers)


def written_by(stage: str) -> list[str]:
    """The topics that the stage may write."""
    return [topic.name for topic in topics.load().values() if stage in topic.producers]
