"""What a live shadow does when the live flow is not what it should be: Python for that stage and partition, at once."""

from __future__ import annotations

from collections.abc import Callable

from flows.comparison.matching import Pair
from flows.comparison.report import place
from flows.connectors import rollout_log
from flows.contracts.registry import SchemaIds
from flows.rollout.commands import policy
from flows.running import chain
from flows.running.flow import Flow
from flows.stack.settings import Settings


class Guard:
    """Says so in the log, once for each stage and partition: the live flow changes over where it meets that."""

    def __init__(self, settings: Settings, ids: SchemaIds, flow: Flow, run: str, say: Callable[[str], None]) -> None:
        """`say`: is told as well."""
        self._settings = settings
        self._ids = ids
        self._flow = flow
        self._run = run
        self._say = say
        self._said: set[tuple[str, int]] = set()

    def different(self, pairs: list[Pair]) -> None:
        """Raises CommandLost."""
        for pair in pairs:
            stage = next(stage for stage in self._flow.stages if pair.topic in chain.written_by(stage))
            partition = pair.origin.partition
            if (stage, partition) in self._said:
                continue
            self._said.add((stage, partition))
            reason = f"shadow {self._run}: {pair.topic} differs at origin {place(pair.origin)} ({pair.kind.value})"
            rollout_log.say(self._settings, self._ids, [policy(stage, 0, [], [], reason)], partition)
            self._say(f"{stage}[{partition}] falls back to Python: {reason}")
