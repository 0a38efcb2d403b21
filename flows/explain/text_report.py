"""An explanation for a terminal: newest first, as it is asked."""

from __future__ import annotations

from collections.abc import Iterator

from flows import times
from flows.explain import wording
from flows.explain.explanation import Explanation, Link
from flows.explain.readable import kind

_PLACE = 28
_BESIDE = ("close_ns", "receive_ns", "interval_ns", "series")


def text_report(explanation: Explanation) -> str:
    return "\n".join(_lines(explanation)) + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    chain = explanation.chain
    yield wording.title(chain)
    yield from _heading("Reports")
    for report in chain.reports:
        yield _line(report, report.record.receive_ns, wording.report(report.record))
    yield from _heading("Order")
    yield _line(chain.order, chain.order.entry.produced_ns, wording.asked(chain.order.record))
    if chain.closes:
        yield from _heading("It closes")
        yield from (f"  {line}" for line in wording.closed(chain.closes))
    yield from _decision(chain.decision)
    yield from _signal(explanation)
    yield from _bars(explanation)
    yield from _ticks(explanation)
    yield from _heading("Time on the way")
    for hop in explanation.hops:
        step = "" if hop.since_previous_ns is None else f"+{times.length(hop.since_previous_ns)}"
        since = f"{times.length(hop.since_tick_ns)} after the tick"
        yield f"  {hop.name:<24}{times.iso(hop.at_ns)}  {step:>14}  {since:>29}"
    for note in chain.notes:
        yield f"  note: {note}"
    yield from _rederivation(explanation)


def _decision(decision: Link) -> Iterator[str]:
    record = decision.record
    yield from _heading("Risk checks")
    yield _line(decision, decision.entry.produced_ns, wording.verdict_of_checks(record.verdict, record.checks))
    yield f"  {'check':<20}{'measured':>22}{'limit':>22}"
    for one in record.checks:
        name, measured, limit, passed = wording.check(one)
        yield f"  {name:<20}{measured:>22}{limit:>22}  {passed}"


def _signal(explanation: Explanation) -> Iterator[str]:
    chain = explanation.chain
    signal = chain.signal.record
    yield from _heading(kind(signal))
    yield _line(chain.signal, chain.signal.entry.produced_ns, wording.asked(signal))
    yield f"  {wording.reason(signal)}"
    if explanation.strategy is None:
        yield f"  {explanation.rederivation.config} has no strategy of that name"
    else:
        yield f"  configured: {wording.settings(explanation.strategy)}"
    if chain.features is None:
        return
    yield from _heading("Its inputs: features")
    yield _line(
        chain.features, chain.features.entry.produced_ns, f"bar closed {times.iso(chain.features.record.close_ns)}"
    )
    now = wording.values(chain.features, _BESIDE)
    before = wording.values(chain.features_before, _BESIDE) if chain.features_before else {}
    yield f"  {'':<24}{'the bar before':>24}{'this bar':>24}"
    for name, found in now.items():
        yield f"  {name:<24}{before.get(name, '-'):>24}{found:>24}"


def _bars(explanation: Explanation) -> Iterator[str]:
    yield from _heading("Bars that the tick closed")
    for bar in explanation.chain.bars:
        found = wording.values(bar)
        yield _line(bar, bar.entry.produced_ns, f"{wording.series(bar.record)} from {found['open_ns']}")
        prices = ", ".join(f"{name} {found[name]}" for name in ("open", "high", "low", "close", "vwap"))
        counts = ", ".join(f"{name} {found[name]}" for name in ("volume", "trade_count", "quote_count", "gap_count"))
        yield f"  {'':<{_PLACE}}{prices}"
        yield f"  {'':<{_PLACE}}{counts}"


def _ticks(explanation: Explanation) -> Iterator[str]:
    ticks = explanation.chain.ticks
    yield from _heading(f"Ticks of the first bar: {wording.ticks_span(ticks)}")
    for group in ticks.groups:
        yield f"  {group.count} of kind {group.kind}"
        for name, link in (("first", group.first), ("last", group.last)):
            yield _line(link, link.record.receive_ns, f"{name}: {wording.tick(link)}")
    if ticks.latest:
        yield "  the latest of them"
    for link in ticks.latest:
        yield _line(link, link.record.receive_ns, wording.tick(link))
    yield "  what closed the bar"
    yield _line(ticks.closing, ticks.closing.record.receive_ns, wording.closing(ticks))


def _rederivation(explanation: Explanation) -> Iterator[str]:
    found = explanation.rederivation
    yield from _heading(f"Derived again: engine {wording.engines(found)}, configuration {found.config}")
    for run in found.runs:
        yield f"  flow {run.flow} over {run.place}: {run.records:,} records in {run.seconds:.2f} s"
        for one in run.comparisons:
            yield f"    {wording.comparison(one)}"
    yield f"  {wording.verdict(found)}"


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text


def _line(link: Link, at_ns: int | None, text: str) -> str:
    at = times.iso(at_ns) if at_ns is not None else ""
    return f"  {link.place:<{_PLACE}}{at:<32}{text}"
