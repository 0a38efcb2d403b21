"""The matching engine in plain Python: the readable reference of `rust_ingest/kernels/src/matching`.

The rules stand in `docs/matching.md`. `flows.matching` is what users import.
"""

from __future__ import annotations

from flows.kernels.matching.codes import (
    Action,
    EventKind,
    Flag,
    Kind,
    Phase,
    Reason,
    SelfTrade,
    Side,
    TimeInForce,
    Why,
)
from flows.kernels.matching.command import Command
from flows.kernels.matching.engine import Engine
from flows.kernels.matching.event import Event
from flows.kernels.matching.rejection import Rejected

__all__ = [
    "Action",
    "Command",
    "Engine",
    "Event",
    "EventKind",
    "Flag",
    "Kind",
    "Phase",
    "Reason",
    "Rejected",
    "SelfTrade",
    "Side",
    "TimeInForce",
    "Why",
]
