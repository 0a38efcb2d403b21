"""Both twins' books beside what venues really sent: their own tops, their own checksums, their own next rows."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from flows.contracts.records import Level
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_sequence import DepthIds, DepthRule
from flows.kernels.book_steps import Gap, NoSnapshot, Synchronised, Taken, WrongChecksum
from flows.kernels.l2_book import Top
from flows.matching import Side
from tests import captures, lobster, made_lobster
from tests.captures import BookMessage, levels, scale_of, units
from tests.recordings import FOLDER, messages, recording

from .book_twins import BookTwins

NANO = -9
_Tops = list[tuple[int, Top]]


def nano(pairs: list[list[str]]) -> list[Level]:
    return [Level(units(price, NANO), units(quantity, NANO)) for price, quantity in pairs]


def tops(rule: DepthRule, events: Iterator[tuple[str, Any]], snapshot: Any = None) -> tuple[_Tops, dict[int, Top]]:
    """Tops after each depth event on a synchronised book, and after the snapshot, and the venue's own, by update id."""
    twins, found, quotes = BookTwins.synced(rule), [], {}
    ids = DepthIds(0, 0)
    for kind, data in events:
        if kind == "bookTicker":
            bid, ask = nano([[data["b"], data["B"]]]), nano([[data["a"], data["A"]]])
            quotes[data["u"]] = Top(bid[0], ask[0])
        elif kind == "depth":
            ids = DepthIds(data["U"], data["u"], data.get("pu"))
            step = twins.call("on_depth", ids, nano(data["b"]), nano(data["a"]))
            assert isinstance(step, Taken), f"the recording has no gap: {ids}"
            if step.top is not None:
                found.append((ids.last, step.top))
        elif kind == "snapshot":
            twins.call("on_snapshot", data["lastUpdateId"], nano(data["bids"]), nano(data["asks"]))
            if (top := twins.call("top")) is not None:
                found.append((ids.last, top))
    twins.swap()
    return found, quotes


def agreement(found: _Tops, quotes: dict[int, Top]) -> tuple[int, int]:
    """How many tops are the newest quote's at that update id, of how many that have one."""
    ids = sorted(quotes)
    pairs = [(top, quotes[ids[at - 1]]) for last, top in found if (at := bisect_right(ids, last)) > 0]
    return sum(top == quote for top, quote in pairs), len(pairs)


BINANCE = {
    "spot": (DepthRule.BINANCE_SPOT, 6_400),
    "usdm": (DepthRule.BINANCE_FUTURES, 6_500),
    "cm": (DepthRule.BINANCE_FUTURES, 26_800),
}


@pytest.mark.parametrize("market", BINANCE)
def test_binance_book_has_the_venues_best_prices(market: str) -> None:
    rule, at_least = BINANCE[market]
    recording(f"binance/{market}")
    files = sorted((FOLDER / "binance" / market).glob("*.gz"))
    found, quotes = tops(rule, (event for file in files for event in messages(file)))
    equal, compared = agreement(found, quotes)
    print(f"{market}: {equal:,} of {compared:,} tops, exact update id {sum(last in quotes for last, _ in found):,}")
    assert compared >= at_least
    # A book ticker may be a little behind: in 650 s of spot two of them are.
    assert compared - equal <= compared // 1_000
    assert all(quotes.get(last, top) == top for last, top in found), "at a ticker's own update id nothing differs"


@pytest.mark.parametrize(("name", "rule"), [("", DepthRule.BINANCE_SPOT), ("_FUTURES", DepthRule.BINANCE_FUTURES)])
def test_captured_binance_books_join_their_snapshots(name: str, rule: DepthRule) -> None:
    stream = recording(f"captures/BINANCE{name}.ws.1.0.gz")
    rest = recording(f"captures/BINANCE{name}.http.0.0.gz")
    equal = compared = 0
    for url, snapshot in captures.answers(rest):
        symbol = url.partition("symbol=")[2].partition("&")[0]
        old = [data["u"] for kind, data in binance_events(stream, symbol) if kind == "depth"]
        held = [last for last in old if last <= snapshot["lastUpdateId"]]
        found, quotes = tops(rule, with_snapshot(binance_events(stream, symbol), snapshot))
        assert len(found) + len(held) in (len(old), len(old) + 1), "all but those that the snapshot holds"
        agreed = agreement(found, quotes)
        equal, compared = equal + agreed[0], compared + agreed[1]
    print(f"{equal} of {compared} tops")
    assert compared > 0
    assert compared - equal <= compared // 500


