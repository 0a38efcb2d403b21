"""`tapeflow control`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import DataDir
from flows.contracts.records import Command


def control(
    command: Annotated[
        Command, typer.Argument(help="open an account, set its limits, kill its trading, resume it, cancel an order.")
    ],
    account: Annotated[str, typer.Option(help="Account that it is for.")] = "main",
    reason: Annotated[str, typer.Option(help="Why; it stands in the log.")] = "",
    log_id: Annotated[str | None, typer.Option(help="open: 8 characters of a-z, 0-9. Default: random.")] = None,
    venue: Annotated[str, typer.Option(help="limits: venue that they hold at.")] = "",
    instrument: Annotated[str, typer.Option(help="limits: instrument that they hold for: BTC-USDT.")] = "",
    max_order_quantity: Annotated[str | None, typer.Option(help="limits: largest order.")] = None,
    max_position: Annotated[str | None, typer.Option(help="limits: largest position, long or short.")] = None,
    max_order_notional: Annotated[str | None, typer.Option(help="limits: largest price x quantity.")] = None,
    max_gross_notional: Annotated[str | None, typer.Option(help="limits: largest sum over the account.")] = None,
    max_price_age_s: Annotated[float | None, typer.Option(help="limits: oldest price to judge an order by.")] = None,
    order: Annotated[str | None, typer.Option(help="cancel: client id of an open order (tf-...).")] = None,
    data_dir: DataDir = None,
) -> None:
    """Say something to the risk desk: a command in the log, replayable like all else."""
    from flows.connectors import operator, schema_ids
    from flows.operator_commands import Limits, cancelling, limits, opening, simple
    from flows.stack.settings import Settings

    match command:
        case Command.OPEN:
            said = opening(account, reason, log_id)
        case Command.LIMITS:
            asked = Limits(max_order_quantity, max_position, max_order_notional, max_gross_notional, max_price_age_s)
            said = limits(account, reason, venue, instrument, asked)
        case Command.CANCEL:
            said = cancelling(account, reason, order)
        case _:
            said = simple(command, account, reason)
    operator.say(Settings.load(data_dir), schema_ids.load(), [said])
    typer.echo(f"{said.command.value} for account {account} is in the log")
