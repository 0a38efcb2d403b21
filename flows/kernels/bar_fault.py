"""What is wrong with bars that were to be aggregated: the same words for both engines."""

from __future__ import annotations

from enum import IntEnum


class BarRule(IntEnum):
    """What a row breaks. Codes are shared with `rust_ingest/kernels/src/bar_fault.rs`."""

    TIME_ORDER = 1
    """Not after the row before (ticks: before it)."""
    TIME_RANGE = 2
    """Beyond what 64 bits of nanoseconds hold, with room for a day."""
    INTERVAL_UNKNOWN = 3
    """A single bar does not tell how long it is."""
    NOT_DIVIDED = 4
    """The timeframe is no whole multiple of the bars' own length."""
    MIXED_INTERVALS = 5
    """The distance to the row before is no whole multiple of the bars' own length."""
    AFTER_END = 6
    """Ends behind the time until which the bars are said to be known."""
    OUTSIDE_SESSION = 7
    """Begins when there is no session."""
    MISALIGNED = 8
    """Does not begin a whole number of bars behind the session's start, or ends behind its end."""
    NOT_FINITE = 9
    HIGH_BELOW_LOW = 10
    OUTSIDE_RANGE = 11
    """Open or close above the high or below the low."""
    NEGATIVE = 12
    OVERFLOW = 13
    """A sum that does not fit."""


class BarFault(Exception):
    """The first row that breaks a rule. `row` and `column` are -1 where none is to blame; columns count the four
    prices, then the sums."""

    def __init__(self, rule: int, row: int = -1, column: int = -1) -> None:
        super().__init__(rule, row, column)
        self.rule = BarRule(rule)
        self.row = row
        self.column = column
