"""The uncrossing of a call auction (Xetra market model: principle of highest executable volume)."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from flows.kernels.matching.book import Book
from flows.kernels.matching.journal import Journal
from flows.kernels.matching.price_queues import PriceQueues


class Uncrossing(NamedTuple):
    """At which price how much trades."""

    price: int
    quantity: int


def uncross(book: Book, journal: Journal) -> int:
    """Trades what is crossed, at one price, which it returns. Asks for a crossed book."""
    price, quantity = uncrossing(book)
    journal.uncrossed(price, quantity)
    book.last_price = price
    while quantity:
        buy, sell = book.bids.first(), book.asks.first()
        assert buy is not None
        assert sell is not None
        traded = min(buy.open_quantity, sell.open_quantity)
        quantity -= traded
        for order in (buy, sell):
            book.execute(order, traded)
            order.show()
        journal.auctioned(buy, sell, price, traded)
        if not quantity:
            for order in (buy, sell):
                if order.open_quantity and order.display_quantity:
                    journal.refreshed(order, priority_kept=True)
    return price


def uncrossing(book: Book) -> Uncrossing:
    """The price of the auction, and what trades at it. Asks for a crossed book."""
    bought, sold = _quantities(book.bids), _quantities(book.asks)
    prices = sorted({**bought, **sold})
    # What the buys take at a price or above, and the sells at a price or below.
    sells = list(accumulate(sold.get(price, 0) for price in prices))
    buys = list(accumulate(bought.get(price, 0) for price in reversed(prices)))[::-1]
    candidates = [(min(buy, sell), buy - sell, price) for buy, sell, price in zip(buys, sells, prices, strict=True)]
    volume = max(executed for executed, _, _ in candidates)
    surplus = min(abs(over) for executed, over, _ in candidates if executed == volume)
    best = [(over, price) for executed, over, price in candidates if executed == volume and abs(over) == surplus]
    lowest, highest = best[0][1], best[-1][1]
    if all(over > 0 for over, _ in best):
        price = highest
    elif all(over < 0 for over, _ in best) or not book.last_price:
        price = lowest
    else:
        price = min(max(book.last_price, lowest), highest)
    return Uncrossing(price, volume)


def _quantities(side: PriceQueues) -> dict[int, int]:
    """What is open at each price, hidden quantity too."""
    return {price: sum(order.open_quantity for order in queue.values()) for price, queue in side.queues()}
