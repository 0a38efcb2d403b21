"""A report for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from flows.comparison.fields import flat
from flows.comparison.matching import Kind
from flows.comparison.report import Report, place
from flows.comparison.tally import SIDES, Divergence

_WORST_FIELDS = 12


def text(report: Report) -> str:
    return "\n".join(_lines(report)) + "\n"


def verdict(report: Report) -> str:
    """The one line that says it all."""
    until = "" if report.complete else ", as far as it came"
    records = f"{report.tally.compared:,} records"
    if not report.identical:
        return f"different: {report.differing:,} of {records}{until}"
    near = f" ({report.near:,} of them within tolerance, the rest bit for bit)" if report.near else ", bit for bit"
    return f"identical: {records}{near}{until}"


def counts(report: Report) -> Iterator[list[str]]:
    """A line for each topic: its name, and records by kind."""
    for topic, found in sorted(report.tally.topics.items()):
        yield [topic, *(f"{found[kind]:,}" for kind in Kind)]


def errors(report: Report) -> Iterator[list[str]]:
    """A line for each field that differs, the worst first: name, records, largest errors, where."""
    ranked = sorted(report.tally.errors.items(), key=lambda item: -(item[1].max_relative or 0.0))
    for name, found in ranked:
        relative = "-" if found.max_relative is None else f"{found.max_relative:.3g}"
        absolute = "-" if found.max_absolute is None else f"{found.max_absolute:.6g}"
        yield [name, f"{found.count:,}", relative, absolute, place(found.worst) if found.worst else "-"]


def _lines(report: Report) -> Iterator[str]:
    tally = report.tally
    yield f"{report.flow} over {tally.input_records:,} records of {report.stretch.topic}, run {report.run}"
    for side in SIDES:
        yield f"  {side:<10} {report.sides[side]}: {report.record_ns(side):,.0f} ns a record"
    yield verdict(report)
    yield ""
    yield from _table(["topic", *(kind.value for kind in Kind)], counts(report))
    if tally.first:
        yield ""
        yield from _first(tally.first)
    if tally.errors:
        yield ""
        rows = list(errors(report))
        yield from _table(["field", "records", "relative", "absolute", "worst at"], iter(rows[:_WORST_FIELDS]))
        if len(rows) > _WORST_FIELDS:
            yield f"and {len(rows) - _WORST_FIELDS} fields more: --format json has them all"
    for name, orders in sorted(tally.orders.items()):
        yield f"{name}: {orders.count:,}, notional {orders.notional:,.2f}"


def _first(first: Divergence) -> Iterator[str]:
    pair = first.pair
    yield f"first divergence: {pair.topic}, origin {place(pair.origin)}: {pair.kind.value}"
    for field in pair.fields:
        yield f"  {field.path}: baseline {field.baseline!r}, candidate {field.candidate!r}"
    for side, record in (("baseline", pair.baseline), ("candidate", pair.candidate)):
        if record is not None:
            yield f"  {side}: {_record(record)}"
    for entry in first.input:
        mark = ">" if entry["offset"] == pair.origin.offset else " "
        values = ", ".join(f"{name}={value}" for name, value in entry.items() if name not in ("offset", "kind"))
        yield f"  {mark} {entry['offset']} {entry['kind']} {values}"


def _record(record: object) -> str:
    return f"{type(record).__name__} " + ", ".join(f"{path}={value}" for path, value in flat(record))


def _table(names: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    lines = [names, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    for line in lines:
        first, *rest = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join([first.strip().ljust(widths[0]), *rest])
