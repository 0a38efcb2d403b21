"""The strategy interface, and the strategies that come with Tapeflow.

A strategy of your own is a class with this interface, named in the configuration as `module:Class`; it is made as
`Class(name, parameters)`. It runs in the python engine.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flows.contracts.records import FeatureVector, OrderType, Side, TimeInForce
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError


@dataclass(frozen=True, slots=True)
class Intent:
    """What a strategy wants to do; the stage adds who, where and how much, and risk decides."""

    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    price: int | None
    """Limit price in the instrument's units; None for a market order."""
    strength: float
    """The strategy's own measure; finite."""
    reason: str
    """One line for people. No formatted floats: the twins write the same bytes."""
    quantity: int | None = None
    """In the instrument's units; None for the configured quantity."""


class Strategy(Protocol):
    """One strategy on one instrument and bar length: pure, as every kernel. An exception stops the flow."""

    name: str

    def on_features(self, features: FeatureVector) -> list[Intent]:
        """Takes the features of the next bar."""

    def snapshot(self, ids: SchemaIds) -> bytes:
        """The state."""

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Replaces the state by one that `snapshot` wrote. Raises StageRestoreError for another strategy's."""


Factory = Callable[[], Strategy]
"""Makes the strategy of one instrument."""

KNOWN = ("ema_cross", "rsi_reversion")


def factory(name: str, kind: str, parameters: Mapping[str, Any]) -> Factory:
    """The factory for a strategy's `kind` and `parameters`. Raises StageConfigError."""
    if kind in KNOWN:
        kind = f"flows.kernels.{kind}:{''.join(part.capitalize() for part in kind.split('_'))}"
    module, separator, cls = kind.partition(":")
    if not separator:
        raise StageConfigError(
            f"strategies.{name}.kind: is none of {', '.join(KNOWN)}, nor a Python class as module:Class"
        )
    try:
        make = getattr(importlib.import_module(module), cls)
    except (ImportError, AttributeError) as error:
        raise StageConfigError(f"strategies.{name}.kind: {kind} cannot be loaded: {error}") from error
    # Once here, so that wrong parameters are found before the first bar.
    make(name, parameters)
    return lambda: cast(Strategy, make(name, parameters))


def take_touch(features: FeatureVector, side: Side, strength: float, reason: str) -> list[Intent]:
    """An order that takes what the other side offers now, and nothing later: the best ask for a buy, the best bid
    for a sell. None where that side shows no price."""
    price = features.ask_price if side is Side.BUY else features.bid_price
    if price is None:
        return []
    return [Intent(side, OrderType.LIMIT, TimeInForce.IOC, price, strength, reason)]
