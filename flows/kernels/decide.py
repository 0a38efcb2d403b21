"""Writes what risk decided: a decision, and if every check passed the order that follows from it."""

from __future__ import annotations

from typing import NamedTuple

from flows.contracts.records import Check, Decision, Exit, New, OrderState, Origin, Signal, Verdict
from flows.kernels.account import Account
from flows.kernels.checks import order_price
from flows.kernels.emit import Emit
from flows.kernels.refusal import ClientIdTooLong

# Venues take client ids of at most 36 characters (Binance: `^[\.A-Z\:/a-z0-9_-]{1,36}$`).
_CLIENT_ID_LENGTH_MAX = 36


class Closing(NamedTuple):
    """What an order closes, and why."""

    client_order_id: str
    exit: Exit


def decide(
    account: Account | None, wanted: Signal, checks: list[Check], closing: Closing | None, emit: Emit
) -> OrderState | None:
    """The order, which is now one of the account's; None if it is rejected. Raises ClientIdTooLong before it has sent
    anything."""
    price = order_price(wanted)
    if account is None or price is None or not all(one.passed for one in checks):
        emit.send(lambda origin: _decision(wanted, checks, None, closing, origin))
        return None
    # The order follows its decision, so it has the next index.
    origin = emit.next_origin
    id = f"tf-{account.log_id}-{origin.partition}-{origin.offset}-{origin.index + 1}"
    if len(id) > _CLIENT_ID_LENGTH_MAX:
        raise ClientIdTooLong(id)
    emit.send(lambda origin: _decision(wanted, checks, id, closing, origin))
    emit.send(lambda origin: _new(wanted, id, origin))
    order = OrderState(
        client_order_id=id,
        venue=wanted.venue,
        instrument=wanted.instrument,
        side=wanted.side,
        quantity=wanted.quantity,
        filled_quantity=0,
        price=price,
        report_index=-1,
    )
    account.orders.put(order, done=False)
    return order


def _decision(
    signal: Signal, checks: list[Check], client_order_id: str | None, closing: Closing | None, origin: Origin
) -> Decision:
    return Decision(
        origin=origin,
        account=signal.account,
        strategy=signal.strategy,
        venue=signal.venue,
        instrument=signal.instrument,
        price_exponent=signal.price_exponent,
        quantity_exponent=signal.quantity_exponent,
        signal=signal.origin,
        event_ns=signal.event_ns,
        receive_ns=signal.receive_ns,
        verdict=Verdict.REJECTED if client_order_id is None else Verdict.ACCEPTED,
        checks=checks,
        client_order_id=client_order_id,
        side=signal.side,
        quantity=signal.quantity,
        price=signal.price,
        closes=closing.client_order_id if closing else None,
        exit=closing.exit if closing else None,
    )


def _new(signal: Signal, client_order_id: str, origin: Origin) -> New:
    return New(
        origin=origin,
        account=signal.account,
        strategy=signal.strategy,
        client_order_id=client_order_id,
        venue=signal.venue,
        instrument=signal.instrument,
        price_exponent=signal.price_exponent,
        quantity_exponent=signal.quantity_exponent,
        side=signal.side,
        order_type=signal.order_type,
        time_in_force=signal.time_in_force,
        quantity=signal.quantity,
        price=signal.price,
        reference_price=signal.reference_price,
        signal=signal.origin,
        event_ns=signal.event_ns,
        receive_ns=signal.receive_ns,
        post_only=signal.post_only,
        expires_ns=signal.expires_ns,
    )
