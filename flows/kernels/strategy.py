"""The strategy interface, and the strategies that come with Tapeflow (docs/strategies.md).

A strategy of your own is a class with this interface, named in the configuration as `module:Class`; it is made as
`Class(name, parameters)`. It runs in the python engine.
"""

from __future__ import annotations

import importlib
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flows.contracts.records import FeatureVector, OrderType, Side, TimeInForce
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError


@dataclass(frozen=True, slots=True)
class Quote:
    """Where to stand on both sides of the market. Risk works the two prices out, as they follow from what the strategy
    holds, and replaces the two orders when they are others. All are prices, in the instrument's units."""

    half_spread: int
    """From the reservation price to either side."""
    skew: int
    """How far below the middle of the touch the reservation price lies for each quantity that the strategy holds."""
    price_step: int | None
    """Prices are multiples of it. None, for what is none of the instrument's units, is rejected."""
    bid_price: int
    """The touch: a quote never stands at the other side's price or beyond."""
    ask_price: int


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
    stop_price: int | None = None
    """Risk closes what the order opened at the first mark at this price or beyond it, against it. Marks come at bar
    closes."""
    target_price: int | None = None
    """The same in its favour."""
    exit_ns: int | None = None
    """And at the first mark of this venue time or later: nanoseconds since 1970, UTC."""
    post_only: bool = False
    """The venue refuses it if it would take. For a limit order with time in force GTC."""
    expires_ns: int | None = None
    """Such an order is good till then, by the clock of `receive_ns`: nanoseconds since 1970, UTC."""
    quote: Quote | None = None
    """Two quotes instead of one order; they need `expires_ns`. Side, price and order type say nothing then."""


class Strategy(Protocol):
    """One strategy on one instrument and bar length: pure, as every kernel.

    No clock, no chance, no files: what it says follows from the bars that it was given, so that a replay of the log
    makes the same orders. For each bar the stage calls `should_execute`, then `generate_signals`, then `risk_check` for
    each intent. What raises, gives back something else than is said here, or takes too long (`step_limit`) mutes the
    strategy for that instrument, and a dead letter says why.

    A class that inherits this need not write what has a default.
    """

    name: str
    warm_up: int = 0
    """So many bars it is fed before it is heard: what it wants at them is dropped."""

    def should_execute(self, features: FeatureVector) -> bool:
        """Whether it acts at this bar: its session, its filters. What it wants at others is dropped. Changes nothing
        in the strategy."""
        return True

    @abstractmethod
    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        """Takes the features of the next bar, every one of them, and says what it wants."""

    def risk_check(self, intent: Intent, features: FeatureVector) -> str | None:
        """The strategy's own last word, ahead of the risk desk: why this must not go out, or None. The reason goes to
        `ops.dead_letters`, so it is for what should not happen; what happens every day belongs in `should_execute`.
        Changes nothing in the strategy."""
        return None

    @abstractmethod
    def snapshot(self, ids: SchemaIds) -> bytes:
        """The state."""

    @abstractmethod
    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Replaces the state by one that `snapshot` wrote. Raises StageRestoreError for another strategy's."""


Factory = Callable[[], Strategy]
"""Makes the strategy of one instrument."""

KNOWN = ("ema_cross", "rsi_reversion", "zscore_reversion", "flow_imbalance", "overnight_range", "market_making")

_METHODS = ("should_execute", "generate_signals", "risk_check", "snapshot", "restore")


def factory(name: str, kind: str, parameters: Mapping[str, Any]) -> Factory:
    """The factory for a strategy's `kind` and `parameters`. Raises StageConfigError."""
    place = f"strategies.{name}.kind"
    if kind in KNOWN:
        kind = f"flows.kernels.{kind}:{''.join(part.capitalize() for part in kind.split('_'))}"
    module, separator, cls = kind.partition(":")
    if not separator:
        raise StageConfigError(f"{place}: is none of {', '.join(KNOWN)}, nor a Python class as module:Class")
    try:
        make = getattr(importlib.import_module(module), cls)
    except Exception as error:
        # Whatever a user's module raises when it is imported.
        raise StageConfigError(f"{place}: {kind} cannot be loaded: {type(error).__name__}: {error}") from error
    if hasattr(make, "on_features") and not hasattr(make, "generate_signals"):
        raise StageConfigError(
            f"{place}: {kind} has on_features, which is now called generate_signals; rename it and inherit "
            "flows.kernels.strategy.Strategy, which has a default for what is new (docs/strategies.md)"
        )
    missing = [method for method in _METHODS if not callable(getattr(make, method, None))]
    if missing:
        raise StageConfigError(
            f"{place}: {kind} has no {', '.join(missing)}; flows.kernels.strategy.Strategy, when inherited, has a "
            "default for should_execute, risk_check and warm_up (docs/strategies.md)"
        )
    _try(name, kind, make, parameters)
    return lambda: cast(Strategy, make(name, parameters))


def _try(name: str, kind: str, make: Callable[..., Any], parameters: Mapping[str, Any]) -> None:
    """Makes one and hands its state to another, so that what is wrong is found before the first bar. Raises
    StageConfigError."""
    ids = SchemaIds.embedded()
    try:
        made = make(name, parameters)
        state = made.snapshot(ids)
        make(name, parameters).restore(ids, state)
        warm_up = made.warm_up
    except StageConfigError:
        raise
    except Exception as error:
        raise StageConfigError(
            f"strategies.{name}.parameters: {kind} cannot be made with them, or has no state to save: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not isinstance(state, bytes):
        raise StageConfigError(f"strategies.{name}.kind: {kind}'s snapshot is a {type(state).__name__}, not bytes")
    if isinstance(warm_up, bool) or not isinstance(warm_up, int) or not 0 <= warm_up < 2**63:
        raise StageConfigError(f"strategies.{name}.kind: {kind}'s warm_up is {warm_up!r}, not a number of bars")


def take_touch(features: FeatureVector, side: Side, strength: float, reason: str) -> list[Intent]:
    """An order that takes what the other side offers now, and nothing later: the best ask for a buy, the best bid
    for a sell. None where that side shows no price."""
    price = features.ask_price if side is Side.BUY else features.bid_price
    if price is None:
        return []
    return [Intent(side, OrderType.LIMIT, TimeInForce.IOC, price, strength, reason)]
