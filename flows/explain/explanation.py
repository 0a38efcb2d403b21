"""What an explanation says, as plain data: renderers add nothing but form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from flows.connectors.log_lookup import Entry
from flows.contracts.codec import Record
from flows.contracts.records import Exit


@dataclass(frozen=True, slots=True)
class Link:
    """One record of the chain, and where it stands."""

    entry: Entry
    record: Record

    @property
    def place(self) -> str:
        return f"{self.entry.topic}[{self.entry.partition}] {self.entry.offset}"


@dataclass(frozen=True, slots=True)
class TickGroup:
    """Ticks of one kind that went into a bar."""

    kind: str
    count: int
    first: Link
    last: Link


@dataclass(frozen=True, slots=True)
class Ticks:
    """What stands between the tick that closed the bar before and the one that closed this bar."""

    start: int
    """First offset that may belong to the bar."""
    closing: Link
    """The tick that showed that the bar was over; the origin of all that follows."""
    groups: list[TickGroup]
    latest: list[Link]
    """The last few of them, oldest first."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One moment on the way from the market to the last report."""

    name: str
    at_ns: int
    since_previous_ns: int | None
    """Since the moment before on the order's way; None for what nothing on that way waits for."""
    since_tick_ns: int
    """Since the tick was received."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What an order closes, and why."""

    client_order_id: str
    exit: Exit
    signal: Link | None
    """What asked for that order, and said when it is to be closed; None if it is no longer there."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Every record from the ticks to the last report of one order."""

    order: Link
    decision: Link
    closes: Closed | None
    """Of an order that nobody asked for by a signal of its own."""
    signal: Link
    """What risk made it of: a strategy's Signal, or the Mark that reached what it closes."""
    features: Link | None
    features_before: Link | None
    """The strategy's input before that: strategies act on crossings."""
    bars: list[Link]
    """All that the tick closed; the strategy's own first."""
    ticks: Ticks
    reports: list[Link]
    notes: list[str]
    """What is odd or no longer there."""


class Verdict(str, Enum):
    """What came of running the stages again."""

    IDENTICAL = "identical"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One record of the log against what the stages make now."""

    kind: str
    place: str
    difference: str | None
    """The first field that differs, with both values; None if the bytes are the same."""


@dataclass(frozen=True, slots=True)
class Run:
    """One flow, run again over a partition from its beginning."""

    flow: str
    place: str
    records: int
    seconds: float
    comparisons: list[Comparison]


@dataclass(frozen=True, slots=True)
class Rederivation:
    """What the stages make of the log now."""

    engines: Mapping[str, str]
    config: str
    """Which configuration was used."""
    runs: list[Run]
    reason: str | None = None
    """Why there is no verdict."""

    @property
    def verdict(self) -> Verdict:
        if self.reason is not None:
            return Verdict.UNKNOWN
        same = all(one.difference is None for run in self.runs for one in run.comparisons)
        return Verdict.IDENTICAL if same else Verdict.DIFFERENT


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an order was sent, and what became of it."""

    chain: Chain
    strategy: Mapping[str, Any] | None
    """The strategy's table in the configuration used; None if it has none of that name."""
    hops: list[Hop]
    rederivation: Rederivation
    market: list[Link] = field(default_factory=list)
    """Trades and quotes of the instrument around the order, for the picture."""
