"""risk.inbox -> risk.decisions, execution.orders: one decision per signal, one order per accepted signal; and what
closes a position at its stop, its target or its time (`legs`). For a strategy that quotes, orders on both sides
(`quoting`).

The partition's order is the order of events: a signal is judged by the marks, fills and commands before it. Every
number comes from the log; the clock is the newest receive time among marks, signals and reports (not commands: an
operator's wrong clock must not make every price stale).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.contracts.codec import Record, encode
from flows.contracts.records import Control, ExecutionReport, Mark, MarkState, RiskState, Signal
from flows.contracts.registry import SchemaIds
from flows.kernels.account import Account
from flows.kernels.checked import in_time, is_time, positive
from flows.kernels.checks import check
from flows.kernels.closing import close_reached
from flows.kernels.commands import obey
from flows.kernels.config import Fields
from flows.kernels.decide import decide
from flows.kernels.emit import Emit
from flows.kernels.holding import check_scale
from flows.kernels.kernel import Position
from flows.kernels.legs import Leg
from flows.kernels.quotes import Quote
from flows.kernels.quoting import take_end, take_terms
from flows.kernels.refusal import ClientIdTooLong
from flows.kernels.reports import effect, is_repeat
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state


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
                self._on_mark(record, emit)
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

    def _on_mark(self, mark: Mark, emit: Emit) -> None:
        positive("price", mark.price)
        in_time("receive_ns", mark.receive_ns)
        scale = Scale(mark.price_exponent, mark.quantity_exponent)
        known = self._accounts.get(mark.account)
        holding = known.holdings.get((mark.venue, mark.instrument)) if known else None
        check_scale(holding, scale, mark.venue, mark.instrument)
        self._see(mark.receive_ns)
        account = self._account(mark.account)
        holding = account.holding(mark.venue, mark.instrument, scale)
        holding.mark = MarkState(mark.price, mark.event_ns, mark.receive_ns)
        close_reached(account, mark, self._clock_ns, emit)

    def _on_signal(self, signal: Signal, emit: Emit) -> None:
        clock_before_ns = self._clock_ns
        self._see(signal.receive_ns)
        account = self._accounts.get(signal.account)
        if signal.half_spread is not None:
            take_terms(account, signal, self._clock_ns, emit)
            return
        checks = check(account, signal, self._clock_ns)
        try:
            order = decide(account, signal, checks, None, emit)
        except ClientIdTooLong:
            self._clock_ns = clock_before_ns
            raise
        if account is not None and order is not None:
            account.legs.add(Leg.of(signal, order.client_order_id))

    def _on_report(self, report: ExecutionReport, emit: Emit) -> None:
        known = self._accounts.get(report.account)
        if is_repeat(known, report):
            return
        change = effect(known, report)
        self._see(report.receive_ns)
        for letter in change.letters:
            emit.dead_letter(letter)
        account = self._account(report.account)
        change.apply(account)
        take_end(account, report.account, report.client_order_id, self._clock_ns, emit)

    def snapshot(self, ids: SchemaIds) -> bytes:
        accounts = [self._accounts[name].state(name) for name in sorted(self._accounts)]
        legs = [leg.state(name) for name in sorted(self._accounts) for leg in self._accounts[name].legs]
        quotes = [quote.state(name) for name in sorted(self._accounts) for quote in self._accounts[name].quotes]
        return encode(RiskState(self._clock_ns, accounts, legs, quotes), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        saved = open_state(ids, state, RiskState)
        self._clock_ns = saved.clock_ns
        self._accounts = {account.account: Account.restored(account) for account in saved.accounts}
        for leg in saved.legs:
            self._account(leg.account).legs.add(Leg.restored(leg))
        for quote in saved.quotes:
            self._account(quote.account).quotes.add(Quote.restored(quote))
