"""Both twins of the books that say whether they are the venue's: the same verdict on every message."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.contracts.records import Level
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_sequence import DepthIds, DepthRule, SeqIds
from flows.kernels.book_steps import Ahead, Gap, NoSnapshot, Synchronised, Taken, TooOld, WrongChecksum
from flows.kernels.l2_book import Top
from flows.kernels.scale import Scale

from .book_twins import BookTwins

SCALE, DECIMALS = Scale(-2, -1), KrakenDecimals(2, 1)
LEVEL = Level(10, 1)

levels = st.lists(st.builds(Level, st.integers(1, 20), st.integers(0, 3)), max_size=5)
bad_levels = st.just([Level(1, -1)])
# Mostly the next event; now and then a jump, a repeat, an older one.
jumps = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 5, -1, -4])
depth_steps = st.one_of(
    st.tuples(st.just("depth"), jumps, st.integers(0, 3), levels | bad_levels, levels),
    st.tuples(st.just("snapshot"), st.integers(-6, 4), levels, levels | bad_levels),
    st.tuples(st.just("limit"), st.none() | st.integers(0, 3)),
    st.tuples(st.sampled_from(["disconnect", "swap"])),
)


@given(st.sampled_from(DepthRule), st.lists(depth_steps, max_size=40))
@settings(max_examples=150, deadline=None)
def test_twins_join_snapshots_and_events_alike(rule: DepthRule, drawn: list[tuple[Any, ...]]) -> None:
    twins, last = BookTwins.synced(rule), 100
    for kind, *values in drawn:
        match kind:
            case "depth":
                jump, length, bids, asks = values
                ids = DepthIds(last + 1 + jump, last + 1 + jump + length, last + jump)
                step = twins.call("on_depth", ids, bids, asks)
                last = ids.last if isinstance(step, Taken | Gap) else last
            case "snapshot":
                twins.call("on_snapshot", last + values[0], *values[1:])
            case "limit":
                twins.call("limit", *values)
            case "swap":
                twins.swap()
            case _:
                twins.call("disconnect")
        twins.call("top")
        twins.get("wants_snapshot")
        twins.snapshot()


stream_steps = st.one_of(
    st.tuples(st.just("on_snapshot"), levels | bad_levels, levels, st.booleans()),
    st.tuples(st.just("on_update"), levels, levels, st.integers(0, 9).map(bool)),
    st.tuples(st.just("on_update"), levels, levels | bad_levels, st.integers(0, 9).map(bool)),
    st.tuples(st.sampled_from(["disconnect", "swap"])),
)


@given(st.sampled_from(["coinbase", "kraken", "okx"]), st.lists(stream_steps, max_size=40), st.data())
@settings(max_examples=150, deadline=None)
def test_twins_follow_streams_alike(venue: str, drawn: list[tuple[Any, ...]], data: st.DataObject) -> None:
    twins = {
        "coinbase": BookTwins.coinbase,
        "kraken": lambda: BookTwins.kraken(4, SCALE, DECIMALS),
        "okx": lambda: BookTwins.okx(SCALE, 4),
    }[venue]()
    last = 7
    for kind, *values in drawn:
        if kind == "swap":
            twins.swap()
        elif kind == "disconnect":
            twins.call("disconnect")
        else:
            bids, asks, is_right = values
            checksum = (
                _checksum(venue, twins, kind, bids, asks) if is_right else data.draw(st.sampled_from([None, 0, 5]))
            )
            sequence = data.draw(st.sampled_from([SeqIds(last, last + 3)] * 5 + [SeqIds(last, last - 2), None]))
            step = twins.call(kind, bids, asks, sequence, checksum)
            if isinstance(step, Taken) and sequence is not None:
                last = sequence.last
        twins.call("top")
        twins.get("is_synchronised")
        twins.snapshot()


def _checksum(venue: str, twins: BookTwins, kind: str, bids: list[Level], asks: list[Level]) -> int | None:
    """What the venue would say after a message that is right."""
    book = twins.python.book()
    if book is None or venue == "coinbase" or any(level.quantity < 0 for level in (*bids, *asks)):
        return None
    (book.load if kind == "on_snapshot" else book.apply)(bids, asks)
    checksum: int = book.okx_checksum(SCALE) if venue == "okx" else book.kraken_checksum(SCALE, DECIMALS)
    return checksum


def test_an_event_that_a_snapshot_does_not_reach_asks_for_another() -> None:
    twins = BookTwins.synced(DepthRule.BINANCE_FUTURES)
    twins.call("on_depth", DepthIds(50, 60, 45), [LEVEL], [])
    assert twins.call("on_snapshot", 44, [], []) == TooOld(50)
    assert twins.call("on_snapshot", 70, [Level(9, 1)], []) == Ahead()
    assert twins.call("top") is None
    assert twins.call("on_depth", DepthIds(61, 80, 60), [LEVEL], []) == Taken(Top(LEVEL, None))
    assert twins.call("on_depth", DepthIds(90, 95, 85), [LEVEL], []) == Gap(81)
    assert twins.get("wants_snapshot")
    assert twins.call("on_snapshot", 92, [], []) == Synchronised()


def test_okx_numbers_may_stand_still_or_begin_anew_and_a_checksum_of_0_says_nothing() -> None:
    """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel, "Sequence ID"."""
    twins = BookTwins.okx(SCALE)
    assert twins.call("on_update", [LEVEL], [], SeqIds(9, 10), 0) == NoSnapshot()
    taken = Taken(Top(LEVEL, None))
    assert twins.call("on_snapshot", [LEVEL], [], SeqIds(-1, 10), 0) == taken
    assert twins.call("on_update", [], [], SeqIds(10, 10), 0) == taken
    assert twins.call("on_update", [], [], SeqIds(10, 3), 0) == taken
    assert twins.call("on_update", [], [], SeqIds(3, 5), 0) == taken
    assert twins.call("on_update", [], [], SeqIds(6, 7), 0) == Gap(5)
    assert twins.call("on_update", [], [], SeqIds(7, 8), 0) == NoSnapshot()


def test_a_wrong_checksum_ends_the_book_until_the_next_snapshot() -> None:
    twins = BookTwins.kraken(10, SCALE, DECIMALS)
    assert twins.call("on_snapshot", [LEVEL], []) == Taken(Top(LEVEL, None)), "version 1 sends none with a snapshot"
    assert isinstance(twins.call("on_update", [Level(11, 2)], [], None, 123), WrongChecksum)
    assert (twins.call("top"), twins.get("is_synchronised")) == (None, False)
    assert twins.call("on_update", [Level(11, 2)], [], None, 123) == NoSnapshot()
    twins.call("on_snapshot", [LEVEL], [])
    assert twins.get("is_synchronised")


def test_a_snapshot_of_another_rule_is_refused() -> None:
    spot, futures = (BookTwins.synced(rule) for rule in (DepthRule.BINANCE_SPOT, DepthRule.BINANCE_FUTURES))
    spot.refuses(futures.snapshot(), "rule was .*binance_futures")
    BookTwins.okx(SCALE).refuses(BookTwins.coinbase().snapshot(), "rule was .*coinbase")
