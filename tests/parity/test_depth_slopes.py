"""Both twins of bars keep the book as the log tells it, and say how fast its sides add up at a bar's end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.books import DepthIds, DepthRule, KrakenDecimals, Level, StreamedBook, SyncedBook
from flows.contracts.codec import decode
from flows.contracts.records import Bar, GapStream
from flows.errors import StageConfigError
from flows.kernels.bars import Bars
from flows.kernels.scale import Scale
from tests import captures
from tests.captures import BookMessage, levels, scale_of, units
from tests.recordings import messages, recording

from .plain_ticks import trade
from .streams import SECOND, START
from .told_book import ToldBook, slopes
from .twins import IDS, Twins, entry, records

SCALE = Scale(-5, 0)
LEVELS = 3
CONFIG = {"intervals_ns": [SECOND], "lateness_ns": 0, "depth_levels": LEVELS}
_BIDS, _ASKS = [Level(99, 4), Level(98, 6)], [Level(101, 1), Level(103, 2)]
Slopes = tuple[float | None, float | None]


class Near:
    """Equal but for rounding, which numpy does in another order."""

    def __init__(self, expected: Slopes) -> None:
        self._expected = expected

    def __eq__(self, made: object) -> bool:
        assert isinstance(made, tuple)
        pairs = zip(made, self._expected, strict=True)
        return all(one is other or one == pytest.approx(other, rel=1e-9) for one, other in pairs)

    def __repr__(self) -> str:
        return repr(self._expected)


def spot() -> ToldBook:
    return ToldBook(SyncedBook(DepthRule.BINANCE_SPOT), SCALE)


class Tape:
    """Records of one instrument into bars of a second, each of which is closed by the first trade of the next."""

    def __init__(self, config: dict[str, Any] = CONFIG) -> None:
        self.twins = Twins("bars", config)
        self._read = self._seconds = 0

    def take(self, *told: Any) -> list[Bar]:
        entries = [entry("market.ticks", self._read + at, one) for at, one in enumerate(told)]
        self._read += len(told)
        return [one for one in records(self.twins.feed(entries)) if isinstance(one, Bar)]

    def slopes(self) -> Slopes:
        """Of a bar that ends now."""
        ticks = [trade(START + (self._seconds + at) * SECOND, 100, 1) for at in (0, 1)]
        self._seconds += 2
        made = self.take(*ticks)
        assert len(made) in (1, 2), "the first trade ends the bar before"
        return made[-1].bid_depth_slope, made[-1].ask_depth_slope


def test_a_line_through_the_origin_by_least_squares() -> None:
    """Bids 4 and 10 at distances 1 and 2, asks 1 and 3 at 1 and 3; a price unit is 1e-5."""
    tape, book = Tape(), spot()
    tape.take(book.delta([], [], DepthIds(1, 5)), book.snapshot(_BIDS, _ASKS, 5), book.delta([], [], DepthIds(6, 6)))
    assert tape.slopes() == ((1 * 4 + 2 * 10) / (1 + 4) * 1e5, (1 * 1 + 3 * 3) / (1 + 9) * 1e5)
    # Of three levels at most; those further out do not count.
    tape.take(book.delta([Level(97, 1), Level(50, 9)], [], DepthIds(7, 7)))
    assert tape.slopes() == ((1 * 4 + 2 * 10 + 3 * 11) / (1 + 4 + 9) * 1e5, 1e5)


def test_without_levels_no_book_is_read() -> None:
    tape, book = Tape({"intervals_ns": [SECOND]}), spot()
    tape.take(book.snapshot(_BIDS, _ASKS, 5), book.delta([], [], DepthIds(6, 6)))
    assert tape.slopes() == (None, None)
    assert decode(decode(tape.twins.snapshot(), IDS).kernel, IDS).books == []


def test_it_counts_while_the_log_says_so() -> None:
    tape, book = Tape(), spot()
    known = tape.slopes
    assert known() == (None, None)
    tape.take(book.delta([Level(99, 4)], [], DepthIds(1, 5)))
    assert known() == (None, None), "it waits for a snapshot"
    tape.take(book.snapshot(_BIDS, _ASKS, 3))
    assert known() == (None, None), "no depth event has named its best levels yet"
    tape.take(book.delta([], [], DepthIds(6, 6)))
    whole = known()
    assert None not in whole
    tape.take(book.gap(GapStream.TRADE), book.snapshot([], [], 4))
    assert known() == whole, "trades are missing, and a snapshot came that nobody needs"
    tape.take(book.delta([], [], DepthIds(7, 7), bid_price=98))
    assert known() == (None, None), "its best levels are others than the ingestor's"
    tape.take(book.delta([], [], DepthIds(8, 8)))
    assert known() == whole
    for stream, first in ((GapStream.BOOK, 20), (GapStream.CONNECTION, 40)):
        tape.take(book.gap(stream), book.delta([], [], DepthIds(first, first)))
        assert known() == (None, None)
        tape.take(book.snapshot(_BIDS, _ASKS, first), book.delta([], [], DepthIds(first + 1, first + 1)))
        assert known() == whole
    tape.take(book.delta([Level(101, 1)], [], DepthIds(42, 42)))
    assert known() == (None, None), "locked"
    tape.take(book.delta([Level(101, 0), Level(99, 0), Level(98, 0)], [], DepthIds(43, 43)))
    assert known() == (None, None), "a side is empty"


def test_a_venue_that_removes_no_far_levels_has_its_book_cut() -> None:
    """The bid at 97 fell out of the three best; that it is gone meanwhile was not said."""
    tape = Tape()
    book = ToldBook(StreamedBook.kraken(3, SCALE, KrakenDecimals(5, 0)), SCALE, 3)
    tape.take(
        book.snapshot([Level(99, 4), Level(98, 6), Level(97, 7)], _ASKS),
        book.delta([Level(100, 1)], []),
        book.delta([Level(100, 0)], []),
    )
    assert tape.slopes() == Near(slopes(book.synced(), SCALE, 3))
    tape.twins.swap()
    tape.take(book.delta([Level(96, 5)], []))
    made = tape.slopes()
    assert made == Near(slopes(book.synced(), SCALE, 3))
    assert made[0] == (1 * 4 + 2 * 10 + 4 * 15) / (1 + 4 + 16) * 1e5


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("bids", [Level(99, -1)], "quantity -1 is negative"), ("depth_max", 0, "depth_max 0 is not positive")],
)
def test_what_no_book_has_is_refused(field: str, value: Any, said: str) -> None:
    tape, book = Tape(), spot()
    bad = replace(book.snapshot([], [], 7), **{field: value})
    [letter] = records(tape.twins.feed([entry("market.ticks", 0, bad)]))
    assert said in letter.detail


def test_a_count_of_levels_must_be_one() -> None:
    for count in (-1, 10_001):
        with pytest.raises(StageConfigError, match="depth_levels: is not between 0 and 10000"):
            Bars({"depth_levels": count})
        with pytest.raises(StageConfigError, match="depth_levels: is not between 0 and 10000"):
            Twins("bars", {"depth_levels": count})


changed = st.lists(st.builds(Level, st.integers(90, 110), st.integers(0, 5)), max_size=4)
steps = st.one_of(
    st.tuples(st.just("delta"), changed, changed),
    st.tuples(st.just("delta"), changed, changed),
    st.tuples(st.just("snapshot"), st.integers(-3, 3), changed, changed),
    st.tuples(st.just("lie"), changed, changed),
    st.tuples(st.just("gap"), st.sampled_from(GapStream)),
    st.tuples(st.just("swap")),
)


@given(st.sampled_from([DepthRule.BINANCE_SPOT, DepthRule.BINANCE_FUTURES]), st.lists(steps, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_twins_know_what_the_ingestor_knew(rule: DepthRule, drawn: list[tuple[Any, ...]]) -> None:
    tape, book, last = Tape(), ToldBook(SyncedBook(rule), SCALE), 100
    for kind, *values in drawn:
        if kind in ("delta", "lie"):
            ids = DepthIds(last + 1, last + 2, None if rule is DepthRule.BINANCE_SPOT else last)
            last += 2
            other = {"bid_quantity": 99} if kind == "lie" else {}
            tape.take(book.delta(values[0], values[1], ids, **other))
        elif kind == "snapshot":
            tape.take(book.snapshot(values[1], values[2], last + values[0]))
        elif kind == "gap":
            tape.take(book.gap(values[0]))
        else:
            tape.twins.swap()
        assert tape.slopes() == Near(slopes(book.synced(), SCALE, LEVELS))


def follow(told: Iterator[Any], book: ToldBook, scale: Scale, every: int, count: int) -> int:
    """A bar behind each so many records of a book; how many have slopes."""
    tick = replace(trade(0, 100, 1), price_exponent=scale.price_exponent, quantity_exponent=scale.quantity_exponent)
    twins, entries, expected, found = Twins("bars", CONFIG | {"depth_levels": count}), [], [], []
    for at, one in enumerate(told):
        entries.append(one)
        if at % every == every - 1:
            entries.append(replace(tick, event_ns=START + at * SECOND))
            # A trade closes the bar of the one before it.
            expected.append(slopes(book.synced(), scale, count))
    numbered = [entry("market.ticks", at, one) for at, one in enumerate(entries)]
    half = len(numbered) // 2
    for part in (numbered[:half], numbered[half:]):
        found += [one for one in records(twins.feed(part)) if isinstance(one, Bar)]
        twins.swap()
    assert len(found) == len(expected) - 1
    for bar, (bid, ask) in zip(found, expected[1:], strict=True):
        assert (bar.bid_depth_slope, bar.ask_depth_slope) == Near((bid, ask))
    return sum(bar.bid_depth_slope is not None for bar in found)


def test_a_recorded_book_of_binance() -> None:
    scale, book = Scale(-8, -8), ToldBook(SyncedBook(DepthRule.BINANCE_SPOT), Scale(-8, -8))

    def nano(pairs: list[list[str]]) -> list[Level]:
        return [Level(units(price, -8), units(quantity, -8)) for price, quantity in pairs]

    def told() -> Iterator[Any]:
        for kind, data in messages(recording("binance/spot/btcusdt_20240808.gz")):
            if kind == "depth":
                yield book.delta(nano(data["b"]), nano(data["a"]), DepthIds(data["U"], data["u"]))
            elif kind == "snapshot":
                yield book.snapshot(nano(data["bids"]), nano(data["asks"]), data["lastUpdateId"])

    assert follow(islice(told(), 1_200), book, scale, 40, 25) > 20


def test_recorded_books_of_kraken() -> None:
    """Each is proven by its checksums, and cut to 1,000 levels."""
    all_messages = list(captures.kraken_messages(recording("captures/KRAKEN.ws.50.0.gz")))

    def sides(one: BookMessage, scale: Scale) -> tuple[list[Level], list[Level]]:
        return levels(one.bids, scale), levels(one.asks, scale)

    known = 0
    places_of = captures.decimals(all_messages)
    for instrument in ("XMR/USD", "SC/EUR"):
        places = places_of[instrument]
        scale = scale_of(places)
        book = ToldBook(StreamedBook.kraken(1_000, scale, places), scale, 1_000)
        told = (
            book.snapshot(*sides(one, scale)) if one.is_snapshot else book.delta(*sides(one, scale), None, one.checksum)
            for one in all_messages
            if one.instrument == instrument
        )
        known += follow(told, book, scale, 10, 10)
    assert known > 20
