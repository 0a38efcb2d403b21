"""What one account holds of one instrument, may hold, and thinks it worth.

Fills are kept as sums, so that nothing is ever rounded: the position is bought less sold, and profit is sold less
bought notional, plus position x mark.
"""

from __future__ import annotations

from dataclasses import dataclass

from flows.contracts.records import LimitsState, MarkState, PositionState, Side
from flows.kernels.checked import INT64_MAX, possible_scale, same_scale
from flows.kernels.scale import Scale


@dataclass(slots=True)
class Holding:
    """One instrument of one account."""

    scale: Scale
    limits: LimitsState | None = None
    mark: MarkState | None = None
    bought_quantity: int = 0
    bought_notional: int = 0
    sold_quantity: int = 0
    sold_notional: int = 0

    @property
    def position(self) -> int:
        """Signed."""
        return self.bought_quantity - self.sold_quantity

    def has_room_for(self, side: Side, quantity: int) -> bool:
        """Whether a fill's sums fit. Quantities bound notionals: these are at most the highest price x quantity,
        below 2^126."""
        total = self.bought_quantity if side is Side.BUY else self.sold_quantity
        return total + quantity <= INT64_MAX

    def fill(self, side: Side, quantity: int, price: int) -> None:
        """Counts a fill that `has_room_for` let pass."""
        if side is Side.BUY:
            self.bought_quantity += quantity
            self.bought_notional += quantity * price
        else:
            self.sold_quantity += quantity
            self.sold_notional += quantity * price

    def state(self, venue: str, instrument: str) -> PositionState:
        return PositionState(
            venue=venue,
            instrument=instrument,
            price_exponent=self.scale.price_exponent,
            quantity_exponent=self.scale.quantity_exponent,
            limits=self.limits,
            mark=self.mark,
            bought_quantity=self.bought_quantity,
            bought_notional=self.bought_notional,
            sold_quantity=self.sold_quantity,
            sold_notional=self.sold_notional,
        )

    @classmethod
    def restored(cls, state: PositionState) -> Holding:
        return cls(
            scale=Scale(state.price_exponent, state.quantity_exponent),
            limits=state.limits,
            mark=state.mark,
            bought_quantity=state.bought_quantity,
            bought_notional=state.bought_notional,
            sold_quantity=state.sold_quantity,
            sold_notional=state.sold_notional,
        )


def check_scale(known: Holding | None, record: Scale, venue: str, instrument: str) -> None:
    """Refuses a record with another scale than its instrument's, or one that no instrument has."""
    if known is None:
        possible_scale(record)
    else:
        same_scale(known.scale, record, venue, instrument)
