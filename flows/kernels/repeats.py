"""Invariant 3, the reader's half: a record whose origin is not past the last of its producer is a repeat.

A writer that died may have had a request under way that lands after its successor read the tail; the successor then
writes the same records again. Dropping the repeat loses nothing.
"""

from __future__ import annotations

from flows.contracts.records import Bar, FeatureVector, Mark, Origin, Rollout, Signal, SourceState
from flows.contracts.topics import Topic

# The stage that makes records of this kind with ever increasing origins. Reports have an origin too, but increase per
# order only: the kernel risk sees to them.
_PRODUCERS = {
    Bar.SUBJECT: "bars",
    FeatureVector.SUBJECT: "features",
    Mark.SUBJECT: "signals",
    Signal.SUBJECT: "signals",
}


class Repeats:
    """The newest origin of each producer."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, int], tuple[int, int]] = {}

    def is_repeat(self, topic: Topic, subject: str, origin: Origin) -> bool:
        """Notes the record; true if it was seen before."""
        producer = _producer_of(topic, subject)
        if producer is None:
            return False
        place, here = (producer, origin.partition), (origin.offset, origin.index)
        newest = self._newest.get(place)
        if newest is not None and here <= newest:
            return True
        self._newest[place] = here
        return False

    def to_states(self) -> list[SourceState]:
        """By producer and partition."""
        return [
            SourceState(producer, partition, *newest) for (producer, partition), newest in sorted(self._newest.items())
        ]

    @classmethod
    def from_states(cls, states: list[SourceState]) -> Repeats:
        """Producers that no kind has any more are forgotten."""
        repeats = cls()
        known = set(_PRODUCERS.values())
        repeats._newest = {
            (state.producer, state.partition): (state.offset, state.index)
            for state in states
            if state.producer in known
        }
        return repeats


def _producer_of(topic: Topic, subject: str) -> str | None:
    """The stage that writes such records into the topic. What is passed on comes from the topic's own writer."""
    if subject == Rollout.SUBJECT:
        return next((_PRODUCERS[made] for made in topic.records if made in _PRODUCERS), None)
    return _PRODUCERS.get(subject)
