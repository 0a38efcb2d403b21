"""Bars that time does not end equal those that are worked out another way: from the recording's own JSON, in decimals
and by the book's words, without the kernels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import decode
from flows.contracts.records import Bar, Trade
from tests.parity.recorded import EXPONENT, ticks
from tests.parity.twins import IDS, batch, entry
from tests.recordings import messages, recording

RECORDING = "binance/spot/btcusdt_20240808.gz"
BARS = {"tick:100": 90, "volume:2.5": 50, "dollar:100000": 50, "range:12.5": 50, "renko:10": 50}
FLOWS = [f"{measure}_{rule}" for measure in ("tick", "volume", "dollar") for rule in ("imbalance", "run")]


class Sold(NamedTuple):
    price: Decimal
    quantity: Decimal
    buyer_is_maker: bool


@cache
def trades() -> list[Sold]:
    path = recording(RECORDING)
    return [Sold(Decimal(data["p"]), Decimal(data["q"]), data["m"]) for kind, data in messages(path) if kind == "trade"]


@cache
def made() -> dict[str, list[Bar]]:
    """By series, what the Rust kernel makes of the recording; the Python one makes the same (`tests/parity`)."""
    series = [*BARS, *(f"{kind}:100:10" for kind in FLOWS)]
    stage = RustStage("bars", json.dumps({"series": [{"name": name} for name in series]}), RustIds.embedded(), {})
    entries = [entry("market.ticks", offset, tick) for offset, tick in enumerate(ticks(recording(RECORDING)))]
    bars: dict[str, list[Bar]] = {name: [] for name in ("", *series)}
    for one in stage.process(batch(entries)).entries():
        bar = decode(one[4], IDS)
        bars[bar.series].append(bar)
    return bars


def grouped(series: str) -> Iterator[list[Sold]]:
    """The recording's trades, cut by what a name says."""
    kind, _, size = series.partition(":")
    group: list[Sold] = []
    for trade in trades():
        group.append(trade)
        prices = [one.price for one in group]
        reached = {
            "tick": Decimal(len(group)),
            "volume": sum(one.quantity for one in group),
            "dollar": sum(one.price * one.quantity for one in group),
            "range": max(prices) - min(prices),
        }
        if reached[kind] >= Decimal(size):
            yield group
            group = []


@pytest.mark.parametrize("series", [name for name in BARS if not name.startswith("renko")])
def test_sums_and_ranges_are_those_of_the_trades(series: str) -> None:
    bars = made()[series]
    assert len(bars) >= BARS[series]
    assert [_figures(bar) for bar in bars] == [_candle(group) for group in grouped(series)]
    for before, bar in pairwise(bars):
        assert bar.open_ns >= before.close_ns
        assert bar.first_offset > before.last_offset


def test_bricks_are_laid_as_the_price_moves() -> None:
    size = Decimal(10)
    bricks: list[tuple[Decimal, Decimal]] = []
    for trade in trades():
        if not bricks:
            low = high = trades()[0].price
        else:
            low, high = sorted(bricks[-1])
        while trade.price >= high + size:
            bricks.append((high, high + size))
            low, high = high, high + size
        while trade.price <= low - size:
            bricks.append((low, low - size))
            low, high = low - size, low
    bars = made()["renko:10"]
    assert [(_price(bar.open), _price(bar.close)) for bar in bars] == bricks
    assert len(bricks) >= BARS["renko:10"]
    assert {bar.open > bar.close for bar in bars} == {True, False}, "up and down"
    until = max(bar.last_offset for bar in bars)
    tape = ticks(recording(RECORDING))[: until + 1]
    assert sum(bar.trade_count for bar in bars) == sum(isinstance(tick, Trade) for tick in tape), "each counts once"


@pytest.mark.parametrize("kind", FLOWS)
def test_flows_are_as_the_book_expects(kind: str) -> None:
    """Lopez de Prado 2.3.2, in his own terms: P[b = 1], E[v | b = 1]; per bar, not per tick."""
    measure, rule = kind.split("_")
    size, weight = 100, 2.0 / (10 + 1)
    lengths: list[int] = []
    length, buys, sells = 0.0, 0.0, 0.0
    bought, sold = [Decimal(0)], [Decimal(0)]
    last, sign = None, 0
    for trade in trades():
        if last is not None and trade.price != last:
            sign = 1 if trade.price > last else -1
        last = trade.price
        signed = sign or (-1 if trade.buyer_is_maker else 1)
        weighs = {"tick": Decimal(1), "volume": trade.quantity, "dollar": trade.price * trade.quantity}[measure]
        (bought if signed > 0 else sold).append(weighs)
        count = len(bought) + len(sold) - 2
        up, down = float(sum(bought)), float(sum(sold))
        if not lengths:
            full = count >= size
        elif rule == "imbalance":
            full = abs(up - down) >= length * abs(buys - sells) * (1 - 1e-12)
        else:
            full = max(up, down) >= length * max(buys, sells) * (1 - 1e-12)
        if full:
            # P[b = 1] E[v | b = 1] = what buys weigh, per tick of the bar.
            ours = (up / count, down / count)
            first = not lengths
            length = float(count) if first else length + weight * (count - length)
            length = min(max(length, size / 10), size * 10)
            buys = ours[0] if first else buys + weight * (ours[0] - buys)
            sells = ours[1] if first else sells + weight * (ours[1] - sells)
            lengths.append(count)
            bought, sold = [Decimal(0)], [Decimal(0)]
    bars = made()[f"{kind}:100:10"]
    assert [bar.trade_count for bar in bars] == lengths
    assert len(lengths) > 5


def _price(units: int) -> Decimal:
    return Decimal(units).scaleb(EXPONENT)


def _figures(bar: Bar) -> tuple[Decimal | int, ...]:
    prices = [_price(units) for units in (bar.open, bar.high, bar.low, bar.close)]
    notional = Decimal(bar.notional).scaleb(2 * EXPONENT)
    return *prices, Decimal(bar.volume).scaleb(EXPONENT), notional, bar.trade_count


def _candle(group: list[Sold]) -> tuple[Decimal | int, ...]:
    prices = [one.price for one in group]
    volume = sum(one.quantity for one in group)
    notional = sum(one.price * one.quantity for one in group)
    return prices[0], max(prices), min(prices), prices[-1], volume, notional, len(group)
