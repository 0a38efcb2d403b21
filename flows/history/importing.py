"""A file of bars into ClickHouse: as often as one likes, with the same rows at the end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.connectors import bar_table
from flows.history import bar_file
from flows.history.bar_file import BadBarFile, FileBars, FileTerms
from flows.stack.settings import Settings
from flows.times import length


@dataclass(frozen=True)
class Imported:
    """What an import came to."""

    rows: int
    new_rows: int
    """Those whose time was not there before; the others were written again."""
    interval_ns: int
    first_ns: int
    last_ns: int
    """Opens of the first and last bar."""
    left_out: tuple[str, ...]
    """Columns of the file that are no part of a bar."""


def import_bars(
    path: Path | str,
    *,
    venue: str,
    instrument: str,
    terms: FileTerms | None = None,
    data_dir: Path | str | None = None,
) -> Imported:
    """The bars of a CSV (also .gz) or Parquet file. Nothing is written unless all of it is sound.

    A bar that is there already is replaced: a file of corrections is imported like any other, and one that was broken
    off is imported again. Raises BadBarFile, NotRunning, ClickHouseUnavailable, QueryFailed.
    """
    file = Path(path)
    read_by = terms or FileTerms()
    bars = bar_file.read(file, read_by)
    if not len(bars):
        raise BadBarFile(file, None, "there are no bars in it")
    first_ns, last_ns = int(bars.opens_ns[0]), int(bars.opens_ns[-1])
    series = (venue, instrument, bars.interval_ns, first_ns, last_ns)
    with bar_table.opened(Settings.load(data_dir)) as table:
        table.create()
        shorter_ns = None if read_by.interval_ns else table.shorter(*series)
        if shorter_ns is not None:
            # A file of corrections has few rows, and its distances say nothing.
            raise BadBarFile(
                file,
                None,
                f"its rows lie {length(bars.interval_ns)} apart, and of that time bars of {length(shorter_ns)} are "
                "stored: are these corrections of them? Give the interval",
            )
        before = table.stored(*series)
        # Newer than any row that it replaces, even if the clock was set back.
        imported_ns = max(time.time_ns(), before.imported_ns + 1)
        table.insert(_rows(bars, venue, instrument, file.name, imported_ns))
        after = table.stored(*series)
    return Imported(len(bars), after.rows - before.rows, bars.interval_ns, first_ns, last_ns, bars.left_out)


def _rows(bars: FileBars, venue: str, instrument: str, source: str, imported_ns: int) -> Any:
    """With the table's columns."""

    def same(value: str | int, kind: Any) -> Any:
        return pa.repeat(pa.scalar(value, kind), len(bars))

    return pa.table(
        {
            "venue": same(venue, pa.string()),
            "instrument": same(instrument, pa.string()),
            "interval_ns": same(bars.interval_ns, pa.int64()),
            "open_ns": pa.array(bars.opens_ns).cast(pa.timestamp("ns", "UTC")),
            "price_exponent": same(bars.price_exponent, pa.int32()),
            "quantity_exponent": same(bars.quantity_exponent, pa.int32()),
            **bars.prices,
            "volume": bars.volume,
            "source": same(source, pa.string()),
            "imported_ns": same(imported_ns, pa.int64()),
        }
    )
