"""An operator's commands to the risk desk.

- `open` names the log for the account's client ids, once: a second name would let an id stand for two orders.
- `limits` replaces all five limits of one instrument at once. One that is left out lets nothing through: it is 0,
  and the age of the mark -1.
- `kill` rejects further signals and cancels each open order, in the order in which they were made; a second kill
  cancels again. Quotes that wait for the end of others do not go out.
- `resume` ends a kill.
- `cancel` cancels one open order. It may be done before the venue hears of it: its reports tell.
"""

from __future__ import annotations

import re
from functools import partial

from flows.contracts.records import Cancel, Command, Control, LimitsState, OrderState, Origin
from flows.kernels.account import Account
from flows.kernels.checked import not_negative
from flows.kernels.emit import Emit
from flows.kernels.holding import check_scale
from flows.kernels.refusal import BadControl, LogIdChanged
from flows.kernels.scale import Scale

_LOG_ID = re.compile("[A-Za-z0-9]{8}")
# Below every age, which is 0 at least.
_NO_AGE = -1


def obey(known: Account | None, control: Control, emit: Emit) -> Account:
    """Applies a command to the account, which is None if nothing is known of it yet; returns the account as it then
    is."""
    account = known or Account()
    match control.command:
        case Command.OPEN:
            account.log_id = _log_id(account, control)
        case Command.LIMITS:
            _set_limits(account, control)
        case Command.KILL:
            account.killed = True
            account.quotes.stop_waiting()
            for order in account.orders.open.values():
                emit.send(partial(_cancel, order, control))
        case Command.RESUME:
            account.killed = False
        case Command.CANCEL:
            emit.send(partial(_cancel, _open_order(account, control), control))
    return account


def _cancel(order: OrderState, control: Control, origin: Origin) -> Cancel:
    return Cancel(
        origin=origin,
        account=control.account,
        client_order_id=order.client_order_id,
        venue=order.venue,
        instrument=order.instrument,
        reason=control.reason,
        event_ns=control.event_ns,
    )


def _open_order(account: Account, control: Control) -> OrderState:
    order = account.orders.open.get(control.client_order_id)
    if order is None:
        raise BadControl("cancel needs the client_order_id of an open order of the account")
    return order


def _log_id(account: Account, control: Control) -> str:
    log_id, known = control.log_id, account.log_id
    if log_id is None or not _LOG_ID.fullmatch(log_id):
        raise BadControl("open needs a log_id of eight letters and digits")
    if known is not None and known != log_id:
        raise LogIdChanged(control.account, log_id, known)
    return log_id


def _set_limits(account: Account, control: Control) -> None:
    venue, instrument = control.venue, control.instrument
    if not venue or not instrument:
        raise BadControl("limits need a venue and an instrument")
    limits = LimitsState(
        max_order_quantity=control.max_order_quantity or 0,
        max_position=control.max_position or 0,
        max_order_notional=control.max_order_notional or 0,
        max_gross_notional=control.max_gross_notional or 0,
        max_price_age_ns=_NO_AGE if control.max_price_age_ns is None else control.max_price_age_ns,
    )
    not_negative("max_order_quantity", limits.max_order_quantity)
    not_negative("max_position", limits.max_position)
    not_negative("max_order_notional", limits.max_order_notional)
    not_negative("max_gross_notional", limits.max_gross_notional)
    not_negative("max_price_age_ns", control.max_price_age_ns or 0)
    scale = Scale(control.price_exponent, control.quantity_exponent)
    check_scale(account.holdings.get((venue, instrument)), scale, venue, instrument)
    account.holding(venue, instrument, scale).limits = limits
