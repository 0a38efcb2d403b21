"""A matching engine for one symbol: strict price-time priority, by the rules of `docs/matching.md`.

    from flows.matching import MatchingEngine, Order, Side

    engine = MatchingEngine("BTC-USDT", tick_size=5)
    engine.add_order(Order(1, Side.SELL, 10, 105))
    fills = engine.add_order(Order(2, Side.BUY, 4, 110))

`MatchingEngine` is written in Rust, `PythonMatchingEngine` is the same in plain Python: same calls, same events,
same rejections, same snapshots, to the byte. `Matching` is what both are.

Prices and quantities are signed 64-bit counts of units that the caller chooses; times are nanoseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flows._native import Fill, Order
from flows.kernels.matching import (
    Action,
    EventKind,
    Flag,
    Kind,
    Phase,
    Reason,
    Rejected,
    SelfTrade,
    Side,
    TimeInForce,
    Why,
)
from flows.matching.arrays import COMMAND, EVENT
from flows.matching.engine import MatchingEngine
from flows.matching.matching import Matching
from flows.matching.python_engine import PythonMatchingEngine
from flows.matching.views import Batch, BookDepth, BookLevel, LiveOrder, QueuePosition

ENGINES: Mapping[str, type[Matching]] = MappingProxyType({"rust": MatchingEngine, "python": PythonMatchingEngine})
"""Both engines, by the names that they have in Tapeflow's configuration."""

__all__ = [
    "COMMAND",
    "ENGINES",
    "EVENT",
    "Action",
    "Batch",
    "BookDepth",
    "BookLevel",
    "EventKind",
    "Fill",
    "Flag",
    "Kind",
    "LiveOrder",
    "Matching",
    "MatchingEngine",
    "Order",
    "Phase",
    "PythonMatchingEngine",
    "QueuePosition",
    "Reason",
    "Rejected",
    "SelfTrade",
    "Side",
    "TimeInForce",
    "Why",
]
