"""`tapeflow bars partial`."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from flows.contracts.records import Bar
from flows.open_bars import OpenBars


def show(data_dir: Path | None, config: Path | None, instrument: str, venue: str, to: str, *, as_json: bool) -> None:
    """Prints the open bars of an instrument, with the offset up to which the log is in them."""
    from flows import open_bars, stretch
    from flows.cli.options import Engine, config_then, flow_options
    from flows.explain.readable import fields

    options = flow_options(data_dir, config_then(data_dir, config), Engine.rust)
    asked = stretch.find(options.services, "market.ticks", stretch.Asked("beginning", to, (instrument,)))
    for found in open_bars.find(options, asked):
        if not found.flow:
            for line in asked.reservations:
                typer.echo(line, err=True)
        bars = [bar for bar in found.bars if bar.instrument == instrument and venue in ("", bar.venue)]
        if as_json:
            for bar in bars:
                typer.echo(json.dumps(fields(bar)))
            continue
        typer.echo(f"market.ticks[{found.partition}] before offset {found.end}{_since(found)}")
        for bar in bars:
            typer.echo(_line(bar))
        if not bars:
            typer.echo(f"no bar of {instrument} is open there")


def _since(found: OpenBars) -> str:
    if not found.flow:
        return ", read from its beginning"
    return f": what flow {found.flow} saved at {found.begin}, and {found.end - found.begin} records behind that"


def _line(bar: Bar) -> str:
    from flows.explain.readable import price, quantity
    from flows.times import iso, length

    prices = " ".join(f"{name} {price(bar, name)}" for name in ("open", "high", "low", "close"))
    what = bar.series or length(bar.interval_ns)
    return (
        f"{bar.venue} {bar.instrument} {what} since {iso(bar.open_ns)}: {prices} volume {quantity(bar, 'volume')}, "
        f"{bar.trade_count} trades"
    )
