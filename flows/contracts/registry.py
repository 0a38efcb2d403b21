"""Every schema version that ever was (`schemas/registry.jsonl`), and the ids that messages carry."""

from __future__ import annotations

import json
from collections.abc import Mapping
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


class SchemaIds:
    """The schema id of each subject, both ways."""

    def __init__(self, by_subject: Mapping[str, int]) -> None:
        self.by_subject = dict(by_subject)
        self.by_id = {id: subject for subject, id in self.by_subject.items()}

    @classmethod
    def embedded(cls) -> SchemaIds:
        """The ids of `schemas/registry.jsonl`."""
        return cls({subject: entry.id for subject, entry in latest().items()})