def binance_events(stream: Path, symbol: str) -> Iterator[tuple[str, Any]]:
    for message in captures.received(stream):
        kind = message["stream"].split("@")[1]
        if message["data"]["s"] == symbol:
            yield kind, message["data"]


def with_snapshot(events: Iterator[tuple[str, Any]], snapshot: Any) -> Iterator[tuple[str, Any]]:
    """The snapshot comes as soon as an event reaches past it."""
    given = False
    for kind, data in events:
        if kind == "depth" and not given and data["u"] > snapshot["lastUpdateId"]:
            given = True
            yield "snapshot", snapshot
        yield kind, data


def test_a_missing_depth_event_is_a_gap_until_the_next_snapshot() -> None:
    for market, (rule, _) in BINANCE.items():
        files = sorted((FOLDER / "binance" / market).glob("*.gz"))
        recording(f"binance/{market}")
        events = list(islice((event for event in messages(files[0]) if event[0] in ("depth", "snapshot")), 120))
        twins, steps = BookTwins.synced(rule), []
        for kind, data in [*events[:60], *events[61:]]:
            if kind == "snapshot":
                bids, asks = nano(data["bids"]), nano(data["asks"])
                assert twins.call("on_snapshot", data["lastUpdateId"], bids, asks) == Synchronised()
            else:
                ids = DepthIds(data["U"], data["u"], data.get("pu"))
                steps.append(twins.call("on_depth", ids, nano(data["b"]), nano(data["a"])))
        assert [step for step in steps if isinstance(step, Gap)] == [Gap(events[59][1]["u"] + 1)]
        assert twins.get("wants_snapshot")


def follow(found: Iterator[BookMessage], make: Callable[[KrakenDecimals], BookTwins]) -> Counter[tuple[str, bool]]:
    """How many messages of all instruments came to what, by whether they have a checksum."""
    all_messages = list(found)
    places = captures.decimals(all_messages)
    books = {instrument: make(written) for instrument, written in places.items()}
    counts: Counter[tuple[str, bool]] = Counter()
    for message in all_messages:
        scale = scale_of(places[message.instrument])
        sides = levels(message.bids, scale), levels(message.asks, scale)
        name = "on_snapshot" if message.is_snapshot else "on_update"
        step = books[message.instrument].call(name, *sides, message.sequence, message.checksum)
        counts[type(step).__name__, message.checksum is not None] += 1
    for book in books.values():
        book.swap()
    return counts


def kraken_book(places: KrakenDecimals) -> BookTwins:
    return BookTwins.kraken(1_000, scale_of(places), places)


def okx_book(places: KrakenDecimals) -> BookTwins:
    return BookTwins.okx(scale_of(places))


def each(pattern: str) -> list[Path]:
    recording("captures")
    return sorted((FOLDER / "captures").glob(pattern))


def test_every_kraken_checksum() -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    for path in each("KRAKEN.ws.*.gz"):
        counts += follow(captures.kraken_messages(path), kraken_book)
    print(counts)
    assert counts["Taken", True] >= 4_269
    assert {step for step, _ in counts} == {"Taken"}


def test_every_okx_checksum() -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    for path in each("OKX.ws.*.gz"):
        counts += follow(captures.okx_messages(path), okx_book)
    print(counts)
    assert counts["Taken", True] >= 290
    assert {step for step, _ in counts} == {"Taken"}


