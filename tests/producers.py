"""Records of a topic, told apart by who wrote them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from flows.contracts.codec import decode
from flows.contracts.registry import SchemaIds
from tests.log_of import Written

Sequence = list[tuple[int, bytes, bytes]]
"""Partition, key and value, in the order of the log."""


def by_source_partition(records: Iterable[Written]) -> dict[int, Sequence]:
    """One sequence for each source partition. Between producers a log keeps no order, so none is compared."""
    ids = SchemaIds.embedded()
    found: dict[int, Sequence] = defaultdict(list)
    for record in records:
        origin = getattr(decode(record.value, ids), "origin", None)
        # An operator's commands have none: no flow wrote them.
        if origin:
            found[origin.partition].append((record.partition, record.key, record.value))
    return dict(found)
