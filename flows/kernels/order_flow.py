"""Order flow imbalance from the best quotes.

Cont, Kukanov and Stoikov, "The Price Impact of Order Book Events", Journal of Financial Econometrics 12 (2014),
equation 4: what the n-th quote says of supply and demand is

    e_n = 1[Pb_n >= Pb_n-1] qb_n - 1[Pb_n <= Pb_n-1] qb_n-1 - 1[Pa_n <= Pa_n-1] qa_n + 1[Pa_n >= Pa_n-1] qa_n-1
"""

from __future__ import annotations

from flows.contracts.records import Quote, TopState
from flows.kernels.checked import INT64_MAX, not_negative


def top_of(quote: Quote) -> TopState:
    """The quote as state. A side of price 0 is empty, and 0 in both; a quantity of 0 beside a price is one that the
    venue does not tell. Refuses negative numbers."""
    for field in ("bid_price", "bid_quantity", "ask_price", "ask_quantity"):
        not_negative(field, getattr(quote, field))
    return TopState(
        quote.bid_price,
        quote.bid_quantity if quote.bid_price else 0,
        quote.ask_price,
        quote.ask_quantity if quote.ask_price else 0,
    )


def imbalance(before: TopState, now: TopState) -> int:
    """`e_n` of two consecutive quotes. An empty bid is below every price, an empty ask above."""
    ask_before, ask_now = before.ask_price or INT64_MAX, now.ask_price or INT64_MAX
    total = 0
    if now.bid_price >= before.bid_price:
        total += now.bid_quantity
    if now.bid_price <= before.bid_price:
        total -= before.bid_quantity
    if ask_now <= ask_before:
        total -= now.ask_quantity
    if ask_now >= ask_before:
        total += before.ask_quantity
    return total
