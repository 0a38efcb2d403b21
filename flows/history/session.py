"""When a market is open: where bars begin, and where gaps are filled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from flows.errors import BadBars
from flows.history.moment import since_epoch_ns
from flows.history.timeframe import DAY_NS

Spans = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Starts and ends, exclusive: nanoseconds since 1970, UTC; ascending and disjoint."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DAY = timedelta(days=1)
# Around the first and last time: a session begins up to a day before its local date, by the zone's offset.
_MARGIN = 2 * _DAY


@dataclass(frozen=True)
class Session:
    """A session a day: it starts at a time of the day in a time zone, daylight saving included.

        Session("17:00", "America/New_York", days=("sun", "mon", "tue", "wed", "thu"))

    is foreign exchange: five sessions a week, each of 23, 24 or 25 hours. A start that the clocks skip is the time that
    they show instead; of one that they show twice, the first counts. Raises BadBars.
    """

    start: str
    timezone: str = "UTC"
    end: str | None = None
    """On the next day if it is not behind the start; None for the next day's start."""
    days: Collection[str] = _DAYS
    """Days on which a session starts, by local date."""
    closed: Collection[date] = field(default=())
    """Local dates on which none starts: holidays."""
    early_ends: Mapping[date, str] = field(default_factory=dict, hash=False)
    """Half days: by the local date on which one starts, the time of the day at which it ends."""

    def __post_init__(self) -> None:
        _clock(self.start)
        if self.end is not None:
            _clock(self.end)
        _zone(self.timezone)
        # In a form that can be a key.
        object.__setattr__(self, "days", tuple(self.days))
        object.__setattr__(self, "closed", frozenset(self.closed))
        object.__setattr__(self, "early_ends", dict(self.early_ends))
        unknown = [day for day in self.days if day not in _DAYS]
        if unknown or not self.days:
            raise BadBars(f"days {unknown or list(self.days)}: name some of {', '.join(_DAYS)}")
        for day, end in self.early_ends.items():
            if not self._starts_on(day):
                raise BadBars(f"early_ends {day}: no session starts on that day")
            if self._length(_clock(end)) >= self._length(self._end):
                raise BadBars(f"early_ends {day}: {end} is not before the end of other days")

    def spans(self, first_ns: int, last_ns: int) -> Spans:
        """All sessions between these two times, and at least those around them."""
        zone, start = _zone(self.timezone), _clock(self.start)
        day, last_day = (_local_date(at_ns) for at_ns in (first_ns, last_ns))
        day, last_day = day - _MARGIN, last_day + _MARGIN
        starts, ends = [], []
        while day <= last_day:
            if self._starts_on(day):
                end = _clock(self.early_ends[day]) if day in self.early_ends else self._end
                starts.append(_at_ns(day, start, zone))
                ends.append(_at_ns(day if end > start else day + _DAY, end, zone))
            day += _DAY
        return np.array(starts, np.int64), np.array(ends, np.int64)

    @property
    def _end(self) -> time:
        return _clock(self.start if self.end is None else self.end)

    def _starts_on(self, day: date) -> bool:
        return _DAYS[day.weekday()] in self.days and day not in self.closed

    def _length(self, end: time) -> timedelta:
        """By the clock, of a session that ends so: a whole day where it ends as it starts."""
        begin = datetime.combine(_EPOCH, _clock(self.start))
        length = datetime.combine(_EPOCH, end) - begin
        return length if length > timedelta() else length + _DAY


@dataclass(frozen=True)
class ListedSessions:
    """Sessions one by one: an exchange's calendar, with its half days. Each is a start and an end, exclusive.

    Raises BadBars unless they are aware of their time zone, ascending, and disjoint.
    """

    listed: Sequence[tuple[datetime, datetime]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "listed", tuple(self.listed))
        before = None
        for place, (start, end) in enumerate(self.listed):
            if start.tzinfo is None or end.tzinfo is None:
                raise BadBars(f"session {place} names no time zone: give datetimes that do", index=place)
            if not start < end or (before is not None and start < before):
                raise BadBars(f"session {place} does not end behind its start, or begins before the one before it ends")
            before = end

    def spans(self, first_ns: int, last_ns: int) -> Spans:
        """All of them."""
        starts = [since_epoch_ns(start) for start, _ in self.listed]
        ends = [since_epoch_ns(end) for _, end in self.listed]
        return np.array(starts, np.int64), np.array(ends, np.int64)


def utc_days(first_ns: int, last_ns: int) -> Spans:
    """The days from the first time's to the last time's, from midnight to midnight."""
    return _days(first_ns // DAY_NS, last_ns // DAY_NS)


@lru_cache(maxsize=256)
def _days(first: int, last: int) -> Spans:
    starts = np.arange(first, last + 1, dtype=np.int64) * DAY_NS
    ends = starts + DAY_NS
    starts.flags.writeable = ends.flags.writeable = False
    return starts, ends


def _clock(text: str) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise BadBars(f"{text!r} is no time of the day: give hours and minutes, as 17:00")
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadBars(f"{name!r} is no time zone: give a name as America/New_York") from error


def _local_date(at_ns: int) -> date:
    return (_EPOCH + timedelta(microseconds=at_ns // 1_000)).date()


def _at_ns(day: date, clock: time, zone: ZoneInfo) -> int:
    return since_epoch_ns(datetime.combine(day, clock, zone))
