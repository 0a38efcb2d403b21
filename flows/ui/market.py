"""Every instrument's market: newest trades, best bid and ask, book, time bars and the averages on them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flows.ui.book import Book
from flows.ui.tape import Offsets, Row, Tape, between

TICKS, BARS, FEATURES = "market.ticks", "market.bars", "market.features"
TRADES_KEPT = 40
BARS_KEPT = 240
# What is read at first, in records of each partition: minutes of a busy market, a fraction of a second to read.
WINDOWS = {TICKS: 60_000, BARS: 20_000, FEATURES: 20_000}

# Books begin with a snapshot, which may be long ago: it is looked for in steps, and not without end.
_BACK_AT_ONCE = 100_000
_BACK_AT_MOST = 4_000_000

Instrument = tuple[str, str]
"""Venue and instrument."""

_NEWEST = f"""
SELECT venue, instrument, any(partition) AS partition, countIf(kind = 'Trade') AS trades,
    groupArraySortedIf({TRADES_KEPT})(
        tuple(-offset, price, quantity, aggressor, toUnixTimestamp64Nano(assumeNotNull(event_ns))), kind = 'Trade'
    ) AS newest_trades,
    argMaxIf(tuple(bid_price, bid_quantity, ask_price, ask_quantity), offset,
             bid_price IS NOT NULL AND ask_price IS NOT NULL) AS top,
    max(toUnixTimestamp64Nano(receive_ns)) AS received_ns,
    countIf(kind = 'Gap') AS gaps, argMaxIf(reason, offset, kind = 'Gap') AS gap_reason,
    maxIf(offset, kind = 'Gap' AND stream IN ('book', 'connection')) AS broken,
    maxIf(offset, kind = 'BookSnapshot') AS snapshot, maxIf(final_update_id, kind = 'BookSnapshot') AS snapshot_id,
    countIf(kind = 'Instrument') AS listings,
    argMaxIf(tuple(tick_size, lot_size), offset, kind = 'Instrument') AS terms
FROM market_ticks WHERE {{where}} AND instrument != '' GROUP BY venue, instrument
"""
_LEVELS = """
SELECT venue, instrument, side, level.price AS price, argMax(level.quantity, final_update_id) AS quantity,
    max(final_update_id) AS id, max(offset) AS newest
FROM (
    SELECT venue, instrument, final_update_id, offset, arrayJoin(arrayConcat(
        arrayMap(level -> ('bid', level), bids), arrayMap(level -> ('ask', level), asks))) AS one,
        one.1 AS side, one.2 AS level
    FROM market_ticks WHERE {where} AND kind IN ('BookDelta', 'BookSnapshot')
) GROUP BY venue, instrument, side, price
"""
_RESTARTS = """
SELECT venue, instrument, maxIf(offset, kind = 'Gap' AND stream IN ('book', 'connection')) AS broken,
    maxIf(offset, kind = 'BookSnapshot') AS snapshot, maxIf(final_update_id, kind = 'BookSnapshot') AS snapshot_id
FROM market_ticks WHERE {where} AND kind IN ('BookSnapshot', 'Gap') GROUP BY venue, instrument
"""
_BARS = f"""
SELECT venue, instrument, interval_ns, toUnixTimestamp64Nano(open_ns) AS open_ns, open, high, low, close, volume,
    origin_partition, origin_offset, toUnixTimestamp64Nano(receive_ns) AS receive_ns,
    toUnixTimestamp64Nano(produced_ns) AS produced_ns
FROM market_bars WHERE {{where}} AND kind = 'Bar' AND series = ''
ORDER BY partition, offset DESC LIMIT {BARS_KEPT} BY venue, instrument, interval_ns
"""
_FEATURES = f"""
SELECT venue, instrument, interval_ns, toUnixTimestamp64Nano(close_ns) AS close_ns, ema_fast, ema_slow, rsi,
    origin_partition, origin_offset, toUnixTimestamp64Nano(receive_ns) AS receive_ns,
    toUnixTimestamp64Nano(produced_ns) AS produced_ns
FROM market_features WHERE {{where}} AND kind = 'FeatureVector' AND series = ''
ORDER BY partition, offset DESC LIMIT {BARS_KEPT} BY venue, instrument, interval_ns
"""


@dataclass(slots=True)
class Board:
    """One instrument."""

    partition: int = 0
    tick_size: Decimal | None = None
    lot_size: Decimal | None = None
    trades: deque[tuple[Decimal, Decimal, str, int]] = field(default_factory=lambda: deque(maxlen=TRADES_KEPT))
    """Newest first: price, quantity, the taker's side, venue time in nanoseconds."""
    top: tuple[Decimal, Decimal, Decimal, Decimal] | None = None
    """Best bid and its quantity, best ask and its quantity."""
    received_ns: int = 0
    """When its newest record was received."""
    trade_count: int = 0
    gaps: int = 0
    gap_reason: str = ""
    book: Book = field(default_factory=Book)
    bars: dict[int, deque[Row]] = field(default_factory=dict)
    """By interval in nanoseconds, oldest first."""
    features: dict[int, deque[Row]] = field(default_factory=dict)


