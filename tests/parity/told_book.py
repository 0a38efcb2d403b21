"""A venue's book as an ingestor writes it down: messages become records, each with the best levels after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from flows.books import DepthIds, L2Book, Level, NotNeeded, StreamedBook, SyncedBook, Taken
from flows.contracts.records import BookDelta, BookSnapshot, Gap, GapStream
from flows.kernels.scale import Scale


class ToldBook:
    """`book`: the venue's own, which proves it. A book without numbers is given some, as an ingestor does."""

    def __init__(self, book: SyncedBook | StreamedBook, scale: Scale, depth_max: int | None = None) -> None:
        self._book = book
        self._scale = scale
        self._depth_max = depth_max
        self._number = 0
        self._is_told = False
        """A depth event has named the best levels of the book that there is."""

    def synced(self) -> L2Book | None:
        """The book as a reader of the log may know it."""
        return self._book.book() if self._is_told else None

    def delta(
        self,
        bids: Sequence[Level],
        asks: Sequence[Level],
        ids: DepthIds | None = None,
        checksum: int | None = None,
        **other: Any,
    ) -> BookDelta:
        """`other`: fields that are to be another than they are."""
        if isinstance(self._book, SyncedBook):
            assert ids is not None
            self._book.on_depth(ids, bids, asks)
        else:
            self._number += 1
            ids = DepthIds(self._number, self._number)
            assert isinstance(self._book.on_update(bids, asks, None, checksum), Taken), "it is the venue's"
        top = self._book.top()
        bid, ask = (None, None) if top is None else (top.bid, top.ask)
        self._is_told = top is not None and not other
        return BookDelta(
            **self._place(),
            first_update_id=ids.first,
            final_update_id=ids.last,
            previous_update_id=ids.previous_final,
            bids=list(bids),
            asks=list(asks),
            **{
                "bid_price": bid and bid.price,
                "bid_quantity": bid and bid.quantity,
                "ask_price": ask and ask.price,
                "ask_quantity": ask and ask.quantity,
                **other,
            },
        )

    def snapshot(self, bids: Sequence[Level], asks: Sequence[Level], last: int | None = None) -> BookSnapshot:
        if isinstance(self._book, SyncedBook):
            assert last is not None
            step = self._book.on_snapshot(last, bids, asks)
            self._is_told = self._is_told and isinstance(step, NotNeeded)
        else:
            self._number += 1
            last, self._is_told = self._number, False
            self._book.on_snapshot(bids, asks)
        return BookSnapshot(
            **self._place(), final_update_id=last, bids=list(bids), asks=list(asks), depth_max=self._depth_max
        )

    def gap(self, stream: GapStream) -> Gap:
        if stream is not GapStream.TRADE:
            self._book.disconnect()
            self._is_told = False
        return Gap("binance", "BTC-USDT", 0, stream, None, None, "test")

    def _place(self) -> dict[str, Any]:
        return {
            **{"venue": "binance", "instrument": "BTC-USDT"},
            **{"price_exponent": self._scale.price_exponent, "quantity_exponent": self._scale.quantity_exponent},
            **{"event_ns": None, "publish_ns": None, "receive_ns": 0, "flags": 0},
        }


def slopes(book: L2Book | None, scale: Scale, count: int) -> tuple[float | None, float | None]:
    """By numpy: base per unit of the quote currency, of each side's best levels."""
    bid, ask = book.top() if book is not None else (None, None)
    if book is None or bid is None or ask is None or bid.price >= ask.price:
        return None, None
    mid = (bid.price + ask.price) / 2
    found = []
    for side in (book.bids(count), book.asks(count)):
        away = np.abs(np.array([level.price for level in side]) - mid) * 10.0**scale.price_exponent
        summed = np.cumsum([float(level.quantity) for level in side]) * 10.0**scale.quantity_exponent
        found.append(float(np.linalg.lstsq(away[:, None], summed, rcond=None)[0][0]))
    return found[0], found[1]
