"""Gross notional of an account: the sum over its instruments of |position| x mark, open orders counted as filled in
the worse direction.

All instruments of one account are taken to be paid in the same currency; without that their notionals have no sum.
Exponents may differ: everything is brought to the smallest one, exactly. What does not fit 128 bits cannot be
measured.
"""

from __future__ import annotations

from typing import NamedTuple

from flows.contracts.records import Side, Signal
from flows.kernels.account import Account
from flows.kernels.checked import INT128_MAX
from flows.kernels.holding import Holding


class Gross(NamedTuple):
    """A notional and the limit for it, both counting 10^exponent."""

    limit: int
    measured: int
    exponent: int


class _Unmeasured(Exception):
    """An instrument that counts has no mark, or a number does not fit."""


def position_after(account: Account, holding: Holding, signal: Signal) -> int:
    """The position that a signal's order leads to if it fills, and with it all open orders of its side; positive
    in the direction of the signal, so that an order that reduces a position measures less than the position."""
    open_quantity = account.orders.remaining(signal.venue, signal.instrument, signal.side)
    held = holding.position if signal.side is Side.BUY else -holding.position
    return held + open_quantity + signal.quantity


def gross_after(account: Account, holding: Holding, signal: Signal, limit: int, own_exponent: int) -> Gross | None:
    """Gross notional after the signal's order, and `limit` (which counts 10^own_exponent) beside it. None if an
    instrument that counts has no mark, or a number does not fit."""
    try:
        terms = [(0, own_exponent)]
        for (venue, instrument), other in account.holdings.items():
            if (venue, instrument) == (signal.venue, signal.instrument):
                # The other side's open orders were judged by their own signals.
                quantity = abs(position_after(account, holding, signal))
            else:
                quantity = _worst_position(account, venue, instrument, other)
            if quantity > 0:
                if other.mark is None:
                    raise _Unmeasured
                terms.append((_fitting(quantity * other.mark.price), other.scale.notional_exponent))
        exponent = min(exponent for _, exponent in terms)
        measured = 0
        for notional, notional_exponent in terms:
            measured = _fitting(measured + _rescaled(notional, notional_exponent, exponent))
        return Gross(_rescaled(limit, own_exponent, exponent), measured, exponent)
    except _Unmeasured:
        return None


def _fitting(value: int) -> int:
    if value > INT128_MAX:
        raise _Unmeasured
    return value


def _rescaled(notional: int, exponent: int, smallest: int) -> int:
    return _fitting(notional * _fitting(10 ** (exponent - smallest)))


def _worst_position(account: Account, venue: str, instrument: str, holding: Holding) -> int:
    """The largest position, long or short, that open orders can lead to."""
    bought = holding.position + account.orders.remaining(venue, instrument, Side.BUY)
    sold = holding.position - account.orders.remaining(venue, instrument, Side.SELL)
    return max(abs(bought), abs(sold))
