"""The market around a moment, as one SVG: quotes as bands' edges, trades as dots, orders and fills as marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from flows import times
from flows.contracts.records import Quote, Side, Trade
from flows.explain.explanation import Link
from flows.explain.readable import decimal

_WIDTH, _HEIGHT = 1000, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 16, 16, 40
_PRICE_LINES, _TIME_LINES = 5, 6


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: a dot at a price, or without one a line through all prices."""

    at_ns: int
    price: int | None
    kind: str
    """Its class in the style sheet: fill, tick, sent, signal, asked."""
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """A price that holds from a moment to another."""

    price: int
    from_ns: int
    to_ns: int
    text: str


def market_picture(market: Sequence[Link], marks: Sequence[Mark], levels: Sequence[Level]) -> str:
    """The SVG; a sentence where there is no market to show. Prices count in the market's own units."""
    if not _usual_prices(market):
        return "<p>No trade or quote stands in the log around that time.</p>"
    return "\n".join(_Picture(market, marks, levels).lines())


class _Picture:
    def __init__(self, market: Sequence[Link], marks: Sequence[Mark], levels: Sequence[Level]) -> None:
        self._market, self._marks, self._levels = market, marks, levels
        moments = [link.record.receive_ns for link in market] + [mark.at_ns for mark in marks]
        prices = _usual_prices(market)
        prices += [mark.price for mark in marks if mark.price is not None] + [level.price for level in levels]
        self._from_ns, self._to_ns = min(moments), max(*moments, min(moments) + 1)
        margin = (max(prices) - min(prices)) // 20 + 1
        self._low, self._high = min(prices) - margin, max(prices) + margin
        self._exponent = market[0].record.price_exponent

    def lines(self) -> Iterator[str]:
        yield f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="The market around the order">'
        yield from self._grid()
        quotes = [link.record for link in self._market if isinstance(link.record, Quote)]
        yield self._steps("ask", [(quote.receive_ns, quote.ask_price) for quote in quotes if quote.ask_price > 0])
        yield self._steps("bid", [(quote.receive_ns, quote.bid_price) for quote in quotes if quote.bid_price > 0])
        yield from self._trades()
        for level in self._levels:
            y = self._y(level.price)
            yield (
                f'<line class="limit" x1="{self._x(level.from_ns)}" x2="{self._x(level.to_ns)}" y1="{y}" y2="{y}">'
                f"<title>{escape(level.text)}</title></line>"
            )
        for mark in self._marks:
            yield self._mark(mark)
        yield "</svg>"

    def _x(self, at_ns: int) -> float:
        part: float = (at_ns - self._from_ns) / (self._to_ns - self._from_ns)
        return round(_LEFT + part * (_WIDTH - _LEFT - _RIGHT), 1)

    def _y(self, price: int) -> float:
        """What is far from the usual ends at the frame."""
        part: float = (min(max(price, self._low), self._high) - self._low) / (self._high - self._low)
        return round(_HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM), 1)

    def _grid(self) -> Iterator[str]:
        for number in range(_PRICE_LINES + 1):
            price = self._low + (self._high - self._low) * number // _PRICE_LINES
            y = self._y(price)
            yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
            yield f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{_short(price, self._exponent)}</text>'
        for number in range(_TIME_LINES + 1):
            at_ns = self._from_ns + (self._to_ns - self._from_ns) * number // _TIME_LINES
            # Of the time of day, down to the millisecond.
            shown = times.iso(at_ns)[11:23]
            anchor = "end" if number == _TIME_LINES else "middle"
            yield f'<text x="{self._x(at_ns)}" y="{_HEIGHT - 14}" text-anchor="{anchor}">{shown}</text>'

    def _steps(self, name: str, points: list[tuple[int, int]]) -> str:
        """A price that holds until the next; of those in one pixel only the highest and the lowest."""
        path: list[str] = []
        for x, prices in _by_pixel((self._x(at_ns), price) for at_ns, price in points):
            path += [f"{'H' if path else 'M'}{x}" + ("" if path else f",{self._y(prices[0])}")]
            path += [f"V{self._y(price)}" for price in dict.fromkeys((max(prices), min(prices), prices[-1]))]
        return f'<path class="{name}" d="{"".join(path)}"/>'

    def _trades(self) -> Iterator[str]:
        """One path a side, of points with round ends. Dots on the same pixel show as one."""
        for side in Side:
            trades = [link.record for link in self._market if isinstance(link.record, Trade)]
            places = [
                (round(self._x(trade.receive_ns)), round(self._y(trade.price)))
                for trade in trades
                if trade.aggressor is side
            ]
            dots = "".join(f"M{x},{y}h0" for x, y in dict.fromkeys(places))
            yield f'<path class="{side.value}" d="{dots}"/>'

    def _mark(self, mark: Mark) -> str:
        x, title = self._x(mark.at_ns), f"<title>{escape(mark.text)}</title>"
        if mark.price is None:
            bottom = _HEIGHT - _BOTTOM
            return f'<line class="{mark.kind}" x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom}">{title}</line>'
        return f'<circle class="{mark.kind}" cx="{x}" cy="{self._y(mark.price)}" r="6">{title}</circle>'


def _usual_prices(market: Sequence[Link]) -> list[int]:
    """All trades' prices, and the quotes' without the highest and lowest in a hundred: a side that is empty for a
    moment shows its next order, however far away, and would make a line of everything else."""
    trades = [link.record.price for link in market if isinstance(link.record, Trade)]
    quotes = [link.record for link in market if isinstance(link.record, Quote)]
    sides = sorted(price for quote in quotes for price in (quote.bid_price, quote.ask_price) if price > 0)
    cut = len(sides) // 100
    return trades + sides[cut : len(sides) - cut]


def _by_pixel(points: Iterable[tuple[float, int]]) -> Iterator[tuple[int, list[int]]]:
    column, prices = None, list[int]()
    for x, price in points:
        if column is not None and round(x) != column:
            yield column, prices
            prices = []
        column = round(x)
        prices.append(price)
    if column is not None:
        yield column, prices


def _short(price: int, exponent: int) -> str:
    """A price to seven digits: what is between two lines of the grid needs no more."""
    return f"{float(decimal(price, exponent)):,.7g}"
