"""What a side's signals or orders would have earned, each filled at its reference price: for a picture only."""

from __future__ import annotations

from flows.contracts.records import New, Side, Signal

_POINTS = 2_000


class Equity:
    """The value of all trades so far, in quote currency, after each of them. Memory is bounded: it thins itself out."""

    def __init__(self) -> None:
        self._cash = 0.0
        self._positions: dict[tuple[str, str], float] = {}
        self._prices: dict[tuple[str, str], float] = {}
        self._stride, self._count = 1, 0
        self.points: list[tuple[int, float]] = []
        """Event time in ns, and equity."""

    def trade(self, order: Signal | New) -> None:
        traded = order.venue, order.instrument
        price = float(order.reference_price) * 10.0**order.price_exponent
        quantity = float(order.quantity) * 10.0**order.quantity_exponent
        signed = quantity if order.side is Side.BUY else -quantity
        self._cash -= signed * price
        self._positions[traded] = self._positions.get(traded, 0.0) + signed
        self._prices[traded] = price
        self._count += 1
        if self._count % self._stride == 0:
            self.points.append((order.event_ns, self._value()))
        if len(self.points) > _POINTS:
            self.points, self._stride = self.points[1::2], self._stride * 2

    def _value(self) -> float:
        return self._cash + sum(held * self._prices[traded] for traded, held in self._positions.items())
