"""Who could not process what: the newest dead letters, counted."""

from __future__ import annotations

from collections import Counter

from flows.connectors import schema_ids
from flows.connectors.log_lookup import LogLookup
from flows.contracts import codec
from flows.contracts.records import DeadLetter
from flows.stack.settings import Settings

TOPIC = "ops.dead_letters"
LOOK_BACK = 1_000
"""Records of each partition that are looked at."""


def by_stage(settings: Settings) -> Counter[str]:
    """The newest of each partition, by the stage that wrote them. Raises LogReadError, NotRunning, RegistryError."""
    found: Counter[str] = Counter()
    ids = schema_ids.load()
    with LogLookup(settings) as log:
        for partition in range(log.partitions(TOPIC)):
            end = log.range(TOPIC, partition)[1]
            for entry in log.entries(TOPIC, partition, end - LOOK_BACK, end):
                record = codec.decode(entry.value, ids)
                if isinstance(record, DeadLetter):
                    found[record.stage] += 1
    return found
