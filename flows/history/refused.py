"""Which value of a column Arrow refuses: its own error names the value, and not the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa


def first_refused(column: Any, cast: Callable[[Any], Any]) -> int:
    """The first row that `cast` refuses, of a column that it refuses."""
    sound, refused = 0, len(column)
    while refused - sound > 1:
        middle = (sound + refused) // 2
        try:
            cast(column.slice(sound, middle - sound))
        except pa.ArrowInvalid:
            refused = middle
        else:
            sound = middle
    return sound
