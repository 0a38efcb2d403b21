"""Tick files, as the capture service writes them: NumPy views without a copy, also while they grow.

    from flows import journal

    with journal.open("ticks/", ("BTC-USDT", "binance")) as file:
        file.ticks["bid"][-1]
        for ticks in file.follow(timeout_s=5):
            print(len(ticks), ticks["timestamp_ns"][-1])
        file.gaps()

The bytes are told in `docs/journal.md`.
"""

from __future__ import annotations

from flows.contracts.venues import Source
from flows.journal.errors import JournalError, NoSuchSymbol, NotTicks
from flows.journal.gaps import Gap
from flows.journal.opening import open
from flows.journal.symbols import Symbol, SymbolTable, symbols
from flows.journal.tick import TICK, Flag
from flows.journal.tick_file import TickFile

__all__ = [
    "TICK",
    "Flag",
    "Gap",
    "JournalError",
    "NoSuchSymbol",
    "NotTicks",
    "Source",
    "Symbol",
    "SymbolTable",
    "TickFile",
    "open",
    "symbols",
]
