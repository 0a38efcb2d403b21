"""Both twins of the book do and say the same, whatever comes."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows._native import L2Book as RustBook
from flows.contracts.records import Level
from flows.errors import BookError
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_measures import Sweep
from flows.kernels.book_sequence import DepthRule
from flows.kernels.l2_book import Depth, L2Book, Top
from flows.kernels.scale import Scale

from .book_twins import BookTwins

BIG = 2**63 - 1

# Few prices near each other, so that levels meet; and the ends of 64 bits.
prices = st.integers(-3, 30) | st.sampled_from([-(2**63), BIG])
quantities = st.integers(0, 5) | st.integers(1, BIG)
no_quantities = st.sampled_from([-1, -(2**63), 2**63])
levels = st.lists(st.builds(Level, prices, quantities), max_size=12)
bad_levels = st.lists(st.builds(Level, prices | st.just(2**63), quantities | no_quantities), max_size=4)
changes = st.one_of(
    st.tuples(st.just("load"), levels, levels),
    st.tuples(st.just("apply"), levels, levels),
    st.tuples(st.just("apply"), bad_levels, bad_levels),
    st.tuples(st.sampled_from(["set_bid", "set_ask"]), prices, quantities | no_quantities),
    st.tuples(st.just("clear")),
)
depths = st.none() | st.integers(1, 6)


@given(depths, st.lists(changes, max_size=25), st.integers(1, 8), st.sampled_from([0, -1, 1, 7, BIG]))
@settings(max_examples=150, deadline=None)
def test_twins_agree(depth_max: int | None, drawn: list[tuple[Any, ...]], count: int, wanted: int) -> None:
    twins = BookTwins.l2(depth_max)
    for number, (name, *arguments) in enumerate(drawn):
        before = twins.snapshot()
        refused = twins.call(name, *arguments)
        if refused is not None:
            assert refused[0] == "BookError"
            assert twins.snapshot() == before, "nothing has changed"
        _ask(twins, count, wanted)
        if number % 5 == 4:
            twins.swap()


def _ask(twins: BookTwins, count: int, wanted: int) -> None:
    for name in ("top", "microprice"):
        twins.call(name)
    for name in ("bids", "asks", "depth", "imbalance", "depth_slopes"):
        twins.call(name)
        twins.call(name, count)
    for name in ("is_locked", "is_crossed", "depth_max"):
        twins.get(name)
    for name in ("sweep_asks", "sweep_bids"):
        twins.call(name, wanted)
    for decimals in (KrakenDecimals(9, 9), KrakenDecimals(8, 12), KrakenDecimals(27, 9), KrakenDecimals(28, 9)):
        twins.call("kraken_checksum", Scale(-9, -9), decimals)
    for exponents in (Scale(-9, -1), Scale(0, 18), Scale(-18, 3), Scale(-19, 0)):
        twins.call("okx_checksum", exponents)


def book_of(bids: list[tuple[int, int]], asks: list[tuple[int, int]]) -> BookTwins:
    twins = BookTwins.l2()
    twins.call("load", [Level(*level) for level in bids], [Level(*level) for level in asks])
    return twins


def test_measures_are_exact() -> None:
    twins = book_of([(99, 4), (98, 6)], [(101, 1), (103, 2), (110, 5)])
    assert twins.call("top") == Top(Level(99, 4), Level(101, 1))
    assert twins.call("depth", 2) == Depth(10, 3)
    assert twins.call("imbalance", 1) == 3 / 5
    assert twins.call("microprice") == (99 * 1 + 101 * 4) / 5
    assert twins.call("sweep_asks", 2) == Sweep(2, 204, 2, 103, 102)
    assert twins.call("sweep_asks", 4) == Sweep(4, 417, 3, 110, 105), "104.25, rounded up for a buyer"
    assert twins.call("sweep_bids", 5) == Sweep(5, 494, 2, 98, 98), "98.8, rounded down for a seller"
    assert twins.call("sweep_asks", 9) == Sweep(8, 857, 3, 110, 108), "all there is"
    assert book_of([], []).call("sweep_asks", 1) == Sweep(0, 0, 0, None, None)


def test_money_does_not_overflow() -> None:
    twins = book_of([(BIG - 1, BIG), (BIG - 2, BIG)], [(BIG, BIG)])
    assert twins.call("depth").bid_quantity == 2 * BIG
    assert twins.call("sweep_bids", BIG).cost == (BIG - 1) * BIG
    assert twins.call("microprice") == float(BIG)


def test_locked_and_crossed_books_are_seen_and_kept() -> None:
    states = []
    for bid in (99, 100, 101):
        twins = book_of([(bid, 1)], [(100, 1)])
        states.append((twins.get("is_locked"), twins.get("is_crossed"), len(twins.python)))
    assert states == [(False, False, 2), (True, False, 2), (False, True, 2)]
    assert not book_of([(99, 1)], []).get("is_crossed")


def test_a_book_is_cut_to_its_depth_after_a_message_and_not_within() -> None:
    twins = BookTwins.l2(2)
    twins.call("load", [], [Level(price, 1) for price in (12, 11, 10)])
    assert [level.price for level in twins.call("asks")] == [10, 11]
    twins.call("apply", [], [Level(12, 5), Level(10, 0)])
    assert twins.call("asks") == [Level(11, 1), Level(12, 5)], "12 was beyond the depth when it came"
    twins.call("set_ask", 11, 0)
    assert twins.call("asks") == [Level(12, 5)], "nothing that was cut off comes back"


def test_checksums_are_those_that_the_venues_pages_spell_out() -> None:
    """Kraken: https://docs.kraken.com/api/docs/guides/spot-ws-book-v1, "Example"."""
    scale = Scale(-9, -9)
    asks = [(price * 10_000, 5_000) for price in range(5005, 5055, 5)]
    bids = [(price * 10_000, 5_000) for price in range(5000, 4945, -5) if price != 4985]
    twins = book_of(bids, asks)
    assert twins.call("kraken_checksum", scale, KrakenDecimals(5, 8)) == 974947235
    assert twins.call("kraken_checksum", scale, KrakenDecimals(4, 8)) == (
        "BookError",
        "price 50050000e-9 has more than 4 decimals; the venue writes 4",
    )
    twins = book_of([(3_366_100_000_000, 7_000_000_000)], [(3_366_800_000_000, 9_000_000), (3_368 * 10**9, 8 * 10**9)])
    signed = zlib.crc32(b"3366.1:7:3366.8:0.009:3368:8")
    assert twins.call("okx_checksum", scale) == (signed if signed < 2**31 else signed - 2**32)


