"""What the venues are called: as their folders in rust_ingest/venues say. Do not edit; in rust_ingest
`TAPEFLOW_WRITE_NAMES=1 cargo test --release --package tapeflow-venues --test python_names` writes it."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

SourceName = Literal[
    "binance",
    "binance_usdm",
    "binance_coinm",
    "coinbase",
    "coinbase_advanced",
    "kraken",
    "kraken_v2",
    "oanda_practice",
    "oanda",
    "okx",
    "okx_demo",
    "truefx",
]
"""Venues that the ingestor listens to, as its `--venue` calls them."""


class Source(IntEnum):
    """Whence a tick came. A file may hold numbers that are not named here."""

    TRUEFX = 1
    OANDA = 2
    IB = 3
    BINANCE = 16
    BINANCE_USDM = 17
    BINANCE_COINM = 18
    COINBASE = 19
    KRAKEN = 20
    OKX = 21
