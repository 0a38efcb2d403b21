"""What programs have left to do, as the broker says: records, and how old the oldest of them is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.connectors import dead_letters, log_ages
from flows.connectors.log_ages import Place
from flows.connectors.log_ends import BrokerAway, LogEnds
from flows.contracts import topics
from flows.errors import LogReadError, RegistryError
from flows.stack.errors import NotRunning
from flows.stack.settings import Settings

Left = Mapping[Place, tuple[int, int]]
"""By partition that is not worked through: where the program stands, and how many records are left."""


@dataclass(frozen=True)
class Log:
    """One look at the broker; empty where it does not answer."""

    ends: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    dead_letters: Counter[str] = field(default_factory=Counter)
    """By stage, among the newest of the log."""
    away: str = ""
    """Why it said nothing."""


def look(settings: Settings) -> Log:
    try:
        ends = LogEnds(settings).read(topics.load())
        found = dead_letters.by_stage(settings) if any(ends[dead_letters.TOPIC].values()) else Counter[str]()
        return Log(ends, found)
    except (BrokerAway, NotRunning, LogReadError, RegistryError) as error:
        return Log(away=str(error))


def left(status: Mapping[str, Any], log: Log) -> Left | None:
    """Of a program, by its status; None if it has no positions, or the broker is away."""
    positions = status.get("positions")
    if not log.ends or not positions or not any(positions.values()):
        return None
    found = {}
    for topic, partitions in positions.items():
        for partition, position in partitions.items():
            count = log.ends.get(topic, {}).get(int(partition), 0) - position
            if count > 0:
                found[topic, int(partition)] = position, count
    return found


def ages_s(settings: Settings, programs: Iterable[Left | None]) -> dict[tuple[Place, int], float]:
    """How old the first record is that is left, by partition and position."""
    found = {}
    places = {(place, at) for one in programs if one for place, (at, _) in one.items()}
    while places:
        # One position of a partition at a time: programs may stand one behind the other.
        asked = dict(places)
        for place, written_ms in log_ages.written_ms(settings, asked).items():
            found[place, asked[place]] = max(0.0, time.time() - written_ms / 1e3)
        places -= set(asked.items())
    return found
