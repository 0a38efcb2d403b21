"""Points in time as people write them, and lengths of time as people read them. Nanoseconds since 1970, UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from flows.errors import TapeflowError

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND_NS = 1_000_000_000
_INT64_MAX = 2**63 - 1
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?)?")
_UNITS = ((_SECOND_NS, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns"))


class BadTime(TapeflowError):
    """Text that is no time."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} is no time: give ISO 8601, as 2026-01-31T12:00:00.5 (UTC unless it names an offset), or "
            "nanoseconds since 1970"
        )


def parse(text: str) -> int:
    """ISO 8601, UTC unless it names an offset, to the nanosecond; or an integer of nanoseconds. Raises BadTime."""
    if re.fullmatch(r"[0-9]{1,19}", text) and int(text) <= _INT64_MAX:
        return int(text)
    match = _ISO.fullmatch(text.strip())
    if match is None:
        raise BadTime(text)
    day, clock, fraction, zone = match.groups()
    zone = "+00:00" if zone in (None, "Z") else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        since = datetime.fromisoformat(f"{day}T{clock or '00:00'}{zone}") - _EPOCH
    except ValueError as error:
        raise BadTime(text) from error
    found_ns = since // timedelta(seconds=1) * _SECOND_NS + int((fraction or "0").ljust(9, "0"))
    if not 0 <= found_ns <= _INT64_MAX:
        raise BadTime(text)
    return found_ns


def iso(at_ns: int) -> str:
    """ISO 8601 in UTC with all nine digits."""
    seconds, rest_ns = divmod(at_ns, _SECOND_NS)
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{rest_ns:09}Z"


def length(length_ns: int) -> str:
    """A duration in the largest unit that it fills, to three digits: `1.234 ms`, `60 s`."""
    unit_ns, name = next((unit for unit in _UNITS if abs(length_ns) >= unit[0]), _UNITS[-1])
    return f"{length_ns / unit_ns:,.3f}".rstrip("0").rstrip(".") + f" {name}"
