"""`tapeflow features`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import ConfigThen, DataDir, config_then

if TYPE_CHECKING:
    from flows.config import Config
    from flows.feature_store import FeatureStore


class Action(str, Enum):
    list = "list"
    as_of = "as-of"
    range = "range"
    violations = "violations"


def features(
    action: Annotated[
        Action,
        typer.Argument(
            help="list what is declared; as-of moments; range of all that became known; violations of rules."
        ),
    ],
    instrument: Annotated[str, typer.Option(help="BTC-USDT; list: which series of it there are.")] = "",
    venue: Annotated[str | None, typer.Option(help="Where there are several.")] = None,
    interval: Annotated[str | None, typer.Option(help="Length of the bars, as 1m, where there are several.")] = None,
    series: Annotated[str | None, typer.Option(help="Of bars that time does not end, as volume:10.")] = None,
    as_of: Annotated[list[str] | None, typer.Option(help="as-of: a moment, as 2026-01-31T12:00; repeatable.")] = None,
    moments: Annotated[
        Path | None, typer.Option(help="as-of: CSV or Parquet with a column `moment`, or `offset` of market.ticks.")
    ] = None,
    max_age: Annotated[str | None, typer.Option(help="as-of: older vectors are stale, as 5m.")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="range: the first moment.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="range: the moment behind the last.")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Prices as whole numbers of their unit.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The Parquet file to write.")] = None,
    config: ConfigThen = None,
    data_dir: DataDir = None,
) -> None:
    """Features: which there are, and as Parquet what the flow knew of them at any moment, for training."""
    from flows.config import Config
    from flows.errors import FeatureStoreError
    from flows.feature_store import FeatureStore
    from flows.feature_store.made_of import deployed_config
    from flows.feature_store.training_set import write

    made_with = Config.load(config or deployed_config(data_dir) or config_then(data_dir, None))
    if action is Action.list and not instrument:
        _list(made_with)
        return
    if not instrument:
        raise FeatureStoreError("which instrument is it? Give --instrument, as BTC-USDT")
    store = FeatureStore(data_dir, config=made_with)
    if action is Action.list:
        _list_series(store, instrument)
        return
    if action is Action.violations:
        _list_violations(store, instrument)
        return
    if out is None:
        raise FeatureStoreError("name the Parquet file to write: --out FILE.parquet")
    terms: dict[str, Any] = {
        "instrument": instrument,
        "venue": venue,
        "interval": interval,
        "series": series,
        "exact": exact,
    }
    if action is Action.range:
        if begin is None or end is None:
            raise FeatureStoreError("a range needs both ends: --from 2026-01-31 --to 2026-02-01")
        table = store.range(begin, end, to="arrow", **terms)
    else:
        table = _as_of(store, as_of, moments, max_age, terms)
    write(table, out)
    typer.echo(f"{out}: {_told(table)}")


def _list(config: Config) -> None:
    from flows.feature_store.catalogue import FEATURES, range_text
    from flows.feature_store.own import declared

    rows = [("name", "window", "unit", "range", "inputs", "description")]
    for one in FEATURES.values():
        rows.append((one.name, one.window_text(config), one.unit, one.range, ", ".join(one.inputs), one.description))
    for own in declared(config.stages["features"]):
        rows.append((own.name, own.window_text, "", range_text(own.range), ", ".join(own.inputs), own.description))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip())


def _list_series(store: FeatureStore, instrument: str) -> None:
    from flows.feature_store.series import kind

    for row in store.series(instrument).to_pylist():
        span = f"{row['first']:%Y-%m-%d %H:%M:%S} to {row['last']:%Y-%m-%d %H:%M:%S}"
        typer.echo(f"{row['venue']} {instrument}, {kind(row)}: {row['vectors']:,} vectors, {span}")


def _list_violations(store: FeatureStore, instrument: str) -> None:
    from flows.feature_store.series import kind

    rows = store.violations(instrument).to_pylist()
    for row in rows:
        span = f"{row['first']:%Y-%m-%d %H:%M:%S} to {row['last']:%Y-%m-%d %H:%M:%S}"
        ends = "" if row["limit"] is None else f" {row['limit']:g}, last {row['last_value']:g}"
        said = f"{row['feature']} {row['rule']}{ends}: {row['vectors']:,} vectors, {span}"
        typer.echo(f"{row['venue']} {instrument}, {kind(row)}: {said}")
    if not rows:
        typer.echo(f"{instrument}: no feature broke a rule")


def _as_of(
    store: FeatureStore, at: list[str] | None, file: Path | None, max_age: str | None, terms: dict[str, Any]
) -> Any:
    from flows.errors import FeatureStoreError
    from flows.feature_store.training_set import OFFSET, read_moments

    if (at is None) == (file is None):
        raise FeatureStoreError("say when: --as-of 2026-01-31T12:00, or --moments FILE.csv, one of the two")
    kind, given = ("moment", at) if file is None else read_moments(file)
    if kind == OFFSET:
        if max_age is not None:
            raise FeatureStoreError("--max-age needs moments: offsets have no age")
        return store.as_of_offsets(given, to="arrow", **terms)
    return store.as_of(given, max_age=max_age, to="arrow", **terms)


def _told(table: Any) -> str:
    """What came of it, in one line."""
    import pyarrow.compute as pc

    outside = pc.sum(pc.not_equal(table.column("out_of_range"), "")).as_py() or 0
    said = [f"{len(table):,} rows"]
    if "status" in table.column_names:
        counts = {one["values"]: one["counts"] for one in table.column("status").value_counts().to_pylist()}
        said += [f"{counts.get(status, 0):,} {status}" for status in ("known", "stale", "none")]
        said.append(f"{pc.sum(pc.invert(table.column('settled'))).as_py() or 0:,} not settled")
    return ", ".join([*said, f"{outside:,} with features out of range"])
