"""A strategy's place in the stage, on one instrument: sealed off from the others and from the desk.

Whatever goes wrong in the strategy's code mutes it here, at this record and for good, so that a replay of the log mutes
it at the same record. Of a bar at which it goes wrong nothing is taken: neither what it said before nor half of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from flows.contracts.records import FeatureVector, OrderType, Side, StandingState, TimeInForce
from flows.contracts.registry import SchemaIds
from flows.errors import StageError, StageRestoreError
from flows.kernels.checked import INT64_MAX, INT64_MIN
from flows.kernels.step_limit import Overrun, limited
from flows.kernels.strategy import Factory, Intent, Quote, Strategy

Kind = TypeVar("Kind")

_TEXT_MAX = 500
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


class Fault(Exception):
    """Why a strategy was muted just now, in one line."""


class _BadReturn(Exception):
    """A strategy gave back what it must not."""


class Seat:
    """A strategy on one instrument; it is made at the first bar. `is_own`: a user's class, whose steps are counted;
    what comes with Tapeflow ends by itself."""

    def __init__(self, name: str, make: Factory, is_own: bool) -> None:
        self._name = name
        self._make = make
        self._is_own = is_own
        self._strategy: Strategy | None = None
        self._bars = 0
        self._muted = ""

    def take(self, features: FeatureVector) -> list[tuple[Intent, str | None]]:
        """What the strategy wants at this bar, each with why the strategy itself withholds it, or None.

        Nothing while it warms up, where it says that it does not act, and when it is muted. Raises Fault at the bar
        that mutes it.
        """
        if self._muted:
            return []
        self._bars += 1
        try:
            return limited(lambda: self._ask(features)) if self._is_own else self._ask(features)
        except (KeyboardInterrupt, MemoryError):
            # Of the machine and its operator, not of the record: another run would not mute here.
            raise
        except BaseException as error:
            raise self._fault(_line(error)) from error

    def mute(self, why: str) -> None:
        """Raises Fault, unless it is muted already."""
        if not self._muted:
            raise self._fault(why)

    def _fault(self, why: str) -> Fault:
        """Mutes it."""
        self._muted, self._strategy = why, None
        return Fault(why)

    def _ask(self, features: FeatureVector) -> list[tuple[Intent, str | None]]:
        if self._strategy is None:
            self._strategy = self._make()
        strategy = self._strategy
        acts = _as("should_execute", strategy.should_execute(features), bool)
        # At every bar, so that its state goes on.
        intents = [_checked(intent) for intent in _as("generate_signals", strategy.generate_signals(features), list)]
        if not acts or self._bars <= strategy.warm_up:
            return []
        return [(intent, _reason(strategy.risk_check(intent, features))) for intent in intents]

    def state(self, ids: SchemaIds) -> bytes | None:
        """The strategy's own state; None when it is muted. Raises StageError."""
        if self._strategy is None:
            return None
        try:
            return _as("snapshot", self._strategy.snapshot(ids), bytes)
        except Exception as error:
            # No record is at fault, so muting it here would not be seen in a replay.
            raise StageError(
                f"strategy {self._name}: its state cannot be saved: {_line(error)}; mend its snapshot and start again: "
                "the flow goes on where it was saved last"
            ) from error

    def standing(self, venue: str, instrument: str, version: str) -> StandingState:
        return StandingState(self._name, venue, instrument, self._bars, self._muted, version)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Raises StageRestoreError."""
        strategy = self._make()
        try:
            strategy.restore(ids, state)
        except StageRestoreError:
            raise
        except Exception as error:
            raise StageRestoreError(
                f"strategy {self._name} does not take up its state: {_line(error)}; go on with the code that wrote it, "
                "or delete the state and the outputs and start from the beginning of the log"
            ) from error
        self._strategy = strategy

    def stand(self, saved: StandingState) -> None:
        """Takes up how it stood."""
        self._bars, self._muted = saved.bars, saved.muted


def _as(method: str, value: Any, kind: type[Kind]) -> Kind:
    if not isinstance(value, kind):
        raise _BadReturn(f"{method} gave a {type(value).__name__}, not a {kind.__name__}")
    return value


# What each field of an Intent may be; bool is an int to Python, and not to us.
_KINDS: dict[str, tuple[type[Any], ...]] = {
    "side": (Side,),
    "order_type": (OrderType,),
    "time_in_force": (TimeInForce,),
    "price": (int, type(None)),
    "strength": (float, int),
    "reason": (str,),
    "quantity": (int, type(None)),
    "stop_price": (int, type(None)),
    "target_price": (int, type(None)),
    "exit_ns": (int, type(None)),
    "post_only": (bool,),
    "expires_ns": (int, type(None)),
    "quote": (Quote, type(None)),
}
_QUOTE_KINDS: dict[str, tuple[type[Any], ...]] = {
    "half_spread": (int,),
    "skew": (int,),
    "price_step": (int, type(None)),
    "bid_price": (int,),
    "ask_price": (int,),
}


def _checked(item: Any) -> Intent:
    """An intent that can be written. What it is worth is for the risk desk to say."""
    intent = _as("generate_signals: an item of the list", item, Intent)
    _check_values("intent", intent, _KINDS)
    if intent.quote is not None:
        _check_values("quote", intent.quote, _QUOTE_KINDS)
    if not math.isfinite(intent.strength):
        raise _BadReturn("the intent's strength is not finite")
    _utf8("the intent's reason", intent.reason)
    return intent


def _check_values(what: str, item: Intent | Quote, kinds: Mapping[str, tuple[type[Any], ...]]) -> None:
    for field in fields(item):
        value, allowed = getattr(item, field.name), kinds[field.name]
        is_flag = isinstance(value, bool)
        if not isinstance(value, allowed) or (is_flag and bool not in allowed):
            raise _BadReturn(f"the {what}'s {field.name} is a {type(value).__name__}")
        if isinstance(value, int) and not is_flag and not INT64_MIN <= value <= INT64_MAX:
            raise _BadReturn(f"the {what}'s {field.name} does not fit 64 bits")


def _reason(value: Any) -> str | None:
    if value is None:
        return None
    return _utf8("risk_check's reason", _as("risk_check", value, str))


def _utf8(what: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _BadReturn(f"{what} is no UTF-8") from error
    return text


def _line(error: BaseException) -> str:
    """The last line of its traceback and where it was raised, the same in every run of the same code."""
    if isinstance(error, _BadReturn):
        return str(error)
    try:
        text = limited(lambda: str(error))
    except (Exception, Overrun):
        text = "(its text cannot be read)"
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    line = " ".join(_ADDRESS.sub("0x...", said).split())[:_TEXT_MAX]
    place = _place(error)
    return (f"{line}, in {place}" if place else line).encode(errors="backslashreplace").decode()


def _place(error: BaseException) -> str:
    """The innermost function and line of the strategy, or of what it called."""
    place, trace = "", error.__traceback__
    while trace is not None:
        code, module = trace.tb_frame.f_code, trace.tb_frame.f_globals.get("__name__")
        if module not in (__name__, limited.__module__):
            place = f"{code.co_name} at {code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
