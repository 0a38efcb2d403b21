"""`tapeflow explain`."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import ConfigThen, DataDir, Engine, config_then, flow_options
from flows.cli.renewed_line import renewed_line
from flows.errors import TapeflowError

if TYPE_CHECKING:
    from flows.explain.explanation import Explanation
    from flows.explain.why_not import WhyNot
    from flows.running.flow_options import FlowOptions


class ExplainFormat(str, Enum):
    text = "text"
    json = "json"
    html = "html"


def explain(
    order: Annotated[
        str | None, typer.Argument(help="Client id (tf-...), the venue's order id, or last.", show_default=False)
    ] = None,
    why_not: Annotated[
        str | None, typer.Option(metavar="SYMBOL", help="Instead: what stopped orders of this instrument.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="With --why-not: ISO 8601, UTC unless it says otherwise, or ns since 1970."),
    ] = None,
    within: Annotated[float, typer.Option(min=0, help="With --why-not: so many seconds before and after.")] = 60.0,
    engine: Annotated[Engine, typer.Option(help="What derives the order again.")] = Engine.rust,
    config: ConfigThen = None,
    format: Annotated[ExplainFormat, typer.Option(help="html is one page with a picture.")] = ExplainFormat.text,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Say why an order was sent, down to the ticks, and derive it from the log again.

    Exit code 0 if the derived records are the same, bit for bit; 1 if they differ; 2 if that could not be told.
    """
    try:
        code, text = _explained(order, why_not, at, within, _options(config, data_dir, engine), format)
        _write(text, output)
    except TapeflowError as error:
        typer.echo(f"tapeflow: cannot explain: {error}", err=True)
        raise typer.Exit(2) from error
    raise typer.Exit(code)


def _explained(
    order: str | None,
    why_not: str | None,
    at: str | None,
    within_s: float,
    options: tuple[FlowOptions, str],
    format: ExplainFormat,
) -> tuple[int, str]:
    """Exit code and text."""
    from flows import times
    from flows.explain.explain import explain as explain_order
    from flows.explain.explanation import Verdict
    from flows.explain.why_not import why_not as explain_absence
    from flows.running.flow_options import BadOption

    if (order is None) == (why_not is None):
        raise BadOption("name one order (a client id, a venue order id, or last), or give --why-not SYMBOL --at TIME")
    if why_not is not None:
        if at is None:
            raise BadOption("--why-not needs a time: give --at, as --at 2026-01-31T12:00:00")
        return 0, _absence(explain_absence(why_not, times.parse(at), round(within_s * 1e9), *options), format)
    if at is not None:
        raise BadOption("--at belongs to --why-not SYMBOL: an order has its own time")
    assert order is not None
    found = explain_order(order, *options, _progress(), with_market=format is ExplainFormat.html)
    codes = {Verdict.IDENTICAL: 0, Verdict.DIFFERENT: 1, Verdict.UNKNOWN: 2}
    return codes[found.rederivation.verdict], _presence(found, format)


def _presence(found: Explanation, format: ExplainFormat) -> str:
    from flows.explain.html_page import html_page
    from flows.explain.json_report import json_report
    from flows.explain.text_report import text_report

    return {"text": text_report, "json": json_report, "html": html_page}[format.value](found)


def _absence(found: WhyNot, format: ExplainFormat) -> str:
    from flows.explain import why_not_report

    writers = {"text": why_not_report.text, "json": why_not_report.json, "html": why_not_report.html}
    return writers[format.value](found)


def _options(config: Path | None, data_dir: Path | None, engine: Engine) -> tuple[FlowOptions, str]:
    """The options, and what their configuration is called."""
    from flows.config import DEFAULTS

    used = config_then(data_dir, config)
    return flow_options(data_dir, used, engine), str(used or DEFAULTS)


def _write(text: str, output: Path | None) -> None:
    from flows.explain.errors import CannotExplain

    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise CannotExplain(f"cannot write {output}: {error.strerror}; name another file with --output") from error


def _progress() -> Callable[[str, int, int], None]:
    show = renewed_line()
    return lambda flow, done, every: show(f"flow {flow}: {done:,} of {every:,}", done == every)
