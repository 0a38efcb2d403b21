"""`tapeflow report`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import DataDir

if TYPE_CHECKING:
    from flows.reports.run import Made


class ReportFormat(str, Enum):
    table = "table"
    csv = "csv"
    json = "json"
    html = "html"


_TIME = "ISO 8601, UTC unless it says otherwise, or ns since 1970"


def report(
    name: Annotated[
        str | None, typer.Argument(help="Which one; without a name: lists them.", show_default=False)
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help=f"What was received since then: {_TIME}.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="And before then; as --from.")] = None,
    strategy: Annotated[str | None, typer.Option(help="Only this strategy.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Only this instrument: BTC-USDT.")] = None,
    section: Annotated[
        str | None, typer.Option(help="Only this section of the report; --format json names them.")
    ] = None,
    format: Annotated[
        ReportFormat,
        typer.Option(help="csv is the first section, exact; json all of them; html one page with plots."),
    ] = ReportFormat.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Report on the tape: PnL, orders, slippage, risk, latency, strategies, data quality."""
    from flows.reports import catalogue
    from flows.reports.asked import Asked
    from flows.reports.errors import ReportError
    from flows.reports.run import make
    from flows.stack.settings import Settings

    if name is None:
        for one in catalogue.REPORTS:
            typer.echo(f"{one.name:<14}{one.says}")
        return
    found = catalogue.find(name)
    made = make(Settings.load(data_dir), found, Asked.read(begin, end, strategy, symbol), section)
    text = _written(made, format)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise ReportError(f"cannot write {output}: {error.strerror}; name another file with --output") from error


def _written(made: Made, format: ReportFormat) -> str:
    from flows.reports import data_report, html_page, text_report

    writers = {
        ReportFormat.table: text_report.text_report,
        ReportFormat.csv: data_report.csv_report,
        ReportFormat.json: data_report.json_report,
        ReportFormat.html: html_page.html_page,
    }
    return writers[format](made)
