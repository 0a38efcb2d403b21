"""`tapeflow bars`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import ConfigThen, DataDir


class Action(str, Enum):
    # The command line's word; `import` is Python's own.
    import_ = "import"
    list_ = "list"
    partial = "partial"


class Stamp(str, Enum):
    open = "open"
    close = "close"


class TimeUnit(str, Enum):
    s = "s"
    ms = "ms"
    us = "us"
    ns = "ns"


def bars(
    action: Annotated[
        Action, typer.Argument(help="import a file; list what there is of an instrument; partial: those still open.")
    ],
    file: Annotated[Path | None, typer.Argument(help="import: CSV (also .gz) or Parquet.", show_default=False)] = None,
    instrument: Annotated[str, typer.Option(help="BTC-USDT.")] = "",
    venue: Annotated[str, typer.Option(help="import: where it was traded; partial: only of this one.")] = "",
    interval: Annotated[str | None, typer.Option(help="import: 1m; default: the smallest distance.")] = None,
    stamp: Annotated[Stamp, typer.Option(help="import: which end of a bar its time is.")] = Stamp.open,
    time_unit: Annotated[TimeUnit | None, typer.Option(help="import: what whole numbers of time count.")] = None,
    timezone: Annotated[str, typer.Option(help="import: of times that name none.")] = "UTC",
    columns: Annotated[
        str | None, typer.Option(help="import: names for a file without a heading: time,open,high,low,close,volume.")
    ] = None,
    to: Annotated[
        str, typer.Option(help="partial: as they stood before this offset of the log, or at this time.")
    ] = "end",
    as_json: Annotated[
        bool, typer.Option("--json", help="partial: one JSON object a bar, with all its fields.")
    ] = False,
    config: ConfigThen = None,
    data_dir: DataDir = None,
) -> None:
    """Bars of the past: import files of them into ClickHouse, where `flows.history` reads them. And the open bars of a
    market that goes on, each as it would be if it ended now."""
    from flows.errors import BadBars
    from flows.history.bar_file import FileTerms
    from flows.history.importing import import_bars
    from flows.history.stored import History
    from flows.history.timeframe import timeframe_ns
    from flows.times import iso, length

    if not instrument:
        raise BadBars("which instrument is it? Give --instrument, as BTC-USDT")
    if action is Action.partial:
        from flows.cli import partial_bars

        partial_bars.show(data_dir, config, instrument, venue, to, as_json=as_json)
        return
    if action is Action.list_:
        for row in History(data_dir).series(instrument).to_pylist():
            span = f"{row['first']:%Y-%m-%d %H:%M:%S} to {row['last']:%Y-%m-%d %H:%M:%S}"
            typer.echo(f"{row['venue']} {instrument}, {length(row['interval_ns'])}: {row['rows']:,} bars, {span}")
        return
    if file is None or not venue:
        raise BadBars(
            "import needs a file and --venue: tapeflow bars import FILE --venue binance --instrument BTC-USDT"
        )
    terms = FileTerms(
        interval_ns=timeframe_ns(interval) if interval else None,
        is_close=stamp is Stamp.close,
        time_unit=time_unit.value if time_unit else None,
        timezone=timezone,
        columns=columns.split(",") if columns else None,
    )
    done = import_bars(file, venue=venue, instrument=instrument, terms=terms, data_dir=data_dir)
    left_out = f"; left out: {', '.join(done.left_out)}" if done.left_out else ""
    typer.echo(
        f"{done.rows:,} bars of {length(done.interval_ns)} from {iso(done.first_ns)} to {iso(done.last_ns)}, "
        f"{done.new_rows:,} of them new{left_out}"
    )
