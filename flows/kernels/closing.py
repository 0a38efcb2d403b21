"""Closes legs at a mark: for each that it reaches an order at the market, which only ever makes a position smaller.

It is for what is open of the leg, but for no more than the account holds in its direction beyond what other closing
orders may still close, and for no more than the largest order that the limits allow: the rest goes out at later marks.
Where nothing is left nothing is sent, and the leg waits.

It is judged by the checks of every order but `order_notional` and `gross_notional`, which bound what grows. What they
stop is a rejected decision, and is tried again at the next mark: a killed account sends nothing, and closes at the
first mark behind `resume` that reaches the leg. With the first closing order that goes out, what still works of the
leg's own order is cancelled.
"""

from __future__ import annotations

from functools import partial

from flows.contracts.records import Cancel, Mark, OrderType, Origin, Side, Signal, TimeInForce
from flows.kernels.account import Account
from flows.kernels.checks import check
from flows.kernels.decide import Closing, decide
from flows.kernels.emit import Emit
from flows.kernels.holding import Holding
from flows.kernels.legs import Leg
from flows.kernels.refusal import ClientIdTooLong


def close_reached(account: Account, mark: Mark, clock_ns: int, emit: Emit) -> None:
    """Sends what the mark makes due; the account has it already."""
    holding = account.holdings[mark.venue, mark.instrument]
    for leg in account.legs.waiting(mark.venue, mark.instrument):
        exit, quantity = leg.exit_at(mark), _closable(account, holding, leg)
        if exit is None or quantity <= 0:
            continue
        wanted = _closing_signal(leg, mark, quantity)
        checks = check(account, wanted, clock_ns, only_reduces=True)
        try:
            order = decide(account, wanted, checks, Closing(leg.client_order_id, exit), emit)
        except ClientIdTooLong as refusal:
            # The mark counts all the same.
            emit.dead_letter(refusal)
            continue
        if order is None:
            continue
        leg.closing_order_id = order.client_order_id
        if leg.exit is None and leg.client_order_id in account.orders.open:
            emit.send(partial(_cancel, leg, mark, exit.value))
        leg.exit = exit


def _closable(account: Account, holding: Holding, leg: Leg) -> int:
    held = holding.position if leg.side is Side.BUY else -holding.position
    quantity = min(leg.open_quantity, held - account.legs.closing(leg, account.orders))
    largest = holding.limits.max_order_quantity if holding.limits else 0
    # Where the limits allow no order at all the checks say so.
    return min(quantity, largest) if largest > 0 else quantity


def _closing_signal(leg: Leg, mark: Mark, quantity: int) -> Signal:
    """As if the leg's strategy wanted it."""
    return Signal(
        origin=mark.origin,
        account=mark.account,
        strategy=leg.strategy,
        venue=mark.venue,
        instrument=mark.instrument,
        price_exponent=mark.price_exponent,
        quantity_exponent=mark.quantity_exponent,
        interval_ns=0,
        event_ns=mark.event_ns,
        receive_ns=mark.receive_ns,
        side=Side.SELL if leg.side is Side.BUY else Side.BUY,
        order_type=OrderType.MARKET,
        time_in_force=TimeInForce.IOC,
        quantity=quantity,
        price=None,
        reference_price=mark.price,
        strength=0.0,
        reason="",
        series="",
        stop_price=None,
        target_price=None,
        exit_ns=None,
        post_only=False,
        expires_ns=None,
        half_spread=None,
        skew=None,
        price_step=None,
        bid_price=None,
        ask_price=None,
    )


def _cancel(leg: Leg, mark: Mark, exit: str, origin: Origin) -> Cancel:
    return Cancel(
        origin=origin,
        account=mark.account,
        client_order_id=leg.client_order_id,
        venue=leg.venue,
        instrument=leg.instrument,
        reason=f"its {exit} is reached",
        event_ns=mark.event_ns,
    )
