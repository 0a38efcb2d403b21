"""What happens to a desk, and when: drawn from a seed alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from flows.config import STAGES

SERVICES = ("kafka", "clickhouse")
PROGRAMS = ("ingestor", "risk", "router", "audit")
LAYOUTS = (("market",), ("bars", "features", "signals"))
ENGINES = ("rust", "rust", "python")
_STALLS = 2
_SUCCESSIONS = 3
_GROUPS = 2
_CHANGES = 6
# With 50 both engines run, and are compared as they go.
_PERCENTAGES = (0, 50, 100)


class Act(str, Enum):
    """What is done to a process."""

    KILL = "kill -9"
    STALL = "stop"
    WAKE = "wake"
    SUCCEED = "start a successor of"


@dataclass(frozen=True, slots=True)
class Fault:
    """One moment; of several victims, all are struck at once."""

    at_s: float
    """Seconds after the market began."""
    act: Act
    victims: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.at_s:5.1f} s: {self.act.value} {', '.join(self.victims)}"


@dataclass(frozen=True, slots=True)
class Change:
    """A stage's keys change engines, through the log."""

    at_s: float
    """Seconds after the market began."""
    stage: str
    rust_percent: int

    def __str__(self) -> str:
        return f"{self.at_s:5.1f} s: {self.rust_percent} % of {self.stage} in Rust"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One round."""

    seed: int
    flows: tuple[str, ...]
    """From ticks to signals: in one process, or one for each stage."""
    engine: str
    market_s: float
    faults: tuple[Fault, ...]
    changes: tuple[Change, ...]

    def names(self) -> tuple[str, ...]:
        """All that may be struck."""
        return (*SERVICES, *PROGRAMS, *self.flows)


def draw(seed: int, market_s: float) -> Schedule:
    """Everybody dies alone once, some die together, all die together, some are stopped for seconds, and some of them
    wake up behind a successor. Meanwhile stages change engines. In any order, at any moment of `market_s` seconds."""
    dice = random.Random(seed)
    flows = dice.choice(LAYOUTS)
    names = [*SERVICES, *PROGRAMS, *flows]
    replaceable = [*PROGRAMS, *flows]
    kills = [(name,) for name in names]
    kills += [tuple(dice.sample(names, dice.randint(2, 4))) for _ in range(_GROUPS)]
    kills.append(tuple(names))
    faults = [Fault(_moment(dice, market_s), Act.KILL, victims) for victims in kills]
    for _ in range(_STALLS):
        faults += _stall(dice, market_s, dice.choice(names))
    for name in dice.sample(replaceable, _SUCCESSIONS):
        faults += _succession(dice, market_s, name)
    ordered = tuple(sorted(faults, key=lambda fault: (fault.at_s, fault.act.value, fault.victims)))
    changes = (Change(_moment(dice, market_s), dice.choice(STAGES), dice.choice(_PERCENTAGES)) for _ in range(_CHANGES))
    in_order = tuple(sorted(changes, key=lambda change: change.at_s))
    return Schedule(seed, flows, dice.choice(ENGINES), market_s, ordered, in_order)


def _moment(dice: random.Random, market_s: float) -> float:
    # The first seconds are a start like any other: struck too.
    return round(dice.uniform(0, market_s), 1)


def _stall(dice: random.Random, market_s: float, name: str) -> Iterator[Fault]:
    begin_s = _moment(dice, market_s)
    yield Fault(begin_s, Act.STALL, (name,))
    yield Fault(round(begin_s + dice.uniform(0.5, 6), 1), Act.WAKE, (name,))


def _succession(dice: random.Random, market_s: float, name: str) -> Iterator[Fault]:
    begin_s = _moment(dice, market_s)
    successor_s = begin_s + dice.uniform(0.1, 2)
    yield Fault(begin_s, Act.STALL, (name,))
    yield Fault(round(successor_s, 1), Act.SUCCEED, (name,))
    yield Fault(round(successor_s + dice.uniform(2, 8), 1), Act.WAKE, (name,))
