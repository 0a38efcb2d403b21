"""What an operator may do from the page: said twice, then written into the log as any operator's word is."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.connectors import operator, rollout_log, schema_ids
from flows.contracts.records import Command, Control, Rollout
from flows.operator_commands import BadCommand, cancelling, simple
from flows.rollout import report as rollout_report
from flows.rollout.commands import fallback, policy
from flows.stack.settings import Settings

# Between the two questions: long enough to read, too short to forget what was asked.
_VALID_S = 60.0
_PENDING_MAX = 16


@dataclass(frozen=True, slots=True)
class Review:
    """What would be done, for the second question."""

    ticket: str
    """To be given back; once."""
    says: list[str]


@dataclass(frozen=True, slots=True)
class _Pending:
    until_s: float
    says: list[str]
    write: Callable[[Settings], None]


class Actions:
    """Kill, resume and cancel as Control records, engines as Rollout records."""

    def __init__(self) -> None:
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.Lock()

    def review(self, asked: Mapping[str, Any]) -> Review:
        """The first question. `asked` is what the form says. Raises BadCommand."""
        pending = _pending(asked)
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            now_s = time.monotonic()
            self._pending = {name: one for name, one in self._pending.items() if one.until_s > now_s}
            while len(self._pending) >= _PENDING_MAX:
                del self._pending[next(iter(self._pending))]
            self._pending[ticket] = pending
        return Review(ticket, pending.says)

    def confirm(self, ticket: str, settings: Settings) -> list[str]:
        """The second: writes it, and says what was written.

        Raises BadCommand, CommandLost, NotRunning, LogReadError.
        """
        with self._lock:
            pending = self._pending.pop(ticket, None)
        if pending is None or pending.until_s < time.monotonic():
            raise BadCommand(f"nothing to confirm: it was done, or asked more than {_VALID_S:.0f} s ago; begin again")
        pending.write(settings)
        return pending.says


def _pending(asked: Mapping[str, Any]) -> _Pending:
    action, reason = _text(asked, "action"), _text(asked, "reason")
    if not reason.strip():
        raise BadCommand("give a reason: it stands in the log")
    match action:
        case "kill" | "resume":
            control = simple(Command(action), _needed(asked, "account"), reason)
            return _Pending(_until_s(), [_words(control)], lambda settings: _say(settings, control))
        case "cancel":
            control = cancelling(_needed(asked, "account"), reason, _needed(asked, "order"))
            return _Pending(_until_s(), [_words(control)], lambda settings: _say(settings, control))
        case "rollout":
            engine = _needed(asked, "engine")
            if engine not in ("rust", "python"):
                raise BadCommand(f"there is no engine {engine}: the engines are rust and python")
            said = [policy(_needed(asked, "stage"), 100 if engine == "rust" else 0, [], [], reason)]
        case "fallback":
            said = fallback(reason)
        case _:
            raise BadCommand(f"there is no action {action!r}: kill, resume, cancel, rollout or fallback")
    return _Pending(_until_s(), [_engine(one) for one in said], lambda settings: _roll_out(settings, said))


def _say(settings: Settings, control: Control) -> None:
    operator.say(settings, schema_ids.load(), [control])


def _roll_out(settings: Settings, said: Sequence[Rollout]) -> None:
    rollout_log.say(settings, schema_ids.load(), said)


def _words(control: Control) -> str:
    if control.command is Command.KILL:
        return (
            f"Kill account {control.account}: every further signal is rejected and every open order is cancelled, "
            f"until somebody resumes it. Reason: {control.reason}"
        )
    if control.command is Command.CANCEL:
        return (
            f"Cancel order {control.client_order_id} of account {control.account}: what it has not filled yet is taken "
            f"from the venue. Reason: {control.reason}"
        )
    return f"Resume account {control.account}: signals that pass the limits are traded again. Reason: {control.reason}"


def _engine(said: Rollout) -> str:
    return f"Stage {said.stage}: every key in {rollout_report.words(said)}. Reason: {said.reason}"


def _needed(asked: Mapping[str, Any], name: str) -> str:
    found = _text(asked, name)
    if not found:
        raise BadCommand(f"{name} is missing")
    return found


def _text(asked: Mapping[str, Any], name: str) -> str:
    found = asked.get(name, "")
    if not isinstance(found, str) or len(found) > 500:
        raise BadCommand(f"{name} must be text of at most 500 characters")
    return found


def _until_s() -> float:
    return time.monotonic() + _VALID_S
