"""risk.inbox -> risk.decisions, execution.orders: one decision per signal, one order per accepted signal.

The partition's order is the order of events: a signal is judged by the marks, fills and commands before it. Every
number comes from the log; the clock is the newest receive time among marks, signals and reports (not commands: an
operator's wrong clock must not make every price stale).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.contracts.codec import Record, encode
from flows.contracts.records import (
    Check,
    Control,
    Decision,
    ExecutionReport,
    Mark,
    MarkState,
    New,
    OrderState,
    Origin,
    RiskState,
    Signal,
    Verdict,
)
from flows.contracts.registry import SchemaIds
from flows.kernels.account import Account
from flows.kernels.checked import in_time, is_time, positive
from flows.kernels.checks import check, order_price
from flows.kernels.commands import obey
from flows.kernels.config import Fields
from flows.kernels.emit import Emit
from flows.kernels.holding import check_scale
from flows.kernels.kernel import Position
from flows.kernels.refusal import ClientIdTooLong
from flows.kernels.reports import effect, is_repeat
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state

# Venues take client ids of at most 36 characters (Binance: `^[\.A-Z\:/a-z0-9_-]{1,36}$`).
_CLIENT_ID_LENGTH_MAX = 36


class Risk:
    """The kernel. Limits are commands in the log, so that they are as of their moment in a replay: there is
    nothing to configure."""

    reads = frozenset(kind.SUBJECT for kind in (Signal, Mark, ExecutionReport, Control))

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        Fields(config).end()
        self._clock_ns = 0
        self._accounts: dict[str, Account] = {}

    def on_record(self, cause: Position, record: Record, emit: Emit) -> None:
        match record:
            case Signal():
                self._on_signal(record, emit)
            case Mark():
                self._on_mark(record)
            case ExecutionReport():
                self._on_report(record, emit)
            case Control():
                known = self._accounts.get(record.account)
                self._accounts[record.account] = obey(known, record, emit)

    def _see(self, receive_ns: int) -> None:
        """Moves the clock on; a time that cannot be is not a time."""
        if is_time(receive_ns):
            self._clock_ns = max(self._clock_ns, receive_ns)

    def _account(self, name: str) -> Account:
        return self._accounts.setdefault(name, Account())

    def _on_mark(self, mark: Mark) -> None:
        positive("price", mark.price)
        in_time("receive_ns", mark.receive_ns)
        scale = Scale(mark.price_exponent, mark.quantity_exponent)
        known = self._accounts.get(mark.account)
        holding = known.holdings.get((mark.venue, mark.instrument)) if known else None
        check_scale(holding, scale, mark.venue, mark.instrument)
        self._see(mark.receive_ns)
        holding = self._account(mark.account).holding(mark.venue, mark.instrument, scale)
        holding.mark = MarkState(mark.price, mark.event_ns, mark.receive_ns)

    def _on_signal(self, signal: Signal, emit: Emit) -> None:
        clock_before_ns = self._clock_ns
        self._see(signal.receive_ns)
        account = self._accounts.get(signal.account)
        checks = check(account, signal, self._clock_ns)
        price = order_price(signal)
        if account is None or price is None or not all(one.passed for one in checks):
            emit.send(lambda origin: _decision(signal, checks, None, origin))
            return
        # The order follows its decision, so it has the next index.
        origin = emit.next_origin
        id = f"tf-{account.log_id}-{origin.partition}-{origin.offset}-{origin.index + 1}"
        if len(id) > _CLIENT_ID_LENGTH_MAX:
            self._clock_ns = clock_before_ns
            raise ClientIdTooLong(id)
        emit.send(lambda origin: _decision(signal, checks, id, origin))
        emit.send(lambda origin: _new(signal, id, origin))
        order = OrderState(
            client_order_id=id,
            venue=signal.venue,
            instrument=signal.instrument,
            side=signal.side,
            quantity=signal.quantity,
            filled_quantity=0,
            price=price,
            report_index=-1,
        )
        account.orders.put(order, done=False)

    def _on_report(self, report: ExecutionReport, emit: Emit) -> None:
        known = self._accounts.get(report.account)
        if is_repeat(known, report):
            return
        change = effect(known, report)
        self._see(report.receive_ns)
        for letter in change.letters:
            emit.dead_letter(letter)
        change.apply(self._account(report.account))

    def snapshot(self, ids: SchemaIds) -> bytes:
        accounts = [self._accounts[name].state(name) for name in sorted(self._accounts)]
        return encode(RiskState(self._clock_ns, accounts), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, RiskState)
        self._clock_ns = saved.clock_ns
        self._accounts = {account.account: Account.restored(account) for account in saved.accounts}


def _decision(signal: Signal, checks: list[Check], client_order_id: str | None, origin: Origin) -> Decision:
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
    )
