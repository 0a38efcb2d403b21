"""The standing of programs as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.desk.standing import Standing

_NAMES = (
    "program",
    "state",
    "pid",
    "engine",
    "rate/s",
    "lag",
    "lag time",
    "done",
    "snapshot",
    "restarts",
    "memory",
    "dead",
)
_LEFT = ("program", "state", "engine")


def lines(found: Sequence[Standing]) -> Iterator[str]:
    """A line for each, and below a line for what is not well, and for what else there is to know."""
    rows = [_NAMES, *(tuple(_cells(one)) for one in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_NAMES))]
    for row in rows:
        cells = zip(_NAMES, row, widths, strict=True)
        yield "  ".join(
            cell.ljust(width) if name in _LEFT else cell.rjust(width) for name, cell, width in cells
        ).rstrip()
    for one in found:
        if one.why:
            yield f"NOT WELL: {one.name}: {one.why}"
        if one.note:
            yield f"note: {one.name} {one.note}"


def seconds(value: float | None) -> str:
    """In the largest unit that leaves a figure."""
    if value is None:
        return "-"
    if value < 1:
        return f"{value * 1e3:.0f} ms"
    for unit, length_s in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if value >= length_s:
            return f"{value / length_s:.1f} {unit}"
    return f"{value:.1f} s"


def _cells(one: Standing) -> Iterator[str]:
    yield one.name
    yield one.state
    yield _number(one.pid, "{}")
    yield one.engine or "-"
    yield _number(one.records_per_s, "{:,.0f}")
    yield _number(one.lag_records, "{:,}")
    yield seconds(one.lag_s)
    done = [offset for partitions in one.positions.values() for offset in partitions.values()]
    yield f"{sum(done):,}" if done else "-"
    yield seconds(one.snapshot_age_s)
    yield str(one.restarts)
    yield f"{one.resident_bytes >> 20} MB" if one.resident_bytes else "-"
    yield _number(one.dead_letters, "{:,}")


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
