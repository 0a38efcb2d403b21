"""One account: what it holds, what it has under way, and whether it may trade."""

from __future__ import annotations

from flows.contracts.records import AccountState
from flows.kernels.holding import Holding
from flows.kernels.legs import Legs
from flows.kernels.orders import Orders
from flows.kernels.quotes import Quotes
from flows.kernels.scale import Scale


class Account:
    """State of one account."""

    def __init__(self) -> None:
        self.log_id: str | None = None
        """Names the log in client ids; None until the account is opened."""
        self.killed = False
        self.holdings: dict[tuple[str, str], Holding] = {}
        """By venue and instrument."""
        self.orders = Orders()
        self.legs = Legs()
        self.quotes = Quotes()

    def holding(self, venue: str, instrument: str, scale: Scale) -> Holding:
        """The holding of an instrument, empty if it is new."""
        return self.holdings.setdefault((venue, instrument), Holding(scale))

    def state(self, name: str) -> AccountState:
        return AccountState(
            account=name,
            log_id=self.log_id,
            killed=self.killed,
            positions=[self.holdings[key].state(*key) for key in sorted(self.holdings)],
            open_orders=list(self.orders.open.values()),
            closed_orders=list(self.orders.closed.values()),
        )

    @classmethod
    def restored(cls, state: AccountState) -> Account:
        account = cls()
        account.log_id = state.log_id
        account.killed = state.killed
        account.holdings = {
            (position.venue, position.instrument): Holding.restored(position) for position in state.positions
        }
        account.orders.open = {order.client_order_id: order for order in state.open_orders}
        account.orders.closed = {order.client_order_id: order for order in state.closed_orders}
        return account
