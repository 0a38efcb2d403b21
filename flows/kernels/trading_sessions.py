"""When a market is open, as `bars.sessions` says: sessions (`day_session`) with a name, by which series know them."""

from __future__ import annotations

import re
from typing import Any

from flows.errors import StageConfigError
from flows.kernels.config import Fields
from flows.kernels.day_session import DaySession, Session

_NAME = re.compile("[a-z][a-z0-9_]{0,31}")
FILLED, OF = "filled", "of"
"""What stands in a series' name where a session's name may stand."""


class TradingSessions:
    """One entry of the configuration."""

    def __init__(self, table: Any) -> None:
        """Raises StageConfigError."""
        fields = Fields(table, "sessions")
        self.name = fields.text("name")
        if _NAME.fullmatch(self.name) is None or self.name in (FILLED, OF):
            raise StageConfigError(f"sessions.name: {self.name} is no name of small letters, digits and _, as globex")
        self._days = DaySession(fields)
        fields.end()
        self.text = self._days.text
        """The whole entry but its name, for states."""

    def of(self, at_ns: int) -> Session:
        """The session that goes on at a time, or else the next."""
        return self._days.of(at_ns)


def sessions(tables: list[Any]) -> dict[str, TradingSessions]:
    """The configuration's list, by name. Raises StageConfigError."""
    found: dict[str, TradingSessions] = {}
    for table in tables:
        one = TradingSessions(table)
        if one.name in found:
            raise StageConfigError(f"sessions.name: {one.name} stands there twice")
        found[one.name] = one
    return found
