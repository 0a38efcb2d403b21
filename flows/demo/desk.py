"""What the demo trades with: strategies in a `tapeflow.toml`, and limits as commands in the log."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from flows.contracts.records import Command, Control
from flows.demo.listing import Listing

ACCOUNT = "main"
_EXPONENT = -9
_INTERVAL_NS = 1_000_000_000
# Order sizes worth some hundred dollars at the prices of the recordings and of the seeded market.
_ORDER_SIZE = {"BTC": "0.01", "ETH": "0.2", "SOL": "3"}
_OTHER_SIZE = "1"
_QUOTES = ("USDT", "USDC", "FDUSD", "BTC")


def instrument_of(listing: Listing, symbol: str) -> str:
    """The normalised name: BTCUSDT is BTC-USDT, as a perpetual BTC-USDT-PERP."""
    base, quote = _split(symbol)
    return f"{base}-{quote}" + ("-PERP" if listing.venue == "binance_usdm" else "")


def write_config(path: Path, listing: Listing) -> None:
    """Two strategies on every listed instrument, on one-second bars."""
    tables = []
    for symbol in listing.symbols:
        instrument, size = instrument_of(listing, symbol), _size(symbol)
        for kind in ("ema_cross", "rsi_reversion"):
            tables.append(
                f'[[strategies]]\nname = "{kind}-{instrument.lower()}"\nkind = "{kind}"\naccount = "{ACCOUNT}"\n'
                f'venue = "{listing.venue}"\ninstrument = "{instrument}"\ninterval_ns = {_INTERVAL_NS}\n'
                f'quantity = "{size}"\n'
            )
    path.write_text("# Written by `tapeflow demo`.\n\n" + "\n".join(tables))


def opening_commands(listing: Listing) -> Iterable[Control]:
    """Opens the account under a log id of its own, and sets limits per instrument: ten orders' worth of position."""
    yield _control(Command.OPEN, log_id=secrets.token_hex(4))
    for symbol in listing.symbols:
        size = _units(_size(symbol))
        yield _control(
            Command.LIMITS,
            venue=listing.venue,
            instrument=instrument_of(listing, symbol),
            price_exponent=_EXPONENT,
            quantity_exponent=_EXPONENT,
            max_order_quantity=2 * size,
            max_position=10 * size,
            max_order_notional=_units("5000") * 10**9,
            max_gross_notional=_units("50000") * 10**9,
            max_price_age_ns=60_000_000_000,
        )


def _control(
    command: Command,
    *,
    log_id: str | None = None,
    venue: str = "",
    instrument: str = "",
    price_exponent: int = 0,
    quantity_exponent: int = 0,
    max_order_quantity: int | None = None,
    max_position: int | None = None,
    max_order_notional: int | None = None,
    max_gross_notional: int | None = None,
    max_price_age_ns: int | None = None,
) -> Control:
    return Control(
        account=ACCOUNT,
        command=command,
        operator="demo",
        reason="tapeflow demo",
        event_ns=time.time_ns(),
        log_id=log_id,
        venue=venue,
        instrument=instrument,
        price_exponent=price_exponent,
        quantity_exponent=quantity_exponent,
        max_order_quantity=max_order_quantity,
        max_position=max_position,
        max_order_notional=max_order_notional,
        max_gross_notional=max_gross_notional,
        max_price_age_ns=max_price_age_ns,
    )


def _split(symbol: str) -> tuple[str, str]:
    for quote in _QUOTES:
        if symbol.endswith(quote) and len(symbol) > len(quote):
            return symbol[: -len(quote)], quote
    return symbol, ""


def _size(symbol: str) -> str:
    return _ORDER_SIZE.get(_split(symbol)[0], _OTHER_SIZE)


def _units(text: str) -> int:
    """Decimal text as a count of 10^-9, exactly."""
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(-_EXPONENT, "0"))
