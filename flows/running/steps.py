"""What a dataflow is made of, as far as Tapeflow knows its steps: sources that say how far they are, stages, a log to
write. It is found in the dataflow itself, whoever wired it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bytewax.dataflow import Dataflow

from flows.connectors.kafka_sink import KafkaSink
from flows.connectors.kafka_source import KafkaSource
from flows.running.progress import Progress
from flows.running.staged_source import StagedSource


@dataclass(frozen=True)
class Steps:
    progress: tuple[Progress, ...]
    """Of each of Tapeflow's sources; without one, nobody can say how far the flow is."""
    staged: StagedSource | None
    """Where stages work, if it is one source."""
    others: tuple[str, ...]
    """Names of steps that are neither stages nor what writes to the log what they make."""

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(stage for one in self.progress for stage in one.stages))


def of(flow: Dataflow) -> Steps:
    """Of a dataflow that is whole."""
    sources = [step.source for step in _every(flow) if isinstance(getattr(step, "source", None), _SOURCES)]
    staged = [source for source in sources if isinstance(source, StagedSource)]
    return Steps(
        tuple(source.progress for source in sources),
        staged[0] if len(staged) == 1 else None,
        tuple(step.step_name for step in flow.substeps if not _is_ours(step)),
    )


_SOURCES = (KafkaSource, StagedSource)


def _every(step: Any) -> Iterator[Any]:
    """The steps of a step, and theirs: an operator of a user's own may hold a source."""
    for one in step.substeps:
        yield one
        yield from _every(one)


def _is_ours(step: Any) -> bool:
    return isinstance(getattr(step, "source", None), StagedSource) or isinstance(getattr(step, "sink", None), KafkaSink)
