"""Where time bars begin and end: at multiples of their length since the epoch, or since a session's open.

None reaches beyond its session's end, so that the last one of a session may be shorter. Bars of a day (86,400 s) in
sessions are whole sessions, of 23, 24 or 25 hours.
"""

from __future__ import annotations

from typing import NamedTuple

from flows.kernels.day_session import Session
from flows.kernels.trading_sessions import TradingSessions

DAY_NS = 86_400 * 10**9


class Bucket(NamedTuple):
    """Nanoseconds since 1970, UTC; the end is exclusive."""

    open_ns: int
    end_ns: int


class Buckets:
    """Of one length. Times are not before 1970."""

    def __init__(self, length_ns: int, sessions: TradingSessions | None = None) -> None:
        """`length_ns`: in sessions up to a day."""
        self._length_ns = length_ns
        self._sessions = sessions
        # Times from here to the session's end find this session.
        self._known_from_ns = 0
        self._known: Session | None = None

    def of(self, at_ns: int) -> Bucket | None:
        """The bucket of a time; None outside sessions."""
        bucket = self.next(at_ns)
        return bucket if bucket.open_ns <= at_ns else None

    def next(self, at_ns: int) -> Bucket:
        """The bucket of a time, or the first behind it."""
        if self._sessions is None:
            open_ns = at_ns - at_ns % self._length_ns
            return Bucket(open_ns, open_ns + self._length_ns)
        session = self._session(self._sessions, at_ns)
        if self._length_ns == DAY_NS:
            return Bucket(*session)
        begin_ns = max(at_ns, session.open_ns)
        open_ns = begin_ns - (begin_ns - session.open_ns) % self._length_ns
        return Bucket(open_ns, min(open_ns + self._length_ns, session.close_ns))

    def over(self, since_ns: int, now_ns: int, most: int) -> list[Bucket] | None:
        """Those that begin at `since_ns` or behind it and have ended by `now_ns`; None for more than `most`."""
        if self._sessions is None and (now_ns - since_ns) // self._length_ns > most:
            return None
        found: list[Bucket] = []
        bucket = self.next(since_ns)
        while bucket.end_ns <= now_ns:
            if len(found) == most:
                return None
            found.append(bucket)
            bucket = self.next(bucket.end_ns)
        return found

    def _session(self, sessions: TradingSessions, at_ns: int) -> Session:
        known = self._known
        if known is None or not self._known_from_ns <= at_ns < known.close_ns:
            known = self._known = sessions.of(at_ns)
            self._known_from_ns = min(at_ns, known.open_ns)
        return known
