"""Books of price levels as venues tell them, by the rules of `docs/books.md`.

    from flows.books import L2Book, Level

    book = L2Book()
    book.load(bids=[Level(99, 4)], asks=[Level(101, 1), Level(103, 2)])
    book.sweep_asks(2).cost

`L2Book`, `SyncedBook` and `StreamedBook` are written in Rust, `PythonL2Book` and so on are the same in plain Python:
same calls, same answers to the bit, same snapshots to the byte.
"""

from __future__ import annotations

from flows._native import L2Book, StreamedBook, SyncedBook
from flows.contracts.records import Level
from flows.errors import BookError
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_measures import Sweep
from flows.kernels.book_sequence import DepthIds, DepthRule, SeqIds
from flows.kernels.book_steps import (
    Ahead,
    DepthStep,
    Gap,
    NoSnapshot,
    NotNeeded,
    OutOfOrder,
    Repeated,
    SnapshotStep,
    StreamStep,
    Synchronised,
    Taken,
    TooOld,
    WrongChecksum,
)
from flows.kernels.l2_book import Depth, DepthSlopes, Top
from flows.kernels.l2_book import L2Book as PythonL2Book
from flows.kernels.scale import Scale
from flows.kernels.streamed_book import StreamedBook as PythonStreamedBook
from flows.kernels.synced_book import SyncedBook as PythonSyncedBook

__all__ = [
    "Ahead",
    "BookError",
    "Depth",
    "DepthIds",
    "DepthRule",
    "DepthSlopes",
    "DepthStep",
    "Gap",
    "KrakenDecimals",
    "L2Book",
    "Level",
    "NoSnapshot",
    "NotNeeded",
    "OutOfOrder",
    "PythonL2Book",
    "PythonStreamedBook",
    "PythonSyncedBook",
    "Repeated",
    "Scale",
    "SeqIds",
    "SnapshotStep",
    "StreamStep",
    "StreamedBook",
    "Sweep",
    "SyncedBook",
    "Synchronised",
    "Taken",
    "TooOld",
    "Top",
    "WrongChecksum",
]
