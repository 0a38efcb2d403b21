"""The 32 bytes of a tick, and the words for its numbers."""

from __future__ import annotations

from enum import IntFlag

import numpy as np

TICK = np.dtype(
    [
        ("timestamp_ns", "<u8"),
        ("symbol_id", "<u4"),
        ("bid", "<f4"),
        ("ask", "<f4"),
        ("volume", "<f4"),
        ("source", "u1"),
        ("flags", "u1"),
        ("spread", "<u2"),
        ("sequence", "<u4"),
    ]
)
"""One tick: `timestamp_ns` since 1970 (UTC, the source's clock), prices (NaN: none) and volume in the symbol's units,
`spread` |ask - bid| in tenths of a basis point of their mean, `sequence` counting the symbol's ticks modulo 2^32."""


class Flag(IntFlag):
    """Bits of `flags`: `ticks["flags"] & Flag.CROSSED != 0`."""

    SATURATED = 1
    """A value did not fit its field; the nearest that does stands there."""
    CROSSED = 2
    """Bid above ask, before prices were rounded to 32 bits."""
    LOCKED = 4
    """Bid equal to ask, before prices were rounded."""
    OUT_OF_ORDER = 8
    """Earlier than a tick before it, or numbered before it by its source."""
    GAP_BEFORE = 16
    """The source is known to have sent more between the tick before and this one."""
    ONE_SIDED = 32
    """A price is missing: it is NaN, and the spread 0."""
    RESUMED = 64
    """The first tick of a writer that found earlier ones."""
