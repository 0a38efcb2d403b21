"""The pictures of the reports, as SVG."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from flows.comparison import plot
from flows.comparison.plot import Point
from flows.reports.answer import Answer, Value
from flows.times import parse

# More would only be a heavier page.
_POINTS = 2_000
_BARS = 40

_Row = TypeVar("_Row")


def equity(answer: Answer) -> str:
    """Net PnL and drawdown of each account and currency."""
    curves: dict[tuple[str, str], list[tuple[str, float, float]]] = defaultdict(list)
    for row in answer.records():
        curves[str(row["account"]), str(row["quote"])].append(
            (str(row["minute"]), _number(row["net_pnl"]), _number(row["drawdown"]))
        )
    return "".join(_curve(account, quote, points) for (account, quote), points in curves.items())


def _curve(account: str, quote: str, points: Sequence[tuple[str, float, float]]) -> str:
    kept = list(_thinned(points))
    at = [float(parse(minute)) for minute, _, _ in kept]
    net: list[Point] = [(x, value) for x, (_, value, _) in zip(at, kept, strict=True)]
    down: list[Point] = [(x, -value) for x, (_, _, value) in zip(at, kept, strict=True)]
    unit = f"{account}, {quote}: net PnL solid, drawdown dashed"
    ends = (points[0][0], points[-1][0])
    return plot.lines([("net PnL", "bid", net), ("drawdown", "ask dashed", down)], ends, unit)


def feed(answer: Answer) -> str:
    """Records a minute, and gaps a minute below."""
    rows = list(_thinned(list(answer.records())))
    if not rows:
        return ""
    ends = (str(rows[0]["minute"]), str(rows[-1]["minute"]))
    drawn = []
    for name, kind in (("records", "bid"), ("gaps", "ask"), ("crossed", "ask")):
        points = [(float(parse(str(row["minute"]))), _number(row[name])) for row in rows]
        if name == "records" or any(value for _, value in points):
            drawn.append(plot.lines([(name, kind, points)], ends, f"{name} a minute"))
    return "".join(drawn)


def latency(answer: Answer) -> str:
    """p50 and p99 of each hop."""
    return "".join(
        plot.bars(
            [(str(row["hop"]), _number(row[f"{name}_ms"])) for row in answer.records()], f"ms, {name} per hop", kind
        )
        for name, kind in (("p50", "buy"), ("p99", "order"))
    )


def order_ends(answer: Answer) -> str:
    """Orders by status."""
    return _totals(answer, "status", "orders", "orders")


def stops(answer: Answer) -> str:
    """Signals by the check that stopped them."""
    return _totals(answer, "check", "stopped", "signals stopped, by check")


def strategies(answer: Answer) -> str:
    """Net PnL by strategy, a picture for each currency."""
    quotes = sorted({str(row["quote"]) for row in answer.records()})
    return "".join(_totals(answer, "strategy", "net_pnl", f"net PnL by strategy, {quote}", quote) for quote in quotes)


def slippage(answer: Answer) -> str:
    """Fills by basis points of slippage."""
    heights = [(f"{row['bps']} bps", _number(row["fills"])) for row in answer.records()]
    return plot.bars(heights, "fills by basis points worse than arrival", "order") if heights else ""


def _totals(answer: Answer, name: str, value: str, unit: str, quote: str | None = None) -> str:
    """One bar for each `name`, the largest first."""
    sums: dict[str, float] = defaultdict(float)
    for row in answer.records():
        if quote is None or row["quote"] == quote:
            sums[str(row[name])] += _number(row[value])
    ranked = sorted(sums.items(), key=lambda item: -item[1])[:_BARS]
    return plot.bars(ranked, unit, "order") if ranked else ""


def _number(value: Value) -> float:
    return float(value) if value is not None else 0.0


def _thinned(rows: Sequence[_Row]) -> Iterator[_Row]:
    """So many that a picture can show them, the last one among them."""
    step = -(-len(rows) // _POINTS) if rows else 1
    return (row for index, row in enumerate(rows) if index % step == 0 or index == len(rows) - 1)
