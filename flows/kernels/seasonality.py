"""How a bar compares with those of the same time of the day: the day's pattern, taken out.

T. G. Andersen and T. Bollerslev, "Intraday periodicity and volatility persistence in financial markets", Journal of
Empirical Finance 4 (1997): activity has a pattern of the day, and what is unusual is so against that. Here the pattern
is a table of means: the day (UTC) has `slots` slots of one length, and each keeps the mean volume and the mean absolute
simple return of a bar that opened in it, over the days before. A day on which the slot had a bar counts as one, however
many bars it had; the first `days` of them weigh the same, and from then on each new one weighs 1 / `days`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from flows.contracts.records import SeasonSlotState

_DAY_NS = 86_400_000_000_000


@dataclass(slots=True)
class _Slot:
    """Fields as in its state."""

    slot: int
    day: int
    bars: int = 0
    volume: float = 0.0
    movement: float = 0.0
    days: int = 0
    volume_mean: float = 0.0
    movement_mean: float = 0.0

    def end_day(self, days: int) -> None:
        """Takes the day that is over into the means."""
        count = float(self.bars)
        self.days = min(self.days + 1, days)
        weight = float(self.days)
        self.volume_mean += (self.volume / count - self.volume_mean) / weight
        self.movement_mean += (self.movement / count - self.movement_mean) / weight
        self.bars, self.volume, self.movement = 0, 0.0, 0.0


class Season:
    """The slots of one series."""

    def __init__(self, slots: int, days: int) -> None:
        self._count = slots
        self._days = days
        self._slots: dict[int, _Slot] = {}

    def add(self, open_ns: int, volume: float, movement: float) -> tuple[float | None, float | None]:
        """Takes a bar's volume and absolute return, and gives each by its mean on the days before: None before there
        is one, and where that is 0."""
        day, since_midnight_ns = divmod(open_ns, _DAY_NS)
        number = since_midnight_ns * self._count // _DAY_NS
        slot = self._slots.setdefault(number, _Slot(number, day))
        if slot.day != day:
            slot.end_day(self._days)
            slot.day = day
        slot.bars += 1
        slot.volume += volume
        slot.movement += movement
        return (
            volume / slot.volume_mean if slot.volume_mean > 0.0 else None,
            movement / slot.movement_mean if slot.movement_mean > 0.0 else None,
        )

    def states(self) -> list[SeasonSlotState]:
        """By slot."""
        names = [field.name for field in fields(_Slot)]
        return [
            SeasonSlotState(**{name: getattr(slot, name) for name in names}) for _, slot in sorted(self._slots.items())
        ]

    def restore(self, states: list[SeasonSlotState]) -> None:
        names = [field.name for field in fields(_Slot)]
        self._slots = {one.slot: _Slot(**{name: getattr(one, name) for name in names}) for one in states}
