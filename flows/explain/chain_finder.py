"""From an order back to its ticks, and forth to its last report."""

from __future__ import annotations

from flows.contracts.records import (
    Bar,
    Decision,
    ExecutionReport,
    FeatureVector,
    Mark,
    New,
    OrderStatus,
    Signal,
)
from flows.explain.errors import CannotExplain, MissingRecord, OutsideRetention
from flows.explain.explanation import Chain, Closed, Link
from flows.explain.order_finder import INBOX, find
from flows.explain.records_log import RecordsLog
from flows.explain.tick_finder import TICKS, find_ticks

BARS = "market.bars"
FEATURES = "market.features"
DECISIONS = "risk.decisions"
# Bars of all lengths and instruments stand in one partition; the one before is looked for this far back.
_BACK_RECORDS = 20_000
_ENDS = (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED)


def complete(log: RecordsLog, order: Link) -> Chain:
    """The chain around a New. Raises MissingRecord, OutsideRetention, LogReadError."""
    notes: list[str] = []
    new: New = order.record
    decision = decision_of_order(log, new)
    signal = signal_of(log, new)
    cause = signal.record.origin
    _require(log, "the tick behind it", TICKS, cause.partition, cause.offset)
    vectors = _of_tick(log, FEATURES, signal)
    features = next((one for one in vectors if _is_behind(one, signal)), None)
    bars = sorted(_of_tick(log, BARS, signal), key=lambda bar: not _is_behind(bar, signal))
    bar = bars[0] if bars and _is_behind(bars[0], signal) else None
    for topic, found in ((FEATURES, features), (BARS, bar)):
        if found is None:
            notes.append(f"{topic}[{cause.partition}] does not hold the record behind {signal.place}")
    return Chain(
        order=order,
        decision=decision,
        closes=_closed(log, decision.record, notes),
        signal=signal,
        features=features,
        features_before=_before(log, features) if features else None,
        bars=bars,
        ticks=find_ticks(log, signal, bar, _before(log, bar) if bar else None, notes),
        reports=_reports(log, order, notes),
        notes=notes,
    )


def signal_of(log: RecordsLog, new: New) -> Link:
    """The signal that an order goes back to, or the mark that risk sent it at. Raises MissingRecord,
    OutsideRetention."""
    origin = new.origin
    _require(log, "its signal", INBOX, origin.partition, origin.offset)
    entry = log.lookup.at(INBOX, origin.partition, origin.offset)
    if entry is None:
        raise MissingRecord(f"the signal of {new.client_order_id}", INBOX, origin.partition, "the log ends before it")
    signal = log.link(entry)
    if isinstance(signal.record, ExecutionReport):
        signal = _quoting_signal(log, new, entry.offset)
    if not isinstance(signal.record, Signal | Mark) or signal.record.origin != new.signal:
        why = f"offset {origin.offset} holds another record: orders and inbox are not of the same log"
        raise MissingRecord(f"the signal of {new.client_order_id}", INBOX, origin.partition, why)
    return signal


def _quoting_signal(log: RecordsLog, new: New, offset: int) -> Link:
    """The signal of a quote that waited for a report, which stands at `offset`."""
    partition = new.origin.partition
    for signal in log.readable(log.lookup.backwards(INBOX, partition, offset), Signal):
        if signal.record.origin == new.signal and signal.record.strategy == new.strategy:
            return signal
    why = f"none before offset {offset} says its terms: it is outside retention, or orders and inbox are not of one log"
    raise MissingRecord(f"the signal of {new.client_order_id}", INBOX, partition, why)


def _closed(log: RecordsLog, decision: Decision, notes: list[str]) -> Closed | None:
    if decision.closes is None or decision.exit is None:
        return None
    signal = None
    try:
        signal = signal_of(log, find(log, decision.closes).record)
    except CannotExplain as error:
        notes.append(f"what it closes cannot be shown: {error}")
    return Closed(decision.closes, decision.exit, signal)


