"""A row of columns of ticks that the flow would write to `ops.dead_letters`."""

from __future__ import annotations


class RefusedTick(Exception):
    """Raised by both engines of `named_bars`."""

    def __init__(self, row: int, reason: str, detail: str) -> None:
        super().__init__(row, reason, detail)
        self.row = row
        self.reason = reason
        """As in `DeadLetter.reason`."""
        self.detail = detail
