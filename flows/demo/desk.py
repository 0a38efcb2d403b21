"""What the demo trades with: strategies in a `tapeflow.toml`, and limits as commands in the log."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from flows.contracts.records import Control
from flows.demo.listing import Listing
from flows.operator_commands import Limits, limits, opening

ACCOUNT = "main"
_REASON = "tapeflow demo"
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
    yield opening(ACCOUNT, _REASON)
    for symbol in listing.symbols:
        size = Decimal(_size(symbol))
        asked = Limits(
            max_order_quantity=str(2 * size),
            max_position=str(10 * size),
            max_order_notional="5000",
            max_gross_notional="50000",
            max_price_age_s=60.0,
        )
        yield limits(ACCOUNT, _REASON, listing.venue, instrument_of(listing, symbol), asked)


def _split(symbol: str) -> tuple[str, str]:
    for quote in _QUOTES:
        if symbol.endswith(quote) and len(symbol) > len(quote):
            return symbol[: -len(quote)], quote
    return symbol, ""


def _size(symbol: str) -> str:
    return _ORDER_SIZE.get(_split(symbol)[0], _OTHER_SIZE)