def decision_of_order(log: RecordsLog, new: New) -> Link:
    """The decision that the order followed from. Raises MissingRecord."""
    origin = new.origin
    for link in log.of_origin(DECISIONS, origin.partition, (origin.offset, 0)):
        if isinstance(link.record, Decision) and link.record.client_order_id == new.client_order_id:
            return link
        if link.record.origin.offset != origin.offset:
            break
    raise MissingRecord(f"the decision on {new.client_order_id}", DECISIONS, origin.partition, "risk made none")


def decisions_of(log: RecordsLog, signal: Link) -> list[Link]:
    """What risk said to a signal: one decision, of quotes one for each side. Quotes that waited for the end of those
    before them are decided on at a later report. None where risk has not come to it, or it changed nothing."""
    place, wanted = signal.entry, signal.record
    found = []
    for count, link in enumerate(log.of_origin(DECISIONS, place.partition, (place.offset, 0))):
        decision = link.record
        if not isinstance(decision, Decision):
            continue
        if decision.signal == wanted.origin and decision.strategy == wanted.strategy:
            found.append(link)
        elif decision.origin.offset > place.offset and _is_over(decision, wanted, count):
            break
    return found


def _is_over(decision: Decision, wanted: Signal, count: int) -> bool:
    """Whether none to the signal can stand behind this one, which is to another."""
    if wanted.half_spread is None or count > _BACK_RECORDS:
        return True
    same = (decision.strategy, decision.venue, decision.instrument)
    # The newest terms take the place of those that wait.
    return same == (wanted.strategy, wanted.venue, wanted.instrument) and decision.closes is None


def _require(log: RecordsLog, what: str, topic: str, partition: int, offset: int) -> None:
    low, _ = log.lookup.range(topic, partition)
    if offset < low:
        raise OutsideRetention(what, topic, partition, offset, low)


def _of_tick(log: RecordsLog, topic: str, signal: Link) -> list[Link]:
    """What one stage made of the signal's tick, for its instrument."""
    found = []
    cause, wanted = signal.record.origin, signal.record
    for link in log.of_origin(topic, cause.partition, (cause.offset, 0)):
        if link.record.origin.offset != cause.offset:
            break
        # An operator's Rollout passes through these topics too.
        if isinstance(link.record, Bar | FeatureVector) and link.entry.key == wanted.instrument.encode():
            found.append(link)
    return found


def _is_behind(link: Link, signal: Link) -> bool:
    """Whether a bar, or its features, made the signal or mark. The close tells bricks apart that one tick laid."""
    bar, wanted = link.record, signal.record
    if isinstance(wanted, Mark):
        return (bar.close_ns, bar.close) == (wanted.event_ns, wanted.price)
    same_series = (bar.interval_ns, bar.series) == (wanted.interval_ns, wanted.series)
    return same_series and bar.close == wanted.reference_price


def _before(log: RecordsLog, link: Link) -> Link | None:
    """The record before of the same instrument and series of bars."""
    record, place = link.record, link.entry
    wanted = (record.venue, record.instrument, record.interval_ns, record.series)
    entries = log.lookup.backwards(place.topic, place.partition, place.offset)
    for other in log.readable((entry for entry in entries if entry.key == place.key), Bar, FeatureVector):
        found = other.record
        if (found.venue, found.instrument, found.interval_ns, found.series) == wanted:
            return other
        if place.offset - other.entry.offset > _BACK_RECORDS:
            break
    return None


def _reports(log: RecordsLog, order: Link, notes: list[str]) -> list[Link]:
    """The order's reports by number, up to the one that ends it. A repeated number is the same report again."""
    new: New = order.record
    partition = new.origin.partition
    found: dict[int, Link] = {}
    needle = new.client_order_id.encode()
    for link in log.of_kind(INBOX, partition, ExecutionReport, new.origin.offset + 1, needle):
        if link.record.client_order_id == new.client_order_id:
            found.setdefault(link.record.origin.index, link)
            if link.record.status in _ENDS:
                break
    else:
        notes.append("no report ends this order: it is still at work, or the router is down")
    return [found[index] for index in sorted(found)]
