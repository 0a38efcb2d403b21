"""`tapeflow verify`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import DataDir
from flows.cli.renewed_line import renewed_line
from flows.errors import TapeflowError

if TYPE_CHECKING:
    from flows.verify import Report, Verdict

_HASH_DIGITS = 16


class VerifyFormat(str, Enum):
    table = "table"
    json = "json"


def verify(
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic, without prefix; may be repeated.")] = None,
    wait: Annotated[float, typer.Option(help="Let the audit catch up first, for so many seconds.", min=0)] = 0,
    format: Annotated[VerifyFormat, typer.Option(help="How to print it.")] = VerifyFormat.table,
    data_dir: DataDir = None,
) -> None:
    """Compare the log with ClickHouse, every row of every partition.

    Exit code 1 if they differ, with the first differing position of each partition; 2 if they could not be compared.
    """
    from flows.stack.settings import Settings
    from flows.verify import verify as compare

    try:
        report = compare(Settings.load(data_dir), topic or (), wait_s=wait, progress=_progress())
    except TapeflowError as error:
        typer.echo(f"tapeflow: could not compare: {error}", err=True)
        raise typer.Exit(2) from error
    if format is VerifyFormat.json:
        typer.echo(json.dumps(_as_json(report), indent=2))
    else:
        _print_table(report)
    if not report.equal:
        raise typer.Exit(1)


def _progress() -> Callable[[int, int], None]:
    show = renewed_line()
    return lambda done, every: show(f"{done:,} of {every:,} records compared", done == every)


def _print_table(report: Report) -> None:
    typer.echo(f"{'partition':<24}{'offsets':>22}{'records':>12}{'rows':>12}  {'content':<{_HASH_DIGITS}}  verdict")
    for verdict in report.verdicts:
        if verdict.high or verdict.rows or not verdict.equal:
            _print_verdict(verdict)
    records = sum(verdict.records for verdict in report.verdicts)
    differing = sum(not verdict.equal for verdict in report.verdicts)
    result = f"{differing} of {len(report.verdicts)} partitions differ" if differing else "log and ClickHouse are equal"
    typer.echo(f"{result}: {records:,} records in {len(report.verdicts)} partitions, {report.seconds:.1f} s")


def _print_verdict(verdict: Verdict) -> None:
    offsets = f"{verdict.low} to {verdict.high - 1}" if verdict.high > verdict.low else "none"
    older = f", {verdict.older_rows} rows older than the log" if verdict.older_rows else ""
    typer.echo(
        f"{verdict.place!s:<24}{offsets:>22}{verdict.records:>12}{verdict.rows:>12}"
        f"  {verdict.content_hash[:_HASH_DIGITS]}  {verdict.difference or 'equal'}{older}"
    )
    if verdict.difference:
        _print_row("log", verdict.difference.log)
        _print_row("ClickHouse", verdict.difference.clickhouse)


def _print_row(side: str, row: object) -> None:
    if row:
        typer.echo(f"    {side + ':':<12}{json.dumps(row, ensure_ascii=False)}")


def _as_json(report: Report) -> dict[str, object]:
    partitions = [{**asdict(verdict), **asdict(verdict.place)} for verdict in report.verdicts]
    for partition in partitions:
        del partition["place"]
    return {"equal": report.equal, "seconds": round(report.seconds, 3), "partitions": partitions}