@given(depths, st.lists(st.tuples(st.booleans(), st.integers(-3, 30), st.integers(-1, 5)), max_size=30))
@settings(max_examples=100, deadline=None)
def test_columns_are_levels_one_by_one(depth_max: int | None, rows: list[tuple[bool, int, int]]) -> None:
    twins, each = BookTwins.l2(depth_max), BookTwins.l2(depth_max)
    columns = [np.array([row[at] for row in rows], dtype) for at, dtype in enumerate((bool, np.int64, np.int64))]
    if twins.call("set_levels", *columns) is None:
        for is_bid, price, quantity in rows:
            each.call("set_bid" if is_bid else "set_ask", price, quantity)
    assert twins.snapshot() == each.snapshot()
    assert (twins.call("set_levels", *(column[:at] for at, column in enumerate(columns))) is None) == (not rows)


@pytest.mark.parametrize("depth_max", [0, -1, 2**31, 2**64])
@pytest.mark.parametrize("book", [L2Book, RustBook])
def test_a_depth_is_positive(book: type[L2Book], depth_max: int) -> None:
    with pytest.raises(BookError, match=f"depth {depth_max} is not between 1 and 2147483647"):
        book(depth_max)


def test_a_snapshot_that_is_not_this_books_is_refused() -> None:
    twins = BookTwins.l2(5)
    twins.refuses(BookTwins.l2().snapshot(), "depth_max was None when the snapshot was taken")
    other = BookTwins.synced(DepthRule.BINANCE_SPOT).snapshot()
    twins.refuses(other, "the snapshot is a SyncedBookState, not a L2BookState")
    twins.refuses(bytes(5), "the snapshot cannot be read: schema id 0")
