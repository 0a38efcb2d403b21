"""When a market is open, as `bars.sessions` says: one session a day, by the clock of its place (`day_session`).

A session begins at `open` on its day, and ends at `close`, on the next day where that is not behind the open. It begins
on `days` of the week, and on none of the dates in `closed`: holidays, by the date on which it would have begun. A half
day is one of `early_closes`, by the date on which it begins, with the clock at which it ends: `2026-11-27 13:00`.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

from flows.errors import StageConfigError
from flows.kernels.config import Fields
from flows.kernels.day_session import Session, clock_of, local_day, moment_ns, zone_of

_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_NAME = re.compile("[a-z][a-z0-9_]{0,31}")
_DATE = re.compile("(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60
FILLED, OF = "filled", "of"
"""What stands in a series' name where a session's name may stand."""


class TradingSessions:
    """One entry of the configuration."""

    def __init__(self, table: Any) -> None:
        """Raises StageConfigError."""
        fields = Fields(table, "sessions")
        self.name = fields.text("name")
        rule, opens, closes = fields.text("timezone", "UTC0"), fields.text("open"), fields.text("close")
        days, closed = fields.texts("days", _WEEK), fields.texts("closed", [])
        early = fields.texts("early_closes", [])
        fields.end()
        if _NAME.fullmatch(self.name) is None or self.name in (FILLED, OF):
            raise StageConfigError(f"sessions.name: {self.name} is no name of small letters, digits and _, as globex")
        self._zone = zone_of(rule, fields.at("timezone"))
        self._open = clock_of(opens, fields.at("open"))
        self._close = clock_of(closes, fields.at("close"))
        if not days or any(day not in _WEEK for day in days):
            raise StageConfigError(f"sessions.days: name some of {', '.join(_WEEK)}")
        self._days = frozenset(_WEEK.index(day) for day in days)
        self._closed = frozenset(_date(text, "closed") for text in closed)
        self._early: dict[date, time] = {}
        for text in early:
            self._add_early(text)
        self.text = f"{rule} {opens} {closes} {','.join(days)} {','.join(closed)}"
        """The whole entry but its name, for states."""
        if early:
            self.text += f" {','.join(early)}"

    def of(self, at_ns: int) -> Session:
        """The session that goes on at a time, or else the next."""
        # It may have begun the day before.
        day = local_day(at_ns, self._zone) - _DAY
        while True:
            if self._begins_on(day):
                session = self._session(day)
                if at_ns < session.close_ns:
                    return session
            day += _DAY

    def _begins_on(self, day: date) -> bool:
        return day.weekday() in self._days and day not in self._closed

    def _session(self, day: date) -> Session:
        close = self._early.get(day, self._close)
        last = day if close > self._open else day + _DAY
        return Session(moment_ns(day, self._open, self._zone), moment_ns(last, close, self._zone))

    def _add_early(self, text: str) -> None:
        day_text, _, clock = text.partition(" ")
        day, close = _date(day_text, "early_closes"), clock_of(clock, f"sessions.early_closes: {text}")
        if not self._begins_on(day) or day in self._early:
            raise StageConfigError(
                f"sessions.early_closes: {text}: no session begins on that day, or it is named twice"
            )
        if self._minutes_to(close) >= self._minutes_to(self._close):
            raise StageConfigError(f"sessions.early_closes: {text}: is not before the close of other days")
        self._early[day] = close

    def _minutes_to(self, close: time) -> int:
        """From the open, by the clock: a whole day where they are the same."""
        opens, closes = (clock.hour * 60 + clock.minute for clock in (self._open, close))
        return (closes - opens - 1) % _DAY_MINUTES + 1


def sessions(tables: list[Any]) -> dict[str, TradingSessions]:
    """The configuration's list, by name. Raises StageConfigError."""
    found: dict[str, TradingSessions] = {}
    for table in tables:
        one = TradingSessions(table)
        if one.name in found:
            raise StageConfigError(f"sessions.name: {one.name} stands there twice")
        found[one.name] = one
    return found


def _date(text: str, name: str) -> date:
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError("has another form")
        return date.fromisoformat(text)
    except ValueError as error:
        raise StageConfigError(f"sessions.{name}: {text} is no date as 2026-12-25") from error
