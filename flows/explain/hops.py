"""The moments between market and last report, and the time between them."""

from __future__ import annotations

from collections.abc import Iterator

from flows.explain.explanation import Chain, Hop, Link
from flows.explain.readable import kind


def hops(chain: Chain) -> list[Hop]:
    """On the order's own way, and beside it. The venue's times are left out: its clock is not ours to subtract."""
    found = []
    start_ns = previous_ns = chain.ticks.closing.record.receive_ns
    for name, at_ns, on_the_way in _moments(chain):
        found.append(Hop(name, at_ns, at_ns - previous_ns if on_the_way else None, at_ns - start_ns))
        if on_the_way:
            previous_ns = at_ns
    return found


def _moments(chain: Chain) -> Iterator[tuple[str, int, bool]]:
    """Name, time, and whether the order waited for it: bars, features and decisions are written beside its way."""
    tick = chain.ticks.closing
    yield "tick received", tick.record.receive_ns, True
    yield from _written("tick written", tick, True)
    for bar in chain.bars[:1]:
        yield from _written("bar written", bar, False)
    if chain.features:
        yield from _written("features written", chain.features, False)
    yield from _written(f"{kind(chain.signal.record).lower()} written", chain.signal, True)
    yield from _written("decision written", chain.decision, False)
    yield from _written("order written", chain.order, True)
    for number, report in enumerate(chain.reports):
        if number == 0:
            yield "order sent", report.record.sent_ns, True
        yield f"report {report.record.status.value}", report.record.receive_ns, True
        yield from _written("report written", report, False)


def _written(name: str, link: Link, on_the_way: bool) -> Iterator[tuple[str, int, bool]]:
    if link.entry.produced_ns is not None:
        yield name, link.entry.produced_ns, on_the_way
