"""What the audit flow carries: neighbouring records of one partition."""

from __future__ import annotations

from dataclasses import dataclass

from flows._native import Batch


@dataclass(frozen=True, slots=True)
class Place:
    """A partition of a topic; the name is without prefix."""

    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.topic}[{self.partition}]"


@dataclass(frozen=True, slots=True)
class Block:
    """Records to land together: all that the log holds from `start` to the end of the last batch."""

    place: Place
    start: int
    batches: tuple[Batch, ...]

    @property
    def end(self) -> int:
        """Offset behind the last record."""
        return self.batches[-1].last_offset + 1

    def __len__(self) -> int:
        return sum(len(batch) for batch in self.batches)
