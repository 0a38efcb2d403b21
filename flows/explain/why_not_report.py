"""Why there was no order, as text, JSON and one page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows import times
from flows.contracts.records import Decision
from flows.explain import wording
from flows.explain.explanation import Link
from flows.explain.json_report import dumps
from flows.explain.json_report import link as json_link
from flows.explain.market_picture import Mark, market_picture
from flows.explain.readable import fields
from flows.explain.why_not import Considered, WhyNot
from flows.page_frame import heading, page, paragraph, table

_PLACE = 28
_NO_DECISION = "risk has made no decision: it has not come to it, or refused it (look into ops.dead_letters)"
_NO_PAIR = "no quotes went out at it: those at work stood, or their end had to be reported first"


def title(found: WhyNot) -> str:
    around = f"{found.within_ns / 1e9:g} s before and after"
    return f"{found.symbol} at {times.iso(found.at_ns)}, {around}: {outcome(found)}"


def outcome(found: WhyNot) -> str:
    """How many signals there were, and how many of them were stopped."""
    count = len(found.considered)
    if not count:
        return "no strategy gave a signal"
    orders = sum(one.became_orders for one in found.considered)
    return f"{count} signal{'s' * (count != 1)}, {orders} became orders, {count - orders} did not"


def became_of(one: Considered) -> list[tuple[str, str]]:
    """What became of a signal, with the place of each decision: the checks that failed, or the order."""
    if not one.decisions:
        return [("", _NO_DECISION if one.signal.record.half_spread is None else _NO_PAIR)]
    return [(link.place, line) for link in one.decisions for line in _decided(link.record, len(one.decisions) > 1)]


def _decided(decision: Decision, is_of_pair: bool) -> Iterator[str]:
    side = f"{decision.side.value} " if is_of_pair else ""
    id = decision.client_order_id
    if id is not None:
        yield f"{side}accepted: order {id} (tapeflow explain {id})"
        return
    for name, measured, limit, _ in (wording.check(check) for check in decision.checks if not check.passed):
        yield f"{side}stopped by {name}: measured {measured}, limit {limit}"


def text(found: WhyNot) -> str:
    return "\n".join(_lines(found)) + "\n"


def json(found: WhyNot) -> str:
    return dumps(
        {
            "symbol": found.symbol,
            "at_ns": found.at_ns,
            "within_ns": found.within_ns,
            "signals": [_signal(one) for one in found.considered],
            "features": [json_link(link) for link in found.features],
            "strategies": list(found.strategies),
            "config": found.config,
        }
    )


def html(found: WhyNot) -> str:
    return page(title(found), _parts(found))


def _lines(found: WhyNot) -> Iterator[str]:
    yield title(found)
    for one in found.considered:
        signal = one.signal.record
        yield ""
        yield f"  {one.signal.place:<{_PLACE}}{times.iso(signal.receive_ns)}  {wording.asked(signal)}"
        yield f"  {'':<{_PLACE}}strategy {signal.strategy}: {signal.reason}; strength {signal.strength}"
        for place, line in became_of(one):
            yield f"  {place:<{_PLACE}}{line}"
    yield ""
    yield f"Strategies that read it, by {found.config}"
    for strategy in found.strategies:
        yield f"  {strategy.get('name')}: {wording.settings(strategy)}"
    if not found.strategies:
        yield "  none"
    for link in found.features:
        yield ""
        yield f"Features then: {_which(link)}"
        yield f"  {link.place:<{_PLACE}}received {times.iso(link.record.receive_ns)}"
        for name, value in _values(link).items():
            yield f"  {name:<{_PLACE}}{value}"


def _parts(found: WhyNot) -> Iterator[str]:
    yield market_picture(found.market, list(_marks(found)), [])
    yield heading("Signals")
    rows = [
        (
            one.signal.place,
            times.iso(one.signal.record.receive_ns),
            one.signal.record.strategy,
            wording.asked(one.signal.record),
            _in_one_line(one),
        )
        for one in found.considered
    ]
    yield table(("position", "time", "strategy", "asked", "what became of it"), rows) if rows else paragraph("None.")
    yield heading(f"Strategies that read it, by {found.config}")
    yield table(("name", "settings"), [(str(one.get("name")), wording.settings(one)) for one in found.strategies])
    for link in found.features:
        yield heading(f"Features then: {_which(link)}")
        yield table(("", link.place), _values(link).items())


def _marks(found: WhyNot) -> Iterator[Mark]:
    yield Mark(found.centre_ns, None, "at", "the time asked for")
    for one in found.considered:
        signal = one.signal.record
        price = signal.reference_price if signal.price is None else signal.price
        yield Mark(signal.receive_ns, price, "asked", f"{wording.asked(signal)}: {_in_one_line(one)}")


def _in_one_line(one: Considered) -> str:
    return "; ".join(line for _, line in became_of(one))


def _which(link: Link) -> str:
    record = link.record
    return f"{record.instrument}, bar of {wording.series(record)} closed {times.iso(record.close_ns)}"


def _values(link: Link) -> dict[str, str]:
    return wording.values(link, ("close_ns", "receive_ns", "interval_ns", "series"))


def _signal(one: Considered) -> dict[str, Any]:
    return {"signal": json_link(one.signal), "decisions": [_decision(link) for link in one.decisions]}


def _decision(link: Link) -> dict[str, Any]:
    failed = [fields(check) for check in link.record.checks if not check.passed]
    return {"decision": json_link(link), "failed": failed, "client_order_id": link.record.client_order_id}
