"""An order trades with those that rest on the other side."""

from __future__ import annotations

from flows.kernels.matching.book import Book
from flows.kernels.matching.codes import SelfTrade, Why
from flows.kernels.matching.journal import Journal
from flows.kernels.matching.order import Order

Traded = tuple[int, int]
"""First and last price that a taker traded at."""


def take(book: Book, journal: Journal, taker: Order) -> Traded | None:
    """Trades as far as the taker's price goes. Prevention of self-trades may cancel it: nothing of it is open then."""
    makers = book.opposite(taker.side)
    edge = book.band_edge(taker.side)
    first_price = 0
    while taker.open_quantity:
        maker = makers.first()
        if maker is None or not taker.reaches(maker.price, edge):
            break
        if _own(taker, maker):
            _prevent(book, journal, taker, maker)
            continue
        _trade(book, journal, taker, maker)
        first_price = first_price or maker.price
    return (first_price, book.last_price) if first_price else None


def fillable(book: Book, taker: Order) -> bool:
    """Whether all of the taker would trade at once: what a fill-or-kill order asks.

    The makers count in the order in which it would meet them: at each price what is shown, then what is hidden.
    """
    needed = taker.open_quantity
    edge = book.band_edge(taker.side)
    for price, queue in book.opposite(taker.side).queues():
        if not taker.reaches(price, edge):
            return False
        hidden = 0
        for maker in queue.values():
            if _own(taker, maker):
                if taker.self_trade == SelfTrade.CANCEL_OLDEST:
                    continue
                return False
            needed -= maker.displayed
            hidden += maker.open_quantity - maker.displayed
            if needed <= 0:
                return True
        needed -= hidden
        if needed <= 0:
            return True
    return False


def _trade(book: Book, journal: Journal, taker: Order, maker: Order) -> None:
    quantity = min(taker.open_quantity, maker.displayed)
    taker.open_quantity -= quantity
    maker.displayed -= quantity
    book.execute(maker, quantity)
    book.last_price = maker.price
    journal.traded(taker, maker, maker.price, quantity)
    if maker.open_quantity and not maker.displayed:
        maker.show()
        book.side(maker.side).to_end(maker.price, maker)
        journal.refreshed(maker)


def _own(taker: Order, maker: Order) -> bool:
    """Whether a trade of the two is to be prevented."""
    return maker.owner == taker.owner and taker.owner != 0 and taker.self_trade != SelfTrade.NONE


def _prevent(book: Book, journal: Journal, taker: Order, maker: Order) -> None:
    mode = taker.self_trade
    if mode == SelfTrade.DECREMENT:
        quantity = min(taker.open_quantity, maker.open_quantity)
        if quantity == maker.open_quantity:
            _cancel_maker(book, journal, maker)
        else:
            book.shrink(maker, quantity)
            journal.reduced(maker, quantity, Why.SELF_TRADE)
        if quantity == taker.open_quantity:
            _cancel_taker(journal, taker)
        else:
            taker.open_quantity -= quantity
            journal.reduced(taker, quantity, Why.SELF_TRADE)
        return
    if mode != SelfTrade.CANCEL_NEWEST:
        _cancel_maker(book, journal, maker)
    if mode != SelfTrade.CANCEL_OLDEST:
        _cancel_taker(journal, taker)


def _cancel_maker(book: Book, journal: Journal, maker: Order) -> None:
    journal.cancelled(maker, Why.SELF_TRADE)
    book.leave(maker)


def _cancel_taker(journal: Journal, taker: Order) -> None:
    journal.cancelled(taker, Why.SELF_TRADE)
    taker.open_quantity = 0
