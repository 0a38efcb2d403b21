"""market.features -> risk.inbox: marks and signals.

Each configured strategy gets the feature vectors of its venue, instrument (`*`: each one seen) and interval, one
instance per instrument. Before the signals of a vector comes one Mark per account that trades its instrument, if the
vector's interval is the shortest that the account's strategies use there: risk then judges the signals by that
price.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from flows.contracts.codec import Record, encode
from flows.contracts.records import FeatureVector, Mark, Origin, Signal, SignalsState, StrategyState
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError, StageError, StageRestoreError
from flows.kernels.checked import positive, possible_scale
from flows.kernels.config import Fields
from flows.kernels.decimal_units import DecimalText
from flows.kernels.emit import Emit
from flows.kernels.kernel import Position
from flows.kernels.refusal import BadQuantity
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state
from flows.kernels.strategy import KNOWN, Intent, Strategy, factory

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
    for kind in KNOWN
]


class Running:
    """A configured strategy, and its instance for each instrument that it has seen."""

    def __init__(self, config: object) -> None:
        """Raises StageConfigError."""
        self.name = Fields(config, "strategies").text("name")
        fields = Fields(config, f"strategies.{self.name}")
        texts = {name: fields.text(name) for name in ("name", "account", "venue", "instrument")}
        for name, text in texts.items():
            if not text:
                raise StageConfigError(f"{fields.at(name)}: is empty")
        self.account, self._venue, self._instrument = texts["account"], texts["venue"], texts["instrument"]
        self.interval_ns = fields.whole("interval_ns")
        if self.interval_ns <= 0:
            raise StageConfigError(f"{fields.at('interval_ns')}: is not positive")
        quantity = DecimalText.parse(fields.text("quantity"))
        if quantity is None:
            raise StageConfigError(f"{fields.at('quantity')}: is not a positive decimal such as 0.001")
        self._quantity = quantity
        self.make = factory(self.name, fields.text("kind"), fields.table("parameters"))
        fields.end()
        self.instances: dict[tuple[str, str], Strategy] = {}

    def trades(self, features: FeatureVector) -> bool:
        return self._venue == features.venue and self._instrument in ("*", features.instrument)

    def reads(self, features: FeatureVector) -> bool:
        return self.interval_ns == features.interval_ns and self.trades(features)

    def units(self, features: FeatureVector) -> int:
        """The configured quantity in the instrument's units."""
        units = self._quantity.units(features.quantity_exponent)
        if units is None:
            raise BadQuantity(self.name, self._quantity.text, features)
        return units

    def take(self, units: int, features: FeatureVector, emit: Emit) -> None:
        key = (features.venue, features.instrument)
        if key not in self.instances:
            self.instances[key] = self.make()
        for intent in self.instances[key].on_features(features):
            if not math.isfinite(intent.strength):
                raise StageError(f"strategy {self.name}: strength {intent.strength} is not finite")
            emit.send(partial(self._signal, intent, units, features))

    def _signal(self, intent: Intent, units: int, features: FeatureVector, origin: Origin) -> Signal:
        return Signal(
            origin=origin,
            account=self.account,
            strategy=self.name,
            venue=features.venue,
            instrument=features.instrument,
            price_exponent=features.price_exponent,
            quantity_exponent=features.quantity_exponent,
            interval_ns=features.interval_ns,
            event_ns=features.close_ns,
            receive_ns=features.receive_ns,
            side=intent.side,
            order_type=intent.order_type,
            time_in_force=intent.time_in_force,
            quantity=units if intent.quantity is None else intent.quantity,
            price=intent.price,
            reference_price=features.close,
            strength=intent.strength,
            reason=intent.reason,
        )


class Signals:
    """The kernel; configuration: strategies, each with name, kind, account, venue, instrument, interval_ns, quantity,
    parameters."""

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
        positive("close", features.close)
        possible_scale(Scale(features.price_exponent, features.quantity_exponent))
        # All that can be refused comes before the first output and the first change.
        reading = [strategy for strategy in self._strategies.values() if strategy.reads(features)]
        quantities = [strategy.units(features) for strategy in reading]
        for account in self._accounts:
            if self._marks(account, features):
                emit.send(partial(_mark, account, features))
        for strategy, units in zip(reading, quantities, strict=True):
            strategy.take(units, features, emit)

    def _marks(self, account: str, features: FeatureVector) -> bool:
        """Whether the vector's interval is the shortest that this account uses for the instrument."""
        lengths_ns = [
            strategy.interval_ns
            for strategy in self._strategies.values()
            if strategy.account == account and strategy.trades(features)
        ]
        return min(lengths_ns, default=None) == features.interval_ns

    def snapshot(self, ids: SchemaIds) -> bytes:
        states = [
            StrategyState(name, venue, instrument, instance.snapshot(ids))
            for name, strategy in self._strategies.items()
            for (venue, instrument), instance in sorted(strategy.instances.items(), key=lambda item: item[0])
        ]
        return encode(SignalsState(states), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        restored: dict[str, dict[tuple[str, str], Strategy]] = {name: {} for name in self._strategies}
        for saved in open_state(ids, state, SignalsState).strategies:
            if saved.strategy not in restored:
                raise StageRestoreError(
                    f"strategies had {saved.strategy} when the snapshot was taken and has "
                    f"{', '.join(self._strategies)} now; go on with the old value, or delete the state and the outputs "
                    "and start from the beginning of the log"
                )
            instance = self._strategies[saved.strategy].make()
            instance.restore(ids, saved.state)
            restored[saved.strategy][saved.venue, saved.instrument] = instance
        for name, instances in restored.items():
            self._strategies[name].instances = instances


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
