"""market.features -> risk.inbox: marks and signals.

Each configured strategy gets the feature vectors of its venue, instrument (`*`: each one seen) and bars (an interval,
or a series by name), one instance per instrument. Before the signals of a vector comes one Mark per account that
trades its instrument, if the vector is of the shortest time bars that the account's strategies use there, or, where
they use none, of the series that is named first: risk then judges the signals by that price.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flows.contracts.codec import Record, encode
from flows.contracts.records import FeatureVector, Mark, Origin, SignalsState, StandingState, StrategyState
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError, StageRestoreError
from flows.kernels.checked import INT64_MAX, positive, possible_scale
from flows.kernels.config import Fields
from flows.kernels.emit import Emit
from flows.kernels.kernel import Position
from flows.kernels.running import Running
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state

_DEFAULTS = [
    {
        "name": kind,
        "kind": kind,
        "account": "main",
        "venue": "binance",
        "instrument": "*",
        "interval_ns": 1_000_000_000,
        "quantity": "0.001",
    }
    for kind in ("ema_cross", "rsi_reversion")
]


class Signals:
    """The kernel; configuration: strategies, each with name, kind, account, venue, instrument, interval_ns or
    series, quantity, parameters, version."""

    reads = frozenset({FeatureVector.SUBJECT})

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        fields = Fields(config)
        self._strategies: dict[str, Running] = {}
        for table in fields.tables("strategies", _DEFAULTS):
            strategy = Running(table)
            if strategy.name in self._strategies:
                raise StageConfigError(f"strategies.{strategy.name}: stands there twice")
            self._strategies[strategy.name] = strategy
        fields.end()
        # In the order in which the configuration names them.
        self._accounts = list(dict.fromkeys(strategy.account for strategy in self._strategies.values()))

    def on_record(self, cause: Position, record: Record, emit: Emit) -> None:
        features: FeatureVector = record
        # All that can be refused comes before the first output and the first change.
        positive("close", features.close)
        possible_scale(Scale(features.price_exponent, features.quantity_exponent))
        for account in self._accounts:
            if self._marks(account, features):
                emit.send(partial(_mark, account, features))
        for strategy in self._strategies.values():
            if strategy.reads(features):
                strategy.take(features, emit)

    def _marks(self, account: str, features: FeatureVector) -> bool:
        """Whether these bars are the shortest, or else the first, that this account uses for the instrument."""
        trading = [
            strategy
            for strategy in self._strategies.values()
            if strategy.account == account and strategy.trades(features)
        ]
        marking = min(trading, key=lambda strategy: strategy.interval_ns or INT64_MAX, default=None)
        return marking is not None and marking.is_on(features)

    def snapshot(self, ids: SchemaIds) -> bytes:
        states: list[StrategyState] = []
        standings: list[StandingState] = []
        for strategy in self._strategies.values():
            strategy.save(ids, states, standings)
        return encode(SignalsState(states, standings), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, SignalsState)
        names = [one.strategy for one in saved.strategies] + [one.strategy for one in saved.standings]
        for name in names:
            if name not in self._strategies:
                raise StageRestoreError(
                    f"strategies had {name} when the snapshot was taken and has {', '.join(self._strategies)} now; "
                    "go on with the old value, or delete the state and the outputs and start from the beginning of the "
                    "log"
                )
        restored = [one.restored(ids, saved.strategies, saved.standings) for one in self._strategies.values()]
        for strategy, seats in zip(self._strategies.values(), restored, strict=True):
            strategy.seats = seats


def _mark(account: str, features: FeatureVector, origin: Origin) -> Mark:
    return Mark(
        origin=origin,
        account=account,
        venue=features.venue,
        instrument=features.instrument,
        price_exponent=features.price_exponent,
        quantity_exponent=features.quantity_exponent,
        event_ns=features.close_ns,
        receive_ns=features.receive_ns,
        price=features.close,
    )
