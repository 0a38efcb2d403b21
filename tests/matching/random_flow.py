"""Commands made of bytes: any bytes are commands, and zeros are plain ones, so that Hypothesis can search and shrink.

Most commands are possible ones over few ids and prices, so that orders meet; some have a field spoilt.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from flows.matching import COMMAND, Action, Kind, Phase, TimeInForce
from flows.matching.arrays import Rows

TICK, LOT = 5, 10
_BYTES = 12
_MIDDLE = 200
_KINDS = [*[Kind.LIMIT] * 11, *[Kind.MARKET] * 2, Kind.STOP, *[Kind.STOP_LIMIT] * 2]
_FORCES = [*[TimeInForce.GTC] * 9, *[TimeInForce.GTD] * 2, TimeInForce.DAY, *[TimeInForce.IOC] * 2]
_FORCES += [TimeInForce.FOK] * 2
_PHASES = [*[Phase.OPEN] * 6, *[Phase.CALL] * 3, Phase.HALTED, Phase.CLOSED]
# What one byte asks for, of 256.
_ACTIONS = [
    *[Action.NEW] * 152,
    *[Action.CANCEL] * 22,
    *[Action.REPLACE] * 34,
    *[Action.REDUCE] * 20,
    *[Action.MASS_CANCEL] * 2,
    *[Action.PHASE] * 14,
    *[Action.BANDS] * 6,
    *[Action.TIME] * 6,
]
_SPOILT = [0, -1, 1, 3, 255, 2**63 - 1, 2**63 - 8, -(2**63), 2**62]

flows = st.lists(st.binary(min_size=_BYTES, max_size=_BYTES), min_size=30, max_size=120)
"""What `commands` takes."""


def commands(pieces: Sequence[bytes]) -> Rows:
    """A row of COMMAND, one for each piece."""
    rows = np.zeros(len(pieces), COMMAND)
    time_ns = 0
    for row, piece in zip(rows, pieces, strict=True):
        time_ns += piece[11] % 3
        _fill(row, piece, time_ns)
        if piece[11] >= 245:
            _spoil(row, piece)
    return rows


def pieces_of(data: bytes) -> list[bytes]:
    return [data[start : start + _BYTES] for start in range(0, len(data) - _BYTES + 1, _BYTES)]


def _fill(row: np.void, piece: bytes, time_ns: int) -> None:
    action = _ACTIONS[piece[0]]
    order_id = 1 + piece[1] % 40
    row["time_ns"], row["action"] = time_ns, action
    price, quantity = _MIDDLE + TICK * (piece[6] % 11 - 5), LOT * (1 + piece[7] % 12)
    if action in (Action.NEW, Action.CANCEL, Action.REPLACE, Action.REDUCE):
        # An id is always of one owner, or most commands would be about somebody else's order.
        row["order_id"], row["owner"] = order_id, order_id % 4
    if action == Action.NEW:
        _fill_order(row, piece, price, quantity)
    elif action == Action.REPLACE:
        row["price"] = price if piece[2] & 1 else 0
        row["quantity"] = quantity if piece[2] & 2 else 0
        row["stop_price"] = _MIDDLE + TICK * (piece[8] % 15 - 7) if piece[2] & 28 == 28 else 0
    elif action == Action.REDUCE:
        row["quantity"] = quantity // 4 // LOT * LOT + LOT
    elif action == Action.MASS_CANCEL:
        row["owner"], row["side"] = piece[2] % 4, piece[3] % 3
    elif action == Action.PHASE:
        row["phase"] = _PHASES[piece[2] % len(_PHASES)]
    elif action == Action.BANDS:
        row["price"] = _MIDDLE - TICK * (piece[2] % 5) if piece[2] & 8 else 0
        row["stop_price"] = _MIDDLE + piece[3] % 25 if piece[2] & 16 else 0


def _fill_order(row: np.void, piece: bytes, price: int, quantity: int) -> None:
    kind, force = _KINDS[piece[4] % len(_KINDS)], _FORCES[piece[5] % len(_FORCES)]
    if kind == Kind.MARKET and force < TimeInForce.IOC:
        force = TimeInForce.IOC
    if kind == Kind.STOP and force >= TimeInForce.IOC:
        force = TimeInForce.DAY
    rests = force < TimeInForce.IOC
    row["side"], row["kind"], row["time_in_force"] = 1 + piece[3] % 2, kind, force
    row["quantity"], row["self_trade"] = quantity, piece[10] % 5
    if kind in (Kind.LIMIT, Kind.STOP_LIMIT):
        row["price"] = price
        if rests and piece[9] >= 170:
            row["display_quantity"] = LOT * (1 + piece[9] % 3)
    if kind >= Kind.STOP:
        row["stop_price"] = _MIDDLE + TICK * (piece[8] % 15 - 7)
    if force == TimeInForce.GTD:
        row["expires_ns"] = row["time_ns"] + 1 + piece[2] % 30
    # A few where it cannot be.
    if piece[9] < (30 if kind == Kind.LIMIT and rests else 3):
        row["post_only"] = 1


def _spoil(row: np.void, piece: bytes) -> None:
    names = COMMAND.names or ()
    name = names[piece[9] % len(names)]
    value = _SPOILT[piece[8] % len(_SPOILT)]
    if name == "time_ns":
        # Only back: all commands after a time in the far future would be too late.
        value = min(value, 0)
    bits = 8 * COMMAND[name].itemsize
    unsigned = COMMAND[name].kind == "u"
    row[name] = value % 2**bits if unsigned else value
