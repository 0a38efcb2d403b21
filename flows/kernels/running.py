"""A configured strategy, with a seat on each instrument that it has seen."""

from __future__ import annotations

from functools import partial

from flows.contracts.records import FeatureVector, Origin, Signal, StandingState, StrategyState
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError
from flows.kernels.config import Fields
from flows.kernels.decimal_units import DecimalText
from flows.kernels.emit import Emit
from flows.kernels.refusal import Muted, Withheld
from flows.kernels.seat import Fault, Seat
from flows.kernels.strategy import KNOWN, Intent, factory

Seats = dict[tuple[str, str], Seat]
"""By venue and instrument."""


class Running:
    def __init__(self, config: object) -> None:
        """Raises StageConfigError."""
        self.name = Fields(config, "strategies").text("name")
        fields = Fields(config, f"strategies.{self.name}")
        texts = {name: fields.text(name) for name in ("name", "account", "venue", "instrument")}
        for name, text in texts.items():
            if not text:
                raise StageConfigError(f"{fields.at(name)}: is empty")
        self.account, self._venue, self._instrument = texts["account"], texts["venue"], texts["instrument"]
        self._series = fields.text("series", "")
        self.interval_ns = fields.whole("interval_ns", 0)
        """0 where a series is named."""
        if not self._series and self.interval_ns <= 0:
            raise StageConfigError(f"{fields.at('interval_ns')}: is not positive")
        if self._series and self.interval_ns != 0:
            raise StageConfigError(
                f"{fields.at('interval_ns')}: is of time bars: a strategy works on them or on a series"
            )
        quantity = DecimalText.parse(fields.text("quantity"))
        if quantity is None:
            raise StageConfigError(f"{fields.at('quantity')}: is not a positive decimal such as 0.001")
        self._quantity = quantity
        self._version = fields.text("version", "")
        kind = fields.text("kind")
        self._make = factory(self.name, kind, fields.table("parameters"))
        self._is_own = kind not in KNOWN
        fields.end()
        self.seats: Seats = {}

    def _seat(self) -> Seat:
        return Seat(self.name, self._make, self._is_own)

    def trades(self, features: FeatureVector) -> bool:
        return self._venue == features.venue and self._instrument in ("*", features.instrument)

    def reads(self, features: FeatureVector) -> bool:
        return self.is_on(features) and self.trades(features)

    def is_on(self, features: FeatureVector) -> bool:
        """Whether these are its bars."""
        return (self.interval_ns, self._series) == (features.interval_ns, features.series)

    def take(self, features: FeatureVector, emit: Emit) -> None:
        """Sends what it wants as signals, and what went wrong or was withheld as dead letters."""
        key = (features.venue, features.instrument)
        if key not in self.seats:
            self.seats[key] = self._seat()
        seat, units = self.seats[key], self._quantity.units(features.quantity_exponent)
        try:
            if units is None:
                seat.mute(f"its quantity {self._quantity.text} is no 64-bit count of 10^{features.quantity_exponent}")
                return
            wanted = seat.take(features)
        except Fault as fault:
            emit.dead_letter(Muted(self.name, features, str(fault)))
            return
        for intent, withheld in wanted:
            if withheld is None:
                emit.send(partial(self._signal, intent, units, features))
            else:
                emit.dead_letter(Withheld(self.name, features, withheld))

    def _signal(self, intent: Intent, units: int, features: FeatureVector, origin: Origin) -> Signal:
        quote = intent.quote
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
            series=features.series,
            stop_price=intent.stop_price,
            target_price=intent.target_price,
            exit_ns=intent.exit_ns,
            post_only=intent.post_only,
            expires_ns=intent.expires_ns,
            half_spread=quote.half_spread if quote else None,
            skew=quote.skew if quote else None,
            price_step=quote.price_step if quote else None,
            bid_price=quote.bid_price if quote else None,
            ask_price=quote.ask_price if quote else None,
        )

    def save(self, ids: SchemaIds, states: list[StrategyState], standings: list[StandingState]) -> None:
        """Appends what its seats hold, by venue and instrument. Raises StageError."""
        for (venue, instrument), seat in sorted(self.seats.items(), key=lambda item: item[0]):
            state = seat.state(ids)
            if state is not None:
                states.append(StrategyState(self.name, venue, instrument, state))
            standings.append(seat.standing(venue, instrument, self._version))

    def restored(self, ids: SchemaIds, states: list[StrategyState], standings: list[StandingState]) -> Seats:
        """Its seats as saved. One that another version left muted is empty: the new version begins anew. Raises
        StageRestoreError."""
        seats: Seats = {}
        for saved in states:
            if saved.strategy == self.name:
                seat = seats[saved.venue, saved.instrument] = self._seat()
                seat.restore(ids, saved.state)
        for standing in standings:
            if standing.strategy == self.name and not (standing.muted and standing.version != self._version):
                key = (standing.venue, standing.instrument)
                seats.setdefault(key, self._seat()).stand(standing)
        return seats
