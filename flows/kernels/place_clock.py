"""The clock and the calendar of a place.

The rule of the clock stands in the configuration, as POSIX writes it (`EST5EDT,M3.2.0,M11.1.0`), and is not looked up
by the zone's name: a replay on another machine, or years later, must not depend on the rules that happen to be
installed there.
"""

from __future__ import annotations

import re
import struct
from datetime import date, datetime, time, timedelta, timezone
from io import BytesIO
from zoneinfo import ZoneInfo

from flows.errors import StageConfigError
from flows.kernels.checked import INT64_MAX, INT64_MIN

_CLOCK = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile("(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def local_day(at_ns: int, zone: ZoneInfo) -> date:
    """The date that a place has at a time."""
    return (_EPOCH + timedelta(microseconds=at_ns // 1_000)).astimezone(zone).date()


def moment_ns(day: date, clock: time, zone: ZoneInfo) -> int:
    """A time that the clocks skip is the one that they show instead; of one that they show twice, the first."""
    since = datetime.combine(day, clock, zone).astimezone(timezone.utc) - _EPOCH
    return max(INT64_MIN, min(INT64_MAX, since // timedelta(microseconds=1) * 1_000))


def clock_of(text: str, place: str) -> time:
    """Raises StageConfigError, which names `place`."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise StageConfigError(f"{place}: is no time of the day as 09:30")
    return time(int(found[1]), int(found[2]))


def zone_of(rule: str, place: str) -> ZoneInfo:
    """Raises StageConfigError, which names `place`."""
    # A file of the standard library's form (RFC 8536) that has the rule and nothing else.
    head = b"TZif2" + bytes(15)
    block = head + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    try:
        if not rule or "\n" in rule:
            raise ValueError("empty")
        return ZoneInfo.from_file(BytesIO(block + block + b"\n" + rule.encode("ascii") + b"\n"))
    except ValueError as error:
        raise StageConfigError(f"{place}: {rule!r} is no rule as EST5EDT,M3.2.0,M11.1.0 (POSIX TZ)") from error


def date_of(text: str, place: str) -> date:
    """Raises StageConfigError, which names `place`."""
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError("has another form")
        return date.fromisoformat(text)
    except ValueError as error:
        raise StageConfigError(f"{place}: {text} is no date as 2026-12-25") from error
