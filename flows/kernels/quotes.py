"""What each strategy quotes of an instrument, and what it holds by that: bought less sold by its own quotes, whatever
else the account does. A strategy cannot know that, as it sees the market alone; risk does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.contracts.records import OrderState, QuoteState, QuoteTermsState, Side
from flows.kernels.orders import Orders


@dataclass(slots=True)
class Quote:
    """One strategy's on one instrument."""

    strategy: str
    venue: str
    instrument: str
    position: int = 0
    bid_order_id: str | None = None
    ask_order_id: str | None = None
    """The last ones that went out: they may be done."""
    expires_ns: int = 0
    """Of that pair."""
    waiting: QuoteTermsState | None = None
    """Goes out when reports have ended the pair, whose cancels are on their way."""

    def working(self, orders: Orders) -> list[OrderState]:
        """Those of the pair that may still fill, the bid first."""
        ids = (self.bid_order_id, self.ask_order_id)
        return [orders.open[id] for id in ids if id is not None and id in orders.open]

    def sent(self, side: Side, client_order_id: str, expires_ns: int) -> None:
        """Such an order went out."""
        if side is Side.BUY:
            self.bid_order_id = client_order_id
        else:
            self.ask_order_id = client_order_id
        self.expires_ns = expires_ns

    def state(self, account: str) -> QuoteState:
        return QuoteState(
            account=account,
            strategy=self.strategy,
            venue=self.venue,
            instrument=self.instrument,
            position=self.position,
            bid_order_id=self.bid_order_id,
            ask_order_id=self.ask_order_id,
            expires_ns=self.expires_ns,
            waiting=self.waiting,
        )

    @classmethod
    def restored(cls, state: QuoteState) -> Quote:
        return cls(
            strategy=state.strategy,
            venue=state.venue,
            instrument=state.instrument,
            position=state.position,
            bid_order_id=state.bid_order_id,
            ask_order_id=state.ask_order_id,
            expires_ns=state.expires_ns,
            waiting=state.waiting,
        )


class Quotes:
    """Those of one account, in the order in which their strategies first quoted."""

    def __init__(self) -> None:
        self._quotes: list[Quote] = []

    def __iter__(self) -> Iterator[Quote]:
        return iter(self._quotes)

    def add(self, quote: Quote) -> None:
        self._quotes.append(quote)

    def of(self, strategy: str, venue: str, instrument: str) -> Quote:
        """A strategy's on an instrument, which quotes nothing if it is new."""
        place = (strategy, venue, instrument)
        known = next((one for one in self._quotes if (one.strategy, one.venue, one.instrument) == place), None)
        if known is None:
            known = Quote(*place)
            self._quotes.append(known)
        return known

    def of_order(self, client_order_id: str) -> Quote | None:
        """Whose pair an order belongs to."""
        return next((one for one in self._quotes if client_order_id in (one.bid_order_id, one.ask_order_id)), None)

    def on_report(self, order: OrderState, quantity: int) -> None:
        """Takes what a report said: an order filled so much more."""
        quote = self.of_order(order.client_order_id)
        if quote is not None:
            quote.position += quantity if order.side is Side.BUY else -quantity

    def stop_waiting(self) -> None:
        """Nothing goes out before the strategies' next signals."""
        for quote in self._quotes:
            quote.waiting = None
