"""The whole log of a desk, as its checker reads it: decoded, and told apart by who wrote it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flows.contracts import topics
from flows.contracts.codec import decode
from flows.contracts.records import (
    Bar,
    Cancel,
    DeadLetter,
    Decision,
    FeatureVector,
    FeatureViolation,
    Mark,
    Modify,
    New,
    Origin,
    Signal,
)
from flows.contracts.registry import SchemaIds
from flows.stack.settings import Settings
from tests import log_of
from tests.log_of import Written

_STAGES = {
    Bar: "bars",
    FeatureVector: "features",
    FeatureViolation: "features",
    Mark: "signals",
    Signal: "signals",
    Decision: "risk",
    New: "risk",
    Modify: "risk",
    Cancel: "risk",
}
_KERNELS = frozenset(_STAGES.values())


@dataclass(frozen=True)
class Entry:
    """One record of the log."""

    at: Written
    record: object

    @property
    def producer(self) -> tuple[str, int] | None:
        """Stage and source partition; none of what no stage wrote."""
        origin = self.origin
        stage = self.record.stage if isinstance(self.record, DeadLetter) else _STAGES.get(type(self.record))
        return (stage, origin.partition) if origin and stage in _KERNELS else None

    @property
    def origin(self) -> Origin | None:
        found: Origin | None = getattr(self.record, "origin", None)
        return found


Log = Mapping[str, list[Entry]]
"""By topic without prefix; partition by partition, in the order of the log."""

Producer = tuple[str, str, int]
"""Topic, stage, source partition."""


def read(settings: Settings, names: Iterable[str] | None = None, prefix: str | None = None) -> Log:
    """Everything, as of now."""
    ids = SchemaIds.embedded()
    return {
        name: [Entry(written, decode(written.value, ids)) for written in log_of.read(settings, name, prefix)]
        for name in (topics.load() if names is None else names)
    }


def by_producer(log: Log) -> Mapping[Producer, list[Entry]]:
    """What each stage wrote of each source partition, topic by topic. Between producers a log keeps no order."""
    found: dict[Producer, list[Entry]] = defaultdict(list)
    for name, entry in everything(log):
        if entry.producer:
            found[(name, *entry.producer)].append(entry)
    return found


def everything(log: Log) -> Iterator[tuple[str, Entry]]:
    for name, entries in log.items():
        for entry in entries:
            yield name, entry
