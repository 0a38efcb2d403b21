"""A report as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from flows.comparison import plot
from flows.comparison.fields import flat
from flows.comparison.matching import Kind
from flows.comparison.report import Report, place
from flows.comparison.tally import SIDES, Divergence
from flows.comparison.text_report import counts, errors, verdict
from flows.page_frame import heading, page, paragraph, table
from flows.times import iso

_DISTRIBUTIONS = 8
_COLOURS = {"baseline": "bid", "candidate": "ask"}


def html(report: Report) -> str:
    return page(f"Shadow of {report.flow}: {report.run}", _parts(report))


def _parts(report: Report) -> Iterator[str]:
    tally = report.tally
    yield paragraph(verdict(report), "verdict identical" if report.identical else "verdict different")
    took = [[side, report.sides[side], f"{report.record_ns(side):,.0f}"] for side in SIDES]
    yield table(["side", "what it is", "ns a record"], took)
    yield paragraph(
        f"{tally.input_records:,} records of {report.stretch.topic} in {report.seconds:.1f} s; every difference stands "
        f"in shadow.diffs with run = {report.run}."
    )
    yield heading("Records")
    yield table(["topic", *(kind.value for kind in Kind)], counts(report))
    if tally.first:
        yield from _first(tally.first)
    yield heading("Divergence over time")
    over = tally.over_time
    spans = [(iso(span * over.span_ns), float(over.differing[span])) for span in sorted(over.compared)]
    yield plot.bars(spans, f"records that differ, in {over.span_ns / 1e9:,.0f} s each")
    if tally.errors:
        yield heading("Errors by field")
        yield table(["field", "records", "largest relative", "largest absolute", "worst at"], errors(report))
        yield from _distributions(report)
    if tally.orders:
        yield heading("Orders that would differ")
        rows = [[name, f"{orders.count:,}", f"{orders.notional:,.2f}"] for name, orders in sorted(tally.orders.items())]
        yield table(["what", "records", "notional"], rows)
    yield from _equity(report)


def _first(first: Divergence) -> Iterator[str]:
    pair = first.pair
    yield heading(f"First divergence: {pair.topic}, origin {place(pair.origin)}, {pair.kind.value}")
    one, other = (dict(flat(record)) if record else {} for record in (pair.baseline, pair.candidate))
    rows = [[path, str(one.get(path, "")), str(other.get(path, ""))] for path in {**one, **other}]
    marked = [[("≠ " if row[1] != row[2] else "") + row[0], *row[1:]] for row in rows]
    yield table(["field", "baseline", "candidate"], marked)
    yield heading("The input around it")
    around = [
        [
            ("> " if entry["offset"] == pair.origin.offset else "") + str(entry["offset"]),
            str(entry["kind"]),
            ", ".join(f"{name}={value}" for name, value in entry.items() if name not in ("offset", "kind")),
        ]
        for entry in first.input
    ]
    yield table(["offset", "kind", "values"], around)


def _distributions(report: Report) -> Iterator[str]:
    ranked = sorted(report.tally.errors.items(), key=lambda item: -(item[1].max_relative or 0.0))
    for name, found in [item for item in ranked if item[1].decades][:_DISTRIBUTIONS]:
        decades = range(min(found.decades), max(found.decades) + 1)
        yield paragraph(f"{name}: records by the power of ten of their relative error")
        yield plot.bars([(f"1e{decade}", float(found.decades[decade])) for decade in decades], "records", "order")


def _equity(report: Report) -> Iterator[str]:
    points = {side: report.tally.equity[side].points for side in SIDES}
    times = [at_ns for drawn in points.values() for at_ns, _ in drawn]
    if not times:
        return
    yield heading("Equity of both sides, every order filled at its reference price")
    series = [(side, _COLOURS[side], [(float(at_ns), value) for at_ns, value in points[side]]) for side in SIDES]
    yield plot.lines(series, (iso(min(times)), iso(max(times))), "quote currency: baseline green, candidate red")
