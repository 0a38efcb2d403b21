"""The checksums by which venues prove a book.

A venue sums up the decimals that it writes, not numbers. How it writes them is fixed for an instrument, so that they
follow from a level's units.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from flows.contracts.records import Level
from flows.errors import BookError
from flows.kernels.scale import EXPONENT_MAX, Scale

KRAKEN_LEVELS = 10
OKX_LEVELS = 25


class KrakenDecimals(NamedTuple):
    """How many decimals Kraken writes: always that many, zeros included. In WebSocket v1 as the messages have it, in v2
    `price_precision` and `qty_precision` of the channel `instrument`."""

    price: int
    quantity: int


def kraken_checksum(bids: Sequence[Level], asks: Sequence[Level], scale: Scale, decimals: KrakenDecimals) -> int:
    """CRC-32 of the best 10 asks, then the best 10 bids, best first: price and quantity as digits, without the dot and
    leading zeros. The same in WebSocket v1 (not with snapshots) and v2.

    Raises BookError for a level that has more decimals than Kraken writes.
    https://docs.kraken.com/api/docs/guides/spot-ws-book-v1, https://docs.kraken.com/api/docs/guides/spot-ws-book-v2
    """
    text = "".join(
        _digits("price", level.price, scale.price_exponent, decimals.price)
        + _digits("quantity", level.quantity, scale.quantity_exponent, decimals.quantity)
        for level in chain(asks[:KRAKEN_LEVELS], bids[:KRAKEN_LEVELS])
    )
    return zlib.crc32(text.encode())


def okx_checksum(bids: Sequence[Level], asks: Sequence[Level], scale: Scale) -> int:
    """CRC-32, as a signed number, of the best 25 bids and asks in turn, best first: `price:quantity` joined by colons,
    each in as few digits as it takes, which is how OKX writes them.

    Raises BookError for exponents that no instrument has.
    https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel, "Checksum"
    """
    parts = []
    for pair in zip_longest(bids[:OKX_LEVELS], asks[:OKX_LEVELS]):
        for level in pair:
            if level is not None:
                parts.append(_shortest(level.price, scale.price_exponent))
                parts.append(_shortest(level.quantity, scale.quantity_exponent))
    unsigned = zlib.crc32(":".join(parts).encode())
    return unsigned - (1 << 32) if unsigned >> 31 else unsigned


def _digits(field: str, units: int, exponent: int, decimals: int) -> str:
    """Units of 10^exponent, counted in units of 10^-decimals."""
    shift = exponent + decimals
    if abs(shift) > EXPONENT_MAX:
        raise BookError(
            f"{field}: 1e{exponent} and {decimals} decimals are too far apart; at most 18 places lie between"
        )
    count, rest = (units * 10**shift, 0) if shift >= 0 else divmod(units, 10**-shift)
    if rest:
        raise BookError(f"{field} {units}e{exponent} has more than {decimals} decimals; the venue writes {decimals}")
    return str(count)


def _shortest(units: int, exponent: int) -> str:
    """Units of 10^exponent as a decimal without needless zeros."""
    if abs(exponent) > EXPONENT_MAX:
        raise BookError(f"1e{exponent} is no instrument's unit; exponents lie between -18 and 18")
    if exponent >= 0:
        return str(units * 10**exponent)
    sign, digits = ("-", str(-units)) if units < 0 else ("", str(units))
    padded = digits.rjust(1 - exponent, "0")
    fraction = padded[exponent:].rstrip("0")
    return f"{sign}{padded[:exponent]}.{fraction}" if fraction else sign + padded[:exponent]
