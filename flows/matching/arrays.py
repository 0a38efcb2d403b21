"""Commands and events as NumPy arrays, laid out as `docs/matching.md` says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.kernels.matching import Action


def _packed(size_bytes: int, fields: list[tuple[str, str]]) -> np.dtype[np.void]:
    """Fields without gaps; what is left of the size is zero, and has no name."""
    names, formats = zip(*fields, strict=True)
    layout: Any = {"names": names, "formats": formats, "itemsize": size_bytes}
    dtype: np.dtype[np.void] = np.dtype(layout)
    return dtype


COMMAND = _packed(
    72,
    [
        ("time_ns", "<i8"),
        ("order_id", "<u8"),
        ("price", "<i8"),
        ("quantity", "<i8"),
        ("stop_price", "<i8"),
        ("display_quantity", "<i8"),
        ("expires_ns", "<i8"),
        ("owner", "<u4"),
        ("action", "u1"),
        ("side", "u1"),
        ("kind", "u1"),
        ("time_in_force", "u1"),
        ("self_trade", "u1"),
        ("post_only", "u1"),
        ("phase", "u1"),
    ],
)
"""A command: the fields of `flows.kernels.matching.Command`, in their order."""

EVENT = _packed(
    80,
    [
        ("sequence", "<u8"),
        ("time_ns", "<i8"),
        ("order_id", "<u8"),
        ("other", "<u8"),
        ("price", "<i8"),
        ("quantity", "<i8"),
        ("left", "<i8"),
        ("other_left", "<i8"),
        ("owner", "<u4"),
        ("other_owner", "<u4"),
        ("kind", "u1"),
        ("reason", "u1"),
        ("side", "u1"),
        ("flags", "u1"),
    ],
)
"""An event: the fields of `flows.kernels.matching.Event`, in their order."""

Rows = NDArray[Any]
"""A structured array: of COMMAND or of EVENT."""


def commands_of(given: Rows | bytes | bytearray | memoryview) -> Rows:
    """The commands as one aligned row of memory, copied only where they are not that already.

    Raises ValueError for another dtype, for a mask, or for bytes that are no whole number of commands.
    """
    if isinstance(given, np.ma.MaskedArray):
        raise ValueError("a masked array's masked commands would be taken too; give its compressed()")
    if isinstance(given, np.ndarray):
        if given.dtype != COMMAND or given.ndim != 1:
            raise ValueError(
                f"commands are {given.ndim}-dimensional of dtype {given.dtype}; make them one row of dtype "
                "flows.matching.COMMAND"
            )
        return _in_a_row(given)
    size = memoryview(given).nbytes
    if size % COMMAND.itemsize:
        raise ValueError(f"{size} bytes are no whole number of commands: one has {COMMAND.itemsize} bytes")
    return _in_a_row(np.frombuffer(given, COMMAND))


def new_orders_of(given: Rows | bytes | bytearray | memoryview) -> Rows:
    """The commands, with the action `new` where they name none.

    Raises ValueError as `commands_of`, and for a command with another action.
    """
    commands = commands_of(given)
    named = commands["action"]
    if (named == Action.NEW).all():
        return commands
    if ((named != 0) & (named != Action.NEW)).any():
        place = int(np.flatnonzero((named != 0) & (named != Action.NEW))[0])
        raise ValueError(f"command {place} has action {named[place]}, which adds no order; give it to apply()")
    named_new: Rows = commands.copy()
    named_new["action"] = Action.NEW
    return named_new


def _in_a_row(commands: Rows) -> Rows:
    # As numbers of 64 bits: the dtype itself asks for no alignment.
    numbers = np.require(np.ascontiguousarray(commands).view("<i8"), requirements=["A"])
    row: Rows = numbers.view(COMMAND)
    return row
