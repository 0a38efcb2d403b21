"""A recording as the records of market.ticks, made without the ingestor."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.contracts.records import Quote, Side, Trade
from tests.recordings import messages

EXPONENT = -9
MILLISECOND = 1_000_000


def ticks(path: Path, venue: str = "binance", instrument: str = "BTC-USDT") -> list[Trade | Quote]:
    """Trades and quotes in the order in which they were received."""
    made: list[Trade | Quote] = []
    for kind, data in messages(path):
        # Received when sent: the recorder's clock is not the venue's.
        receive_ns = data.get("E", 0) * MILLISECOND
        head: dict[str, Any] = {
            "venue": venue,
            "instrument": instrument,
            "price_exponent": EXPONENT,
            "quantity_exponent": EXPONENT,
        }
        if kind == "trade":
            made.append(
                Trade(
                    **head,
                    event_ns=data["T"] * MILLISECOND,
                    publish_ns=data["E"] * MILLISECOND,
                    receive_ns=receive_ns,
                    trade_id=data["t"],
                    price=units(data["p"]),
                    quantity=units(data["q"]),
                    aggressor=Side.SELL if data["m"] else Side.BUY,
                    trade_type=data.get("X", ""),
                    flags=0,
                )
            )
        elif kind == "bookTicker":
            made.append(
                Quote(
                    **head,
                    event_ns=None,
                    publish_ns=None,
                    receive_ns=receive_ns,
                    update_id=data["u"],
                    bid_price=units(data["b"]),
                    bid_quantity=units(data["B"]),
                    ask_price=units(data["a"]),
                    ask_quantity=units(data["A"]),
                    flags=0,
                )
            )
    return made


def units(text: str) -> int:
    """A decimal as a count of 10^EXPONENT."""
    return int(Decimal(text).scaleb(-EXPONENT))
