"""The topics, as `schemas/topics.toml` names them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache

from flows.contracts.registry import FOLDER

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; names are without prefix."""

    name: str
    sequenced: bool
    """The partition's order is the order of events."""
    order_path: bool
    """A record stands between a tick and an order."""
    key: str
    """Field that is the Kafka key."""
    placed_by: str
    """`key`: partition murmur2(key) % partitions; `origin`: the partition number of the causing record."""
    partitions: int
    """Partition count when the topic is made."""
    retention_ms: int
    """How long records are kept; -1 for ever."""
    records: list[str]
    """Subjects of the records that it holds."""
    producers: list[str]
    consumers: list[str]
    table: str
    """Landing table in ClickHouse."""


@cache
def load() -> dict[str, Topic]:
    """All topics by name, in the order of the file."""
    with (FOLDER / "topics.toml").open("rb") as file:
        return {entry["name"]: Topic(**entry) for entry in tomllib.load(file)["topic"]}


@cache
def of_subject(subject: str) -> Topic | None:
    """The one topic that a record is written to; None for snapshots, and for a Rollout, which stands in several."""
    found = [topic for topic in load().values() if subject in topic.records]
    return found[0] if len(found) == 1 else None
