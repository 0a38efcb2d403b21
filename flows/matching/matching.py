"""What a matching engine can do, whichever language it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from flows._native import Fill, Order
from flows.kernels.matching import Phase
from flows.matching.arrays import Rows
from flows.matching.views import Batch, BookDepth, LiveOrder, QueuePosition


class Matching(Protocol):
    """The book of one symbol.

    Every call but those that only read takes place at `time_ns`, or without it at the engine's time; what has expired
    by then is cancelled first. Calls raise Rejected where a command is rejected: nothing has changed then but the time
    and what expired. Ids are unsigned 64-bit numbers, owners unsigned 32-bit ones, all others signed 64-bit; outside
    that a call raises OverflowError.
    """

    def __init__(
        self,
        symbol: str,
        *,
        tick_size: int = 1,
        lot_size: int = 1,
        lowest_price: int | None = None,
        highest_price: int | None = None,
        last_price: int | None = None,
    ) -> None:
        """Empty, open, at time 0. Prices are multiples of the tick size, quantities of the lot size. The lowest and
        highest price are the bands; the last price is that of the last trade before, for stops and auctions. Raises
        MatchingConfigError for sizes below 1, bands the wrong way round, or a last price off tick."""

    @property
    def symbol(self) -> str: ...
    @property
    def tick_size(self) -> int: ...
    @property
    def lot_size(self) -> int: ...
    @property
    def time_ns(self) -> int:
        """Highest time of a command so far; 0 before the first."""

    @property
    def sequence(self) -> int:
        """Sequence number of the last event; 0 before the first."""

    @property
    def phase(self) -> Phase: ...
    @property
    def last_price(self) -> int | None:
        """Price of the last trade; None before the first."""

    @property
    def bands(self) -> tuple[int | None, int | None]:
        """Lowest and highest price; None where there is no band."""

    def __len__(self) -> int:
        """How many orders are live, stops too."""

    def __contains__(self, order_id: object) -> bool:
        """Whether the order is live."""

    def add_order(self, order: Order, *, time_ns: int | None = None) -> list[Fill]:
        """Takes a new order; the trades that it caused, those of stops that it triggered too. Raises Rejected."""

    def cancel_order(self, order_id: int, *, owner: int | None = None, time_ns: int | None = None) -> bool:
        """Whether the order was live, and is now cancelled. With `owner`, raises Rejected if it is somebody else's."""

    def modify_order(
        self,
        order_id: int,
        *,
        price: int | None = None,
        quantity: int | None = None,
        stop_price: int | None = None,
        owner: int | None = None,
        time_ns: int | None = None,
    ) -> list[Fill]:
        """Changes what is given; `quantity` is the new total, with what was executed and reduced. The trades that it
        caused. The order keeps its priority if its price stays and its quantity does not grow. Raises Rejected."""

    def reduce_order(
        self, order_id: int, quantity: int, *, owner: int | None = None, time_ns: int | None = None
    ) -> None:
        """Takes that much from what is open; the order keeps its priority. All of it cancels it. Raises Rejected."""

    def mass_cancel(
        self, *, owner: int | None = None, side: int | None = None, time_ns: int | None = None
    ) -> list[int]:
        """Cancels all live orders, or those of an owner, of a side; their ids, with those that expired first. Raises
        ValueError for owner 0, who is nobody."""

    def set_phase(self, phase: int, *, time_ns: int | None = None) -> list[Fill]:
        """Opens, halts or closes trading, or calls an auction; the trades of an uncrossing and of what it triggered."""

    def set_bands(self, lowest: int | None, highest: int | None, *, time_ns: int | None = None) -> None:
        """Sets both price bands; None lifts one. Raises Rejected (bad_price) where they are negative or the wrong way
        round."""

    def advance(self, time_ns: int) -> list[int]:
        """Moves the time; ids of the orders that expired by it. Raises Rejected (time_backwards)."""

    def events(self) -> Rows:
        """What happened in the last call that was no batch, of dtype EVENT; also if it was rejected."""

    def add_orders(self, orders: Rows | bytes | bytearray | memoryview | Sequence[Order]) -> Batch:
        """Takes many new orders: rows of dtype COMMAND (an `action` of 0 is new), the bytes of such rows, or Order
        objects, which enter at the engine's time. Raises ValueError for rows that are none, or are not new."""

    def apply(self, commands: Rows | bytes | bytearray | memoryview) -> Batch:
        """Takes many commands: rows of dtype COMMAND, or their bytes. They must not be written to meanwhile: in Rust
        the GIL is released. Raises ValueError for rows that are none."""

    def get_book_snapshot(self, depth: int | None = None) -> BookDepth:
        """The book by price, of each side the best `depth` prices, or all. Raises ValueError for a negative depth."""

    def queue_position(self, order_id: int) -> QueuePosition | None:
        """What stands before a resting order at its price; None if it does not rest."""

    def order(self, order_id: int) -> LiveOrder | None:
        """The order, resting or waiting; None if it is not live."""

    def orders(self, side: int) -> Iterator[LiveOrder]:
        """The resting orders of a side, in the order of their priority; as they are when this is called."""

    def stops(self, side: int) -> Iterator[LiveOrder]:
        """The waiting stops of a side, in the order in which they would be triggered; as they are when this is
        called."""

    def snapshot(self) -> bytes:
        """The state, framed: MatchingState of `schemas/state/`."""

    def restore(self, state: bytes) -> None:
        """Replaces the state by one that either engine wrote; `events` is then empty. Raises StageRestoreError if it is
        no such state, or of another symbol, tick size or lot size: nothing has changed then."""
