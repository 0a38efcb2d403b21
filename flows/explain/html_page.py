"""An explanation as one page."""

from __future__ import annotations

from collections.abc import Iterator

from flows import times
from flows.explain import wording
from flows.explain.explanation import Chain, Explanation, Link
from flows.explain.market_picture import Level, Mark, market_picture
from flows.explain.readable import kind, price
from flows.page_frame import heading, page, paragraph, table

_BESIDE = ("close_ns", "receive_ns", "interval_ns", "series")
_RECORD = ("position", "time", "")
_Row = tuple[str, ...]


def html_page(explanation: Explanation) -> str:
    return page(wording.title(explanation.chain), _parts(explanation))


def _parts(explanation: Explanation) -> Iterator[str]:
    chain, again = explanation.chain, explanation.rederivation
    yield paragraph(f"Derived again from the log: {wording.verdict(again)}", f"verdict {again.verdict.value}")
    yield market_picture(explanation.market, list(_marks(chain)), list(_levels(chain)))
    yield paragraph(
        "Lines: best ask and bid. Dots: trades by the taker's side. Dashed: the limit price; full circles: fills; "
        "upright: the tick behind the order, and when it was sent. Times are when we received it, UTC."
    )
    yield heading("Reports")
    yield table(_RECORD, [_row(one, one.record.receive_ns, wording.report(one.record)) for one in chain.reports])
    yield heading("Order")
    yield table(_RECORD, [_row(chain.order, chain.order.entry.produced_ns, wording.asked(chain.order.record))])
    if chain.closes:
        yield heading("It closes")
        yield from (paragraph(line) for line in wording.closed(chain.closes))
    yield heading("Risk checks")
    decision = chain.decision.record
    said = wording.verdict_of_checks(decision.verdict, decision.checks)
    yield table(_RECORD, [_row(chain.decision, chain.decision.entry.produced_ns, said)])
    yield table(("check", "measured", "limit", ""), [wording.check(one) for one in decision.checks])
    yield from _signal(explanation)
    yield heading("Bars that the tick closed")
    yield from (_record(bar) for bar in chain.bars)
    yield from _ticks(chain)
    yield heading("Time on the way")
    yield table(("", "at", "since the one before", "since the tick"), _hops(explanation))
    yield from (paragraph(note) for note in chain.notes)
    yield heading(f"Derived again: engine {wording.engines(again)}, configuration {again.config}")
    for run in again.runs:
        yield paragraph(f"Flow {run.flow} over {run.place}: {run.records:,} records in {run.seconds:.2f} s")
        yield table(
            ("record", "position", ""), [(c.kind, c.place, c.difference or "the same bytes") for c in run.comparisons]
        )


def _signal(explanation: Explanation) -> Iterator[str]:
    chain = explanation.chain
    signal = chain.signal.record
    yield heading(kind(signal))
    yield table(_RECORD, [_row(chain.signal, chain.signal.entry.produced_ns, wording.asked(signal))])
    yield paragraph(wording.reason(signal))
    if explanation.strategy is not None:
        yield paragraph(f"Configured: {wording.settings(explanation.strategy)}")
    if chain.features is None:
        return
    yield heading("Its inputs: features")
    yield table(_RECORD, [_row(chain.features, chain.features.entry.produced_ns, "")])
    before = wording.values(chain.features_before, _BESIDE) if chain.features_before else {}
    now = wording.values(chain.features, _BESIDE)
    yield table(("", "the bar before", "this bar"), [(name, before.get(name, "-"), now[name]) for name in now])


def _ticks(chain: Chain) -> Iterator[str]:
    ticks = chain.ticks
    yield heading(f"Ticks of the first bar: {wording.ticks_span(ticks)}")
    rows: list[_Row] = []
    for group in ticks.groups:
        for name, link in ((f"first of {group.count}: ", group.first), (f"last of {group.count}: ", group.last)):
            rows.append(_row(link, link.record.receive_ns, name + wording.tick(link)))
    rows += [_row(link, link.record.receive_ns, f"latest: {wording.tick(link)}") for link in ticks.latest]
    closing = f"closed the bar: {wording.closing(ticks)}"
    yield table(_RECORD, [*rows, _row(ticks.closing, ticks.closing.record.receive_ns, closing)])


def _record(link: Link) -> str:
    rows = wording.values(link).items()
    return table(_RECORD, [_row(link, link.entry.produced_ns, "")]) + table(("", ""), rows)


def _hops(explanation: Explanation) -> Iterator[_Row]:
    for hop in explanation.hops:
        step = "" if hop.since_previous_ns is None else times.length(hop.since_previous_ns)
        yield hop.name, times.iso(hop.at_ns), step, times.length(hop.since_tick_ns)


def _row(link: Link, at_ns: int | None, text: str) -> _Row:
    return link.place, times.iso(at_ns) if at_ns is not None else "", text


def _marks(chain: Chain) -> Iterator[Mark]:
    yield Mark(chain.ticks.closing.record.receive_ns, None, "tick", "the tick that closed the bar")
    for report in chain.reports:
        record = report.record
        if record.last_quantity and record.last_price is not None:
            yield Mark(record.receive_ns, record.last_price, "fill", wording.report(record))
    if chain.reports:
        yield Mark(chain.reports[0].record.sent_ns, None, "sent", "order sent")


def _levels(chain: Chain) -> Iterator[Level]:
    order = chain.order.record
    if order.price is not None:
        start_ns = chain.ticks.closing.record.receive_ns
        end_ns = max([start_ns, *(report.record.receive_ns for report in chain.reports)])
        # An order that ends at once would have a line of no length: half a second of it is drawn to either side.
        yield Level(order.price, start_ns - 500_000_000, end_ns + 500_000_000, f"limit price {price(order)}")
