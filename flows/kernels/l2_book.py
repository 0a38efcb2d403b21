"""A book of price levels: loaded from a snapshot, changed by deltas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flows.contracts.codec import encode
from flows.contracts.records import L2BookState, Level
from flows.contracts.registry import SchemaIds
from flows.errors import BookError, StageRestoreError
from flows.kernels import book_checksum, book_measures
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_measures import Sweep
from flows.kernels.book_side import BookSide
from flows.kernels.checked import INT64_MAX, INT64_MIN
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state, same

_DEPTH_MAX = 2**31 - 1


class Top(NamedTuple):
    """Best level of each side, where the side has any."""

    bid: Level | None
    ask: Level | None


class Depth(NamedTuple):
    """What rests on each side, up to 128 bits, in quantity units."""

    bid_quantity: int
    ask_quantity: int


class DepthSlopes(NamedTuple):
    """How fast each side adds up away from the mid, in quantity units per price unit."""

    bid: float
    ask: float


class L2Book:
    """A book in which quantity 0 removes a level.

    `depth_max`: how many levels a side are subscribed. After each message the book is cut to them, as the venue does
    not say what becomes of levels further out. Raises BookError unless it is positive.

    Locked and crossed books are real, and are left as they are.
    """

    def __init__(self, depth_max: int | None = None) -> None:
        if depth_max is not None and not 1 <= depth_max <= _DEPTH_MAX:
            raise BookError(f"depth {depth_max} is not between 1 and {_DEPTH_MAX}; leave it out for a whole book")
        self._depth_max = depth_max
        self._bids, self._asks = BookSide(is_bid=True), BookSide(is_bid=False)

    def __len__(self) -> int:
        """Levels on both sides."""
        return len(self._bids) + len(self._asks)

    @property
    def depth_max(self) -> int | None:
        """How many levels a side are kept; None for all."""
        return self._depth_max

    def load(self, bids: Sequence[Level], asks: Sequence[Level]) -> None:
        """Forgets everything and starts from a snapshot, whose levels may come in any order.

        Raises BookError for a value that no level has; the book is then unchanged.
        """
        check(bids, asks)
        self._bids.load(bids)
        self._asks.load(asks)
        self._truncate()

    def apply(self, bids: Sequence[Level], asks: Sequence[Level]) -> None:
        """Sets each level to its new quantity, in order. Removing a level that is not there is normal: it lay outside
        the snapshot.

        Raises BookError for a value that no level has; the book is then unchanged.
        """
        check(bids, asks)
        for level in bids:
            self._bids.set(level.price, level.quantity)
        for level in asks:
            self._asks.set(level.price, level.quantity)
        self._truncate()

    def set_bid(self, price: int, quantity: int) -> None:
        """`apply` of one bid."""
        _check_values(price, quantity)
        self._bids.set(price, quantity)
        self._truncate()

    def set_ask(self, price: int, quantity: int) -> None:
        """`apply` of one ask."""
        _check_values(price, quantity)
        self._asks.set(price, quantity)
        self._truncate()

    def set_levels(self, is_bid: Sequence[bool], prices: Sequence[int], quantities: Sequence[int]) -> None:
        """`set_bid` or `set_ask` of each row, in order. In Rust the columns are NumPy arrays, and the GIL is released.

        Raises BookError for a value that no level has, or columns of different lengths; the book is then unchanged.
        """
        if not len(is_bid) == len(prices) == len(quantities):
            raise BookError(
                f"the columns have {len(is_bid)}, {len(prices)} and {len(quantities)} rows; give each row all three"
            )
        # NumPy's numbers become Python's: sums of those do not wrap.
        rows = [
            (bool(bid), int(price), int(quantity))
            for bid, price, quantity in zip(is_bid, prices, quantities, strict=True)
        ]
        for _, price, quantity in rows:
            _check_values(price, quantity)
        for bid, price, quantity in rows:
            (self._bids if bid else self._asks).set(price, quantity)
            self._truncate()

    def copy(self) -> L2Book:
        """The book as it is now."""
        copied = L2Book(self._depth_max)
        copied.load(self.bids(), self.asks())
        return copied

    def clear(self) -> None:
        """Forgets all levels."""
        self._bids.clear()
        self._asks.clear()

    def _truncate(self) -> None:
        if self._depth_max is not None:
            self._bids.truncate(self._depth_max)
            self._asks.truncate(self._depth_max)

    def top(self) -> Top:
        """The best level of each side."""
        return Top(self._bids.best(), self._asks.best())

    def bids(self, count: int | None = None) -> Sequence[Level]:
        """The best `count` bids, or all, best first."""
        return self._bids.levels(count)

    def asks(self, count: int | None = None) -> Sequence[Level]:
        """The best `count` asks, or all, best first."""
        return self._asks.levels(count)

    @property
    def is_locked(self) -> bool:
        """Best bid and best ask are the same price."""
        bid, ask = self.top()
        return bid is not None and ask is not None and bid.price == ask.price

    @property
    def is_crossed(self) -> bool:
        """The best bid is above the best ask."""
        bid, ask = self.top()
        return bid is not None and ask is not None and bid.price > ask.price

    def depth(self, count: int | None = None) -> Depth:
        """What the best `count` levels of each side hold, or all."""
        return Depth(book_measures.total(self.bids(count)), book_measures.total(self.asks(count)))

    def imbalance(self, count: int | None = None) -> float | None:
        """(bids - asks) / (bids + asks) over the best `count` levels of each side, or all; None for an empty book."""
        return book_measures.imbalance(*self.depth(count))

    def microprice(self) -> float | None:
        """The mid weighed by the quantity on the other side, in price units; None where a side is empty."""
        bid, ask = self.top()
        return None if bid is None or ask is None else book_measures.microprice(bid, ask)

    def depth_slopes(self, count: int | None = None) -> DepthSlopes | None:
        """How fast the best `count` levels of each side, or all, add up away from the mid, in quantity units per price
        unit; None where a side is empty, and where the book is locked or crossed."""
        bid, ask = self.top()
        if count == 0 or bid is None or ask is None or bid.price >= ask.price:
            return None
        twice_mid = bid.price + ask.price
        return DepthSlopes(
            book_measures.depth_slope(self.bids(count), twice_mid),
            book_measures.depth_slope(self.asks(count), twice_mid),
        )

    def sweep_asks(self, quantity: int) -> Sweep:
        """What it costs to buy `quantity` out of the asks at once. The book stays as it is. Raises BookError unless the
        quantity is positive."""
        return book_measures.sweep(self._to_sweep(self._asks, quantity), quantity, is_buy=True)

    def sweep_bids(self, quantity: int) -> Sweep:
        """What selling `quantity` into the bids at once brings. The book stays as it is. Raises BookError unless the
        quantity is positive."""
        return book_measures.sweep(self._to_sweep(self._bids, quantity), quantity, is_buy=False)

    def _to_sweep(self, side: BookSide, quantity: int) -> Sequence[Level]:
        if not 1 <= quantity <= INT64_MAX:
            raise BookError(f"quantity {quantity} is not between 1 and {INT64_MAX}; ask for what can be traded")
        return side.levels()

    def kraken_checksum(self, scale: Scale, decimals: KrakenDecimals) -> int:
        """What Kraken says of this book, 0 to 2^32 - 1. Raises BookError for a level that it cannot have written."""
        count = book_checksum.KRAKEN_LEVELS
        return book_checksum.kraken_checksum(self.bids(count), self.asks(count), scale, decimals)

    def okx_checksum(self, scale: Scale) -> int:
        """What OKX says of this book, -2^31 to 2^31 - 1."""
        count = book_checksum.OKX_LEVELS
        return book_checksum.okx_checksum(self.bids(count), self.asks(count), scale)

    def snapshot(self, ids: SchemaIds) -> bytes:
        """The book, framed, in its schema of `schemas/state/`."""
        return encode(self.state(), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Replaces the book by one that either twin wrote.

        Raises StageRestoreError if it is none, or has another depth; the book is then unchanged.
        """
        self.take_state(open_state(ids, state, L2BookState))

    def state(self) -> L2BookState:
        """What `snapshot` frames."""
        return L2BookState(self._depth_max, list(self.bids()), list(self.asks()))

    def take_state(self, state: L2BookState) -> None:
        """As `restore`."""
        same("depth_max", state.depth_max, self._depth_max)
        try:
            self.load(state.bids, state.asks)
        except BookError as error:
            raise StageRestoreError(f"the snapshot is no book: {error}") from error


def check(bids: Sequence[Level], asks: Sequence[Level]) -> None:
    """Raises BookError for a value that no level has."""
    for side in (bids, asks):
        for level in side:
            _check_values(level.price, level.quantity)


def _check_values(price: int, quantity: int) -> None:
    if not INT64_MIN <= price <= INT64_MAX:
        raise BookError(f"price {price} does not fit 64 bits; the instrument needs a coarser exponent")
    if not 0 <= quantity <= INT64_MAX:
        raise BookError(f"quantity {quantity} at price {price} is not between 0 and {INT64_MAX}")
