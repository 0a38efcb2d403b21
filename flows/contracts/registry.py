"""Every schema version that ever was (`schemas/registry.jsonl`), and the ids that messages carry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "schemas"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one record's schema."""

    id: int
    subject: str
    version: int
    schema: str


@cache
def entries() -> tuple[Entry, ...]:
    """All versions, oldest first."""
    lines = (FOLDER / "registry.jsonl").read_text().splitlines()
    return tuple(Entry(**json.loads(line)) for line in lines)


@cache
def latest() -> dict[str, Entry]:
    """The newest version of each subject."""
    return {entry.subject: entry for entry in entries()}


def schema(subject: str) -> Any:
    """The newest schema of a record, as parsed JSON. Raises KeyError for a name that is no record's."""
    return json.loads(latest()[subject].schema)


@cache
def versions() -> dict[str, tuple[Entry, ...]]:
    """All versions of each subject, oldest first."""
    found: dict[str, list[Entry]] = {}
    for entry in entries():
        found.setdefault(entry.subject, []).append(entry)
    return {subject: tuple(known) for subject, known in found.items()}


class SchemaIds:
    """The schema ids of each subject, both ways. Records are written in the newest version, and read in any."""

    def __init__(self, by_subject: Mapping[str, Sequence[int]]) -> None:
        """`by_subject`: the ids of all versions, oldest first."""
        self.all_of = {subject: tuple(ids) for subject, ids in by_subject.items()}
        self.by_subject = {subject: ids[-1] for subject, ids in self.all_of.items()}
        """The newest version's."""
        self.by_id = {id: subject for subject, ids in self.all_of.items() for id in ids}
        """Of any version."""

    def version(self, id: int) -> int:
        """Which of its subject's versions an id names, the oldest 0."""
        return self.all_of[self.by_id[id]].index(id)

    @classmethod
    def embedded(cls) -> SchemaIds:
        """The ids of `schemas/registry.jsonl`."""
        return cls({subject: [entry.id for entry in known] for subject, known in versions().items()})
