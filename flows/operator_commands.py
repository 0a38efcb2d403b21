"""An operator's words as Control records. Clock and random log id are read here, before the log; never after."""

from __future__ import annotations

import getpass
import re
import secrets
import time
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flows.contracts.records import Command, Control
from flows.errors import TapeflowError

_EXPONENT = -9
_INT64_MAX = 2**63 - 1


class BadCommand(TapeflowError):
    """A command that must not go into the log."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits as decimal text; None leaves a limit unset, and an unset limit lets nothing through."""

    max_order_quantity: str | None
    max_position: str | None
    max_order_notional: str | None
    max_gross_notional: str | None
    max_price_age_s: float | None


def opening(account: str, reason: str, log_id: str | None = None) -> Control:
    """Names the log in client ids: a new log must never repeat the ids of an old one. Raises BadCommand."""
    log_id = log_id or secrets.token_hex(4)
    if not re.fullmatch("[a-z0-9]{8}", log_id):
        raise BadCommand(f"a log id is 8 characters of a-z and 0-9, not {log_id!r}")
    return _control(Command.OPEN, account, reason, log_id=log_id)


def limits(account: str, reason: str, venue: str, instrument: str, asked: Limits) -> Control:
    """Limits of one instrument at one venue. Raises BadCommand."""
    if not venue or not instrument:
        raise BadCommand("limits hold for one instrument at one venue: give --venue and --instrument")
    quantity, notional = -_EXPONENT, -2 * _EXPONENT
    return _control(
        Command.LIMITS,
        account,
        reason,
        venue=venue,
        instrument=instrument,
        exponent=_EXPONENT,
        max_order_quantity=_count(asked.max_order_quantity, "max-order-quantity", quantity, _INT64_MAX),
        max_position=_count(asked.max_position, "max-position", quantity, _INT64_MAX),
        max_order_notional=_count(asked.max_order_notional, "max-order-notional", notional, 2**127 - 1),
        max_gross_notional=_count(asked.max_gross_notional, "max-gross-notional", notional, 2**127 - 1),
        max_price_age_ns=None if asked.max_price_age_s is None else round(asked.max_price_age_s * 1e9),
    )


def cancelling(account: str, reason: str, client_order_id: str | None) -> Control:
    """Cancels one open order. Raises BadCommand."""
    if not client_order_id:
        raise BadCommand("cancel needs the order: give --order with its client id (tf-...)")
    return _control(Command.CANCEL, account, reason, client_order_id=client_order_id)


def simple(command: Command, account: str, reason: str) -> Control:
    """Kill or resume."""
    return _control(command, account, reason)


def _control(
    command: Command,
    account: str,
    reason: str,
    *,
    log_id: str | None = None,
    venue: str = "",
    instrument: str = "",
    exponent: int = 0,
    max_order_quantity: int | None = None,
    max_position: int | None = None,
    max_order_notional: int | None = None,
    max_gross_notional: int | None = None,
    max_price_age_ns: int | None = None,
    client_order_id: str = "",
) -> Control:
    return Control(
        account=account,
        command=command,
        operator=getpass.getuser(),
        reason=reason,
        event_ns=time.time_ns(),
        log_id=log_id,
        venue=venue,
        instrument=instrument,
        price_exponent=exponent,
        quantity_exponent=exponent,
        max_order_quantity=max_order_quantity,
        max_position=max_position,
        max_order_notional=max_order_notional,
        max_gross_notional=max_gross_notional,
        max_price_age_ns=max_price_age_ns,
        client_order_id=client_order_id,
    )


def _count(text: str | None, name: str, digits: int, most: int) -> int | None:
    """Decimal text as a count of 10^-digits, exactly."""
    if text is None:
        return None
    try:
        value = Decimal(text).scaleb(digits)
    except InvalidOperation:
        raise BadCommand(f"--{name}: {text!r} is not a number") from None
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= most:
        raise BadCommand(f"--{name}: {text} must be 0 or more, with at most {digits} digits after the point")
    return int(value)
