"""Pairs of successive trades stand in the bar of the later one; a gap parts them, and bars of quotes have none."""

from __future__ import annotations

from typing import Any

from flows.contracts.records import Bar, Gap, GapStream, Side

from .plain_ticks import heartbeat, quote, trade
from .streams import SECOND, START
from .twins import Twins, entry, records

CONFIG = {"intervals_ns": [SECOND], "lateness_ns": 0, "series": [{"name": "tick:4"}, {"name": "time:1s@mid"}]}
_SIDES = {"b": Side.BUY, "s": Side.SELL}


def _gap(stream: GapStream) -> Gap:
    return Gap("binance", "BTC-USDT", START, stream, None, None, "test")


def _pairs(*ticks: Any, swaps: frozenset[int] = frozenset()) -> list[tuple[str, tuple[int, int, int, int]]]:
    """By series: buy after buy, sell after buy, buy after sell, sell after sell."""
    entries = [entry("market.ticks", number, one) for number, one in enumerate(ticks)]
    bars = [one for one in records(Twins("bars", CONFIG).feed_swapping(entries, set(swaps))) if isinstance(one, Bar)]
    return [
        (one.series, (one.buy_after_buy, one.sell_after_buy, one.buy_after_sell, one.sell_after_sell)) for one in bars
    ]


def _trades(sides: str, second: int) -> list[Any]:
    """One a tenth of a second, within one second."""
    return [trade(START + second * SECOND + at * SECOND // 10, 100, 1, _SIDES[side]) for at, side in enumerate(sides)]


def test_a_pair_is_of_the_bar_of_its_later_trade() -> None:
    """A bar of four trades ends with its last; the first of a second ends the bar before it, and is of the next."""
    for swap in range(9):
        made = _pairs(*_trades("bbs", 0), *_trades("sbs", 1), heartbeat(START + 2 * SECOND), swaps=frozenset({swap}))
        assert made == [("", (1, 1, 0, 0)), ("tick:4", (1, 1, 0, 1)), ("", (0, 1, 1, 1))]


def test_behind_missing_trades_nobody_knows_which_came_before() -> None:
    for stream, expected in (
        (GapStream.TRADE, (1, 0, 0, 0)),
        (GapStream.CONNECTION, (1, 0, 0, 0)),
        (GapStream.BOOK, (1, 1, 0, 0)),
    ):
        made = _pairs(*_trades("bb", 0), _gap(stream), *_trades("bbs", 0)[2:], heartbeat(START + SECOND))
        assert made == [("", expected)]


def test_bars_of_quotes_have_none() -> None:
    made = _pairs(quote(START, 99, 101), *_trades("bsb", 0), heartbeat(START + SECOND))
    assert sorted(made) == [("", (0, 1, 1, 0)), ("time:1s@mid", (0, 0, 0, 0))]
