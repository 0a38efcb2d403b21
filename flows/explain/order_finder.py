"""An order by any of its names, in execution.orders."""

from __future__ import annotations

from collections.abc import Iterator

from flows.contracts.records import ExecutionReport, New
from flows.explain.errors import CannotExplain, OutsideRetention, UnknownOrder
from flows.explain.explanation import Link
from flows.explain.order_id import ClientId, VenueId, parse
from flows.explain.records_log import RecordsLog

ORDERS = "execution.orders"
INBOX = "risk.inbox"


def find(log: RecordsLog, text: str) -> Link:
    """The New. Raises MalformedId, UnknownOrder, OutsideRetention, LogReadError."""
    match parse(text):
        case ClientId() as id:
            return _by_client_id(log, id)
        case VenueId() as id:
            return _by_venue_id(log, id)
    return _last(log)


def _by_client_id(log: RecordsLog, id: ClientId) -> Link:
    origin = id.origin
    partitions = log.lookup.partitions(ORDERS)
    if origin.partition >= partitions:
        raise UnknownOrder(id.text, f"{ORDERS} has {partitions} partitions, it would stand in {origin.partition}")
    low, _ = log.lookup.range(ORDERS, origin.partition)
    found = next(log.of_origin(ORDERS, origin.partition, (origin.offset, origin.index)), None)
    if found is not None and found.record.origin == origin and isinstance(found.record, New):
        if found.record.client_order_id == id.text:
            return found
        raise UnknownOrder(id.text, f"at its place stands {found.record.client_order_id}: the id is of another log")
    # Origins increase: what would stand before the first record there is, may have stood there.
    if low > 0 and (found is None or found.entry.offset == low):
        raise OutsideRetention(f"order {id.text}", ORDERS, origin.partition, low - 1, low)
    raise UnknownOrder(id.text, f"{ORDERS}[{origin.partition}] holds no order of {INBOX} offset {origin.offset}")


def _by_venue_id(log: RecordsLog, id: VenueId) -> Link:
    """By the reports: the log has no index of them, so all are looked through."""
    names: dict[str, Link] = {}
    for partition in range(log.lookup.partitions(INBOX)):
        for link in log.of_kind(INBOX, partition, ExecutionReport, needle=id.text.encode()):
            if link.record.venue_order_id == id.text:
                names.setdefault(link.record.client_order_id, link)
    if not names:
        raise UnknownOrder(id.text, f"no execution report in {INBOX} carries that venue id")
    if len(names) > 1:
        # Binance numbers the orders of each symbol for themselves.
        listed = ", ".join(f"{name} ({link.record.instrument})" for name, link in names.items())
        raise CannotExplain(f"{len(names)} orders have the venue id {id.text}: {listed}; ask for one by its client id")
    (name,) = names
    return _by_client_id(log, _client_id(name))


def _client_id(name: str) -> ClientId:
    parsed = parse(name)
    if not isinstance(parsed, ClientId):
        raise UnknownOrder(name, "its client id is not one of ours: something else traded on this account")
    return parsed


def _last(log: RecordsLog) -> Link:
    newest = [next(_orders_backwards(log, number), None) for number in range(log.lookup.partitions(ORDERS))]
    orders = [link for link in newest if link is not None]
    if not orders:
        raise UnknownOrder("at all", f"{ORDERS} is empty")
    return max(orders, key=lambda link: (link.entry.produced_ns or 0, link.record.receive_ns))


def _orders_backwards(log: RecordsLog, partition: int) -> Iterator[Link]:
    _, end = log.lookup.range(ORDERS, partition)
    return log.readable(log.lookup.backwards(ORDERS, partition, end), New)
