"""Small plots as SVG: lines, and bars. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

_WIDTH, _HEIGHT = 1000, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 16, 16, 34
_TICKS = 5

Point = tuple[float, float]


def lines(series: Sequence[tuple[str, str, Sequence[Point]]], x_names: tuple[str, str], unit: str) -> str:
    """Each of `series` is a name, a class of the style sheet, and points; `x_names` stand at the ends of the axis."""
    points = [point for _, _, drawn in series for point in drawn]
    if not points:
        return "<p>Nothing to draw.</p>"
    frame = _Frame([x for x, _ in points], [y for _, y in points])
    drawn = [
        f'<polyline class="{kind}" fill="none" points="{" ".join(frame.at(x, y) for x, y in path)}"><title>'
        f"{escape(name)}</title></polyline>"
        for name, kind, path in series
    ]
    return _svg([*frame.grid(unit), *frame.ends(x_names), *drawn])


def bars(heights: Sequence[tuple[str, float]], unit: str, kind: str = "sell") -> str:
    """Each of `heights` is what stands below a bar, and how high it is."""
    if not heights:
        return "<p>Nothing to draw.</p>"
    frame = _Frame([0, len(heights)], [0, *(height for _, height in heights)])
    drawn = [
        f'<rect class="bar {kind}" x="{frame.x(index + 0.1):.1f}" y="{frame.y(max(height, 0)):.1f}" '
        f'width="{frame.x(0.8) - frame.x(0):.1f}" height="{abs(frame.y(0) - frame.y(height)):.1f}"><title>'
        f"{escape(name)}: {height:,.6g} {escape(unit)}</title></rect>"
        for index, (name, height) in enumerate(heights)
    ]
    return _svg([*frame.grid(unit), *frame.ends((heights[0][0], heights[-1][0])), *drawn])


class _Frame:
    """Where values are in the picture."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        self._x = _span(xs)
        self._y = _span(ys)

    def x(self, value: float) -> float:
        low, high = self._x
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        low, high = self._y
        return _HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    def at(self, x: float, y: float) -> str:
        return f"{self.x(x):.1f},{self.y(y):.1f}"

    def grid(self, unit: str) -> Iterator[str]:
        low, high = self._y
        for step in range(_TICKS + 1):
            value = low + (high - low) * step / _TICKS
            y = self.y(value)
            yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,.6g}</text>'
        yield f'<text x="{_LEFT}" y="{_TOP - 5}">{escape(unit)}</text>'

    def ends(self, names: tuple[str, str]) -> Iterator[str]:
        first, last = map(escape, names)
        yield f'<text x="{_LEFT}" y="{_HEIGHT - 10}">{first}</text>'
        yield f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 10}" text-anchor="end">{last}</text>'


def _span(values: Sequence[float]) -> tuple[float, float]:
    """Lowest and highest, apart from each other also where there is one value only."""
    low, high = min(values), max(values)
    return low, high if high > low else low + max(1e-9, abs(low) * 1e-9)


def _svg(parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">\n' + "\n".join(parts) + "\n</svg>"
