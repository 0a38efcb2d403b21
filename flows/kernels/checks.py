"""The checks of one signal, in the order of `CheckName`.

`opened`, `limits_set` and `quantity_positive` pass at their limit or above, all others at their limit or below. What
cannot be measured (no mark, a sum beyond 128 bits) measures as the largest number and fails. A check is left out
where one that failed before lacks what it needs:

| check | measured | needs |
|---|---|---|
| opened | 1 if the account was opened | |
| kill_switch | 1 if the account is killed | |
| limits_set | 1 if the instrument has limits for the account | |
| instrument_terms | how many terms are wrong: each exponent, the price, and stop, target, times, post-only | limits |
| quantity_positive | the quantity | |
| order_quantity | the quantity | limits, terms, quantity |
| stale_price | seconds from the mark to the newest receive time of the partition | limits, terms, quantity |
| order_notional | quantity x price, or x mark if higher: sells fill above it | limits, terms, quantity, mark |
| position | position after this and all open orders of its side, in its direction | limits, terms, quantity |
| gross_notional | sum of abs(position) x mark over the account, worst case | limits, terms, quantity, mark |

A stop and a target stand on either side of the order's price, and the times behind the signal's. Post-only, and good
till a time, are of limit orders that work until they are cancelled. The two of notionals
are not made of an order that only closes what is open: they bound what grows.
"""

from __future__ import annotations

from flows.contracts.records import Check, CheckName, OrderType, Side, Signal, TimeInForce
from flows.kernels.account import Account
from flows.kernels.checked import INT128_MAX
from flows.kernels.exposure import gross_after, position_after
from flows.kernels.scale import Scale

# Stands for what cannot be measured.
_UNMEASURED = INT128_MAX
# Ages count nanoseconds.
_SECONDS = -9


def order_price(signal: Signal) -> int | None:
    """The price that an order is valued at: its limit, or for a market order the reference. None if the signal's
    terms contradict its type."""
    is_limit = signal.order_type is OrderType.LIMIT
    if is_limit != (signal.price is not None):
        return None
    price = signal.price if signal.price is not None else signal.reference_price
    return price if price > 0 else None


def _wrong_exits(signal: Signal, price: int) -> int:
    """How many of stop, target and time an order at this price has reached already."""
    below, above = signal.stop_price, signal.target_price
    if signal.side is Side.SELL:
        below, above = above, below
    return (
        int(below is not None and not 0 < below < price)
        + int(above is not None and above <= price)
        + int(signal.exit_ns is not None and signal.exit_ns <= signal.event_ns)
    )


def _wrong_rests(signal: Signal) -> int:
    """How many of post-only and its end contradict the order's type, or the time."""
    rests = signal.order_type is OrderType.LIMIT and signal.time_in_force is TimeInForce.GTC
    end_ns = signal.expires_ns
    return int(signal.post_only and not rests) + int(end_ns is not None and (not rests or end_ns <= signal.receive_ns))


def check(account: Account | None, signal: Signal, clock_ns: int, only_reduces: bool = False) -> list[Check]:
    """All checks that can be made; the signal is accepted if every one passed. `account` is None if nothing is known
    of it."""
    holding = account.holdings.get((signal.venue, signal.instrument)) if account else None
    limits = holding.limits if holding else None
    price, quantity, quantity_exponent = order_price(signal), signal.quantity, signal.quantity_exponent
    scale = Scale(signal.price_exponent, quantity_exponent)
    checks = [
        _at_least(CheckName.OPENED, 1, int(account is not None and account.log_id is not None), 0),
        _at_most(CheckName.KILL_SWITCH, 0, int(account is not None and account.killed), 0),
        _at_least(CheckName.LIMITS_SET, 1, int(limits is not None), 0),
    ]
    if holding is not None and limits is not None:
        faults = sum(known != found for known, found in zip(holding.scale, scale, strict=True))
        faults += 1 if price is None else _wrong_exits(signal, price)
        faults += _wrong_rests(signal)
        checks.append(_at_most(CheckName.INSTRUMENT_TERMS, 0, faults, 0))
    checks.append(_at_least(CheckName.QUANTITY_POSITIVE, 1, quantity, quantity_exponent))

    if account is None or holding is None or limits is None or price is None:
        return checks
    if holding.scale != scale or quantity <= 0:
        return checks
    checks.append(_at_most(CheckName.ORDER_QUANTITY, limits.max_order_quantity, quantity, quantity_exponent))
    mark = holding.mark
    age_ns = clock_ns - mark.receive_ns if mark else None
    checks.append(_at_most(CheckName.STALE_PRICE, limits.max_price_age_ns, age_ns, _SECONDS))
    exponent = scale.notional_exponent
    if mark and not only_reduces:
        notional = quantity * max(price, mark.price)
        checks.append(_at_most(CheckName.ORDER_NOTIONAL, limits.max_order_notional, notional, exponent))
    position = position_after(account, holding, signal)
    checks.append(_at_most(CheckName.POSITION, limits.max_position, position, quantity_exponent))
    if mark and not only_reduces:
        gross = gross_after(account, holding, signal, limits.max_gross_notional, exponent)
        if gross is None:
            checks.append(_at_most(CheckName.GROSS_NOTIONAL, limits.max_gross_notional, None, exponent))
        else:
            checks.append(_at_most(CheckName.GROSS_NOTIONAL, *gross))
    return checks


def _at_most(name: CheckName, limit: int, measured: int | None, exponent: int) -> Check:
    if measured is None:
        return Check(name, limit, _UNMEASURED, exponent, False)
    return Check(name, limit, measured, exponent, measured <= limit)


def _at_least(name: CheckName, limit: int, measured: int, exponent: int) -> Check:
    return Check(name, limit, measured, exponent, measured >= limit)
