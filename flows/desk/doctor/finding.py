"""What a look came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from flows.errors import TapeflowError


class Level(str, Enum):
    WELL = "well"
    NOTE = "note"
    """It works so; it could be better."""
    MUST = "must"
    """It does not, or will not."""


@dataclass(frozen=True)
class Finding:
    what: str
    level: Level
    said: str
    """What was found and, unless it is well, what to do."""


def well(what: str, said: str) -> Finding:
    return Finding(what, Level.WELL, said)


def note(what: str, said: str) -> Finding:
    return Finding(what, Level.NOTE, said)


def must(what: str, said: str) -> Finding:
    return Finding(what, Level.MUST, said)


def tried(what: str, look: Callable[[], str]) -> Finding:
    """What `look` found, or the error that it raised: those say what to do."""
    try:
        return well(what, look())
    except TapeflowError as error:
        return must(what, str(error))
