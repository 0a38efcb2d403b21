"""What a router says of an order."""

from __future__ import annotations

from flows.contracts.records import ExecutionReport, New, OrderStatus, Origin


def report_of(
    order: New, origin: Origin, status: OrderStatus, last: int = 0, cumulative: int = 0, venue_order_id: str = "77000"
) -> ExecutionReport:
    """The report with the number `origin.index`; `origin` is the order's place in execution.orders."""
    price = order.reference_price if order.price is None else order.price
    return ExecutionReport(
        origin=origin,
        account=order.account,
        venue=order.venue,
        instrument=order.instrument,
        price_exponent=order.price_exponent,
        quantity_exponent=order.quantity_exponent,
        client_order_id=order.client_order_id,
        venue_order_id=venue_order_id,
        status=status,
        side=order.side,
        order_quantity=order.quantity,
        last_quantity=last,
        last_price=price if last else None,
        cumulative_quantity=cumulative,
        fee=1 if last else 0,
        fee_exponent=-9,
        fee_asset="USDT",
        trade_id=str(origin.index) if last else "",
        reason="",
        event_ns=order.event_ns,
        order_receive_ns=order.receive_ns,
        sent_ns=order.receive_ns + 1_000,
        receive_ns=order.receive_ns + 2_000 + origin.index,
    )
