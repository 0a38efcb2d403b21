"""The limits of the desired state, said to the log where it holds others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flows.connectors import operator, schema_ids
from flows.connectors.log_lookup import LogLookup
from flows.contracts import codec
from flows.contracts.partition import partition_of
from flows.contracts.records import Command, Control
from flows.desk.schema import Desired, Limits
from flows.operator_commands import Limits as Asked
from flows.operator_commands import limits as limits_command
from flows.stack.settings import Settings

_TOPIC = "risk.inbox"
_REASON = "tapeflow.toml"
_Place = tuple[str, str, str]


def command(limits: Limits) -> Control:
    """As a record. Raises BadCommand."""
    asked = Asked(
        limits.max_order_quantity,
        limits.max_position,
        limits.max_order_notional,
        limits.max_gross_notional,
        limits.max_price_age_s,
    )
    return limits_command(limits.account, _REASON, limits.venue, limits.instrument, asked)


def bring_up_to_date(settings: Settings, desired: Desired) -> Iterator[str]:
    """Writes those that the log does not hold so. Yields a line for each, and for what an operator should know of them.

    Raises LogReadError, CommandLost, NotRunning.
    """
    wanted = {_place(one): one for one in map(command, desired.limits)}
    trading = _trading(desired)
    said = _Said(settings, trading | {account for account, _, _ in wanted})
    changed = [one for place, one in wanted.items() if said.limits.get(place) != _plain(one)]
    operator.say(settings, schema_ids.load(), changed)
    for one in changed:
        yield f"limits of {one.account} for {one.instrument} at {one.venue}: said to the log"
    # A file without limits leaves them to `tapeflow control`.
    for account, venue, instrument in said.limits.keys() - wanted.keys() if wanted else ():
        yield f"limits of {account} for {instrument} at {venue}: not in the file, and hold as the log has them"
    for account in sorted(trading - said.opened):
        yield f"account {account} trades nothing yet: `tapeflow control open --account {account}`"


def unopened(settings: Settings, desired: Desired) -> list[str]:
    """Accounts of strategies that trade nothing until an operator opens them. Raises LogReadError, NotRunning."""
    trading = _trading(desired)
    return sorted(trading - _Said(settings, trading).opened)


def _trading(desired: Desired) -> set[str]:
    return {strategy.account for strategy in desired.strategies}


class _Said:
    """What operators said of some accounts, read from the whole log."""

    def __init__(self, settings: Settings, accounts: set[str]) -> None:
        """Raises LogReadError, NotRunning."""
        self.limits: dict[_Place, Control] = {}
        """The newest, without when, why and by whom."""
        self.opened: set[str] = set()
        if not accounts:
            return
        ids = schema_ids.load()
        with LogLookup(settings) as log:
            count = log.partitions(_TOPIC)
            for partition in sorted({partition_of(account.encode(), count) for account in accounts}):
                start = log.range(_TOPIC, partition)[0]
                for entry in log.of_kind(_TOPIC, partition, ids.all_of["tapeflow.risk.Control"], start):
                    self._add(codec.decode(entry.value, ids))

    def _add(self, control: Control) -> None:
        if control.command is Command.LIMITS:
            self.limits[_place(control)] = _plain(control)
        elif control.command is Command.OPEN:
            self.opened.add(control.account)


def _place(control: Control) -> _Place:
    return control.account, control.venue, control.instrument


def _plain(control: Control) -> Control:
    return replace(control, operator="", reason="", event_ns=0)
