"""Quotes both sides of the market for a strategy, which says the terms; the prices follow from what it holds.

- A pair is replaced when its prices are others, or less than half of the time is left to it that a new one would have.
  Until then it keeps its place in the venue's queue.
- Its orders are cancelled first. The new pair goes out when reports have ended both, by the newest terms and the
  position as it is then: an old quote and a new one never work at once, and what filled meanwhile counts.
- Each side is judged by the checks of every order, and has a decision of its own: one that would pass a limit is left
  out, and the other goes out alone.
- Nothing goes out by itself but that new pair: what has filled, or ended by its time, is quoted anew at the strategy's
  next signal.
- While the account is killed each signal is two rejected decisions, and nothing waits.
- Terms that make no sense are rejected, and end the pair that works.
"""

from __future__ import annotations

from functools import partial

from flows.contracts.records import Cancel, OrderState, Origin, QuoteTermsState, Side, Signal
from flows.kernels.account import Account
from flows.kernels.checks import check
from flows.kernels.decide import decide
from flows.kernels.emit import Emit
from flows.kernels.orders import Orders, remaining
from flows.kernels.quote_terms import is_sound, order_of, price_of, terms_of
from flows.kernels.quotes import Quote
from flows.kernels.refusal import ClientIdTooLong


def take_terms(account: Account | None, signal: Signal, clock_ns: int, emit: Emit) -> None:
    """Takes a quoting signal; `account` is None if nothing is known of it."""
    terms = terms_of(signal)
    if account is None:
        _send_pair(None, signal.account, Quote(signal.strategy, signal.venue, signal.instrument), terms, clock_ns, emit)
        return
    quote = account.quotes.of(signal.strategy, signal.venue, signal.instrument)
    working = quote.working(account.orders)
    if working and not account.killed:
        if quote.waiting is None:
            if _stands(quote, terms, clock_ns, account.orders):
                return
            for order in working:
                emit.send(partial(_cancel, order, signal))
        quote.waiting = terms if is_sound(terms) else None
        if quote.waiting is not None:
            return
    _send_pair(account, signal.account, quote, terms, clock_ns, emit)


def take_end(account: Account, name: str, client_order_id: str, clock_ns: int, emit: Emit) -> None:
    """Sends the pair that waited for a report which has just been taken, unless its own time is up."""
    quote = account.quotes.of_order(client_order_id)
    if quote is None or quote.waiting is None or quote.working(account.orders):
        return
    terms, quote.waiting = quote.waiting, None
    if terms.expires_ns > clock_ns:
        _send_pair(account, name, quote, terms, clock_ns, emit)


def _stands(quote: Quote, terms: QuoteTermsState, clock_ns: int, orders: Orders) -> bool:
    """Whether the pair at work is what the terms want, for long enough."""
    for side, id in ((Side.BUY, quote.bid_order_id), (Side.SELL, quote.ask_order_id)):
        order = orders.open.get(id) if id is not None else None
        if order is None or (order.price, remaining(order)) != (price_of(terms, side, quote.position), terms.quantity):
            return False
    return 2 * (quote.expires_ns - clock_ns) >= terms.expires_ns - clock_ns


def _send_pair(
    account: Account | None, name: str, quote: Quote, terms: QuoteTermsState, clock_ns: int, emit: Emit
) -> None:
    for side in (Side.BUY, Side.SELL):
        price = price_of(terms, side, quote.position)
        wanted = order_of(terms, name, quote.strategy, quote.venue, quote.instrument, side, price)
        try:
            order = decide(account, wanted, check(account, wanted, clock_ns), None, emit)
        except ClientIdTooLong as refusal:
            # The record counts all the same.
            emit.dead_letter(refusal)
            continue
        if order is not None:
            quote.sent(side, order.client_order_id, terms.expires_ns)


def _cancel(order: OrderState, signal: Signal, origin: Origin) -> Cancel:
    return Cancel(
        origin=origin,
        account=signal.account,
        client_order_id=order.client_order_id,
        venue=order.venue,
        instrument=order.instrument,
        reason="its strategy quotes anew",
        event_ns=signal.event_ns,
    )
