"""When a market is open: one session a day, by the clock of its place (`place_clock`).

A session begins at `open` on its day, and ends at `close`, on the next day where that is not behind the open. It begins
on `days` of the week, and on none of the dates in `closed`: holidays, by the date on which it would have begun. A half
day is one of `early_closes`, by the date on which it begins, with the clock at which it ends: `2026-11-27 13:00`.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Final, NamedTuple

from flows.errors import StageConfigError
from flows.kernels.config import Fields
from flows.kernels.place_clock import clock_of, date_of, local_day, moment_ns, zone_of

FIELDS: Final = ("timezone", "open", "close", "days", "closed", "early_closes")
"""What a configuration says of it."""
_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60


class Session(NamedTuple):
    """Nanoseconds since 1970, UTC; the end is exclusive."""

    open_ns: int
    close_ns: int


class DaySession:
    """Takes FIELDS of a configuration. `opens` and `closes` are meant where it does not say them; without, it must."""

    def __init__(self, fields: Fields, opens: str | None = None, closes: str | None = None) -> None:
        """Raises StageConfigError."""
        rule, opens, closes = fields.text("timezone", "UTC0"), fields.text("open", opens), fields.text("close", closes)
        days, closed = fields.texts("days", _WEEK), fields.texts("closed", [])
        early = fields.texts("early_closes", [])
        self._zone = zone_of(rule, fields.at("timezone"))
        self._open = clock_of(opens, fields.at("open"))
        self._close = clock_of(closes, fields.at("close"))
        if not days or any(day not in _WEEK for day in days):
            raise StageConfigError(f"{fields.at('days')}: name some of {', '.join(_WEEK)}")
        self._days = frozenset(_WEEK.index(day) for day in days)
        self._closed = frozenset(date_of(text, fields.at("closed")) for text in closed)
        self._early: dict[date, time] = {}
        for text in early:
            self._add_early(text, fields.at("early_closes"))
        self.text = f"{rule} {opens} {closes} {','.join(days)} {','.join(closed)}"
        """All that was said of it, for states."""
        if early:
            self.text += f" {','.join(early)}"

    @classmethod
    def within_a_day(cls, fields: Fields) -> DaySession:
        """The same for a strategy, whose sessions do not reach over midnight. Raises StageConfigError."""
        made = cls(fields, "09:30", "16:00")
        if made._open >= made._close:
            raise StageConfigError(f"{fields.at('open')}: is not before the close")
        return made

    def of(self, at_ns: int) -> Session:
        """The session that goes on at a time, or else the next."""
        # It may have begun the day before.
        day = local_day(at_ns, self._zone) - _DAY
        while True:
            if self._begins_on(day):
                close_ns = self._close_ns(day)
                if at_ns < close_ns:
                    return Session(moment_ns(day, self._open, self._zone), close_ns)
            day += _DAY

    def _begins_on(self, day: date) -> bool:
        return day.weekday() in self._days and day not in self._closed

    def _close_ns(self, day: date) -> int:
        close = self._early.get(day, self._close)
        return moment_ns(day if close > self._open else day + _DAY, close, self._zone)

    def _add_early(self, text: str, place: str) -> None:
        day_text, _, clock = text.partition(" ")
        day, close = date_of(day_text, place), clock_of(clock, f"{place}: {text}")
        if not self._begins_on(day) or day in self._early:
            raise StageConfigError(f"{place}: {text}: no session begins on that day, or it is named twice")
        if self._minutes_to(close) >= self._minutes_to(self._close):
            raise StageConfigError(f"{place}: {text}: is not before the close of other days")
        self._early[day] = close

    def _minutes_to(self, close: time) -> int:
        """From the open, by the clock: a whole day where they are the same."""
        opens, closes = (clock.hour * 60 + clock.minute for clock in (self._open, close))
        return (closes - opens - 1) % _DAY_MINUTES + 1