class Market:
    """All boards; each reading adds what is new."""

    def __init__(self) -> None:
        self.boards: dict[Instrument, Board] = {}
        self._books_begin: Offsets = {}
        self._books_back: Offsets = {}

    def take_terms(self, rows: Iterable[Row]) -> None:
        """What the venues said of their instruments, in the order of the log."""
        for row in rows:
            board = self._board(row)
            board.tick_size, board.lot_size = row["tick_size"], row["lot_size"]

    def read_ticks(self, tape: Tape, begins: Offsets, ends: Offsets) -> None:
        for partition in ends:
            # Books are read from here on, and backwards from here.
            self._books_begin.setdefault(partition, begins.get(partition, 0))
            self._books_back.setdefault(partition, begins.get(partition, 0))
        where = between(begins, ends)
        restarts = tape.rows(_NEWEST.format(where=where), TICKS)
        for row in restarts:
            _take_newest(self._board(row), row)
            if row["broken"]:
                self._board(row).book.clear()
        self._set_levels(tape, where, restarts)

    def read_books_back(self, tape: Tape) -> None:
        """One step further back, until every book has met its last snapshot, or the depth events are old."""
        partitions = {board.partition for board in self.boards.values() if not board.book.is_read}
        ends = {
            partition: begin
            for partition, begin in self._books_back.items()
            if partition in partitions and begin > max(0, self._books_begin[partition] - _BACK_AT_MOST)
        }
        for board in self.boards.values():
            board.book.is_read = board.book.is_read or board.partition not in ends
        if not ends:
            return
        begins = {partition: max(0, end - _BACK_AT_ONCE) for partition, end in ends.items()}
        self._books_back.update(begins)
        where = between(begins, ends)
        self._set_levels(tape, where, tape.rows(_RESTARTS.format(where=where), TICKS), back=True)

    def _set_levels(self, tape: Tape, where: str, restarts: Iterable[Row], *, back: bool = False) -> None:
        """Depth events of a stretch. `restarts`: by instrument, where a gap ended the book, and where a snapshot began
        it. Backwards, books that have met theirs take no more."""
        broken = {(row["venue"], row["instrument"]): row["broken"] for row in restarts if row["broken"]}
        taking = {place for place, board in self.boards.items() if not (back and board.book.is_read)}
        for level in tape.rows(_LEVELS.format(where=where), TICKS):
            place = (level["venue"], level["instrument"])
            if place in taking and level["newest"] > broken.get(place, -1):
                self._board(level).book.set(level["side"], level["price"], level["quantity"], level["id"])
        for row in restarts:
            place, book = (row["venue"], row["instrument"]), self._board(row).book
            if place in taking and row["snapshot_id"] and row["snapshot"] > row["broken"]:
                book.take_snapshot(row["snapshot_id"])
            elif place in taking and row["broken"]:
                book.is_read = True
        for place in taking:
            self.boards[place].book.trim()

    def read_bars(self, tape: Tape, begins: Offsets, ends: Offsets) -> list[dict[str, Any]]:
        """The new bars, newest first within each partition."""
        rows = tape.rows(_BARS.format(where=between(begins, ends)), BARS)
        for row in reversed(rows):
            self._board(row).bars.setdefault(row["interval_ns"], deque(maxlen=BARS_KEPT)).append(row)
        return rows

    def read_features(self, tape: Tape, begins: Offsets, ends: Offsets) -> list[dict[str, Any]]:
        """The new feature vectors, as `read_bars`."""
        rows = tape.rows(_FEATURES.format(where=between(begins, ends)), FEATURES)
        for row in reversed(rows):
            self._board(row).features.setdefault(row["interval_ns"], deque(maxlen=BARS_KEPT)).append(row)
        return rows

    def _board(self, row: Row) -> Board:
        return self.boards.setdefault((row["venue"], row["instrument"]), Board())


def _take_newest(board: Board, row: Row) -> None:
    board.partition = row["partition"]
    board.trade_count += row["trades"]
    board.received_ns = max(board.received_ns, row["received_ns"])
    for _, price, quantity, aggressor, event_ns in reversed(row["newest_trades"]):
        board.trades.appendleft((price, quantity, aggressor, event_ns))
    bid, bid_quantity, ask, ask_quantity = row["top"]
    if bid is not None and ask is not None:
        board.top = (bid, bid_quantity, ask, ask_quantity)
    if row["listings"]:
        board.tick_size, board.lot_size = row["terms"]
    if row["gaps"]:
        board.gaps += row["gaps"]
        board.gap_reason = row["gap_reason"]