@pytest.mark.parametrize(
    ("pattern", "read", "make"),
    [
        ("KRAKEN.ws.*.gz", captures.kraken_messages, kraken_book),
        ("OKX.ws.*.gz", captures.okx_messages, okx_book),
    ],
)
def test_a_missing_message_is_noticed_by_the_checksum(pattern: str, read: Any, make: Any) -> None:
    """Of each instrument the fifth update that changes something near the top is lost. Now and then the next one takes
    back what it did: then nothing is wrong."""
    noticed = lost = 0
    for path in each(pattern):
        kept, seen = [], Counter[str]()
        for message in read(path):
            near = not message.is_snapshot and changed_checksum(kept, message)
            seen[message.instrument] += near
            if not (near and seen[message.instrument] == 5):
                kept.append(message)
        counts = follow(iter(kept), make)
        noticed += counts[WrongChecksum.__name__, True]
        lost += sum(count >= 5 for count in seen.values())
        assert not counts[NoSnapshot.__name__, True] or counts[WrongChecksum.__name__, True]
    print(f"{noticed} of {lost} noticed")
    assert lost / 2 < noticed <= lost


def changed_checksum(before: list[BookMessage], message: BookMessage) -> bool:
    """The checksum differs from that of the message before."""
    last = next((one for one in reversed(before) if one.instrument == message.instrument), None)
    return last is not None and last.checksum is not None and last.checksum != message.checksum


def test_coinbase_tickers_have_the_books_best_prices() -> None:
    equal = compared = 0
    for path in each("COINBASE.ws.*.gz"):
        places = captures.decimals(captures.coinbase_messages(path))
        books = {instrument: BookTwins.coinbase() for instrument in places}
        began, traded, told = set(), set(), set()
        for message in captures.received(path):
            if message["type"] in ("match", "last_match"):
                traded.add((message["product_id"], message["trade_id"]))
            elif message["type"] == "ticker":
                told.add((message["product_id"], message["trade_id"]))
                instrument = message["product_id"]
                exponent = scale_of(places[instrument]).price_exponent
                best = units(message["best_bid"], exponent), units(message["best_ask"], exponent)
                top = books[instrument].call("top")
                same = top is not None and (top.bid.price, top.ask.price) == best
                # The first one tells of the trade before the subscription.
                assert same or instrument not in began
                began.add(instrument)
                equal, compared = equal + same, compared + 1
            for book_message in captures.coinbase_message(message):
                scale = scale_of(places[book_message.instrument])
                name = "on_snapshot" if book_message.is_snapshot else "on_update"
                sides = levels(book_message.bids, scale), levels(book_message.asks, scale)
                step = books[book_message.instrument].call(name, *sides)
                assert isinstance(step, Taken)
        assert told <= traded, "each ticker tells of a match"
    print(f"{equal} of {compared} tickers")
    assert equal >= 100


def test_nasdaq_rows_follow_from_the_row_before_and_the_message() -> None:
    recording("nasdaq")
    for path in sorted((FOLDER / "nasdaq").glob("*message*")):
        rows_follow(path)


@pytest.mark.parametrize("day", made_lobster.DAYS)
def test_other_days_rows_follow(day: str, tmp_path: Path) -> None:
    rows_follow(made_lobster.write(made_lobster.DAYS[day], tmp_path))


def rows_follow(path: Path) -> None:
    """Row + message = next row, for all rows: but the last price, for what lies outside the rows is not known."""
    tape = lobster.read(path)
    for row, message, next_row in zip(tape.rows, tape.messages[1:], tape.rows[1:], strict=False):
        twins = BookTwins.l2(tape.depth)
        twins.call("load", *lobster_levels(row, tape.depth))
        side, price = message.place
        if message.kind in lobster.BOOKED:
            change = message.quantity if message.kind == lobster.NEW else -message.quantity
            name = "set_bid" if side == Side.BUY else "set_ask"
            twins.call(name, price, max(row.get(message.place, 0) + change, 0))
        bids, asks = lobster_levels(next_row, tape.depth - 1)
        assert twins.call("bids", tape.depth - 1) == bids
        assert twins.call("asks", tape.depth - 1) == asks
    assert len(tape.rows) == len(tape.messages) > 1
    print(f"{path.name}: {len(tape.rows) - 1} of {len(tape.messages) - 1} rows")


def lobster_levels(row: dict[lobster.Place, int], count: int) -> tuple[list[Level], list[Level]]:
    """Bids and asks of a row, the best of each first."""
    bids, asks = (
        [Level(price, size) for (of, price), size in row.items() if of == side] for side in (Side.BUY, Side.SELL)
    )
    return bids[:count], asks[:count]
