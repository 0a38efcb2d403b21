"""Views and checks of `sql/` on a small desk whose numbers are worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from flows.stack import Stack
from tests.landed_desk import BTC, Desk, landed, moment, trade_once


@pytest.fixture
def desk(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with landed(stack, f"{request.node.name}.") as made:
        yield made


def test_a_sound_desk_passes_every_check(desk: Desk) -> None:
    trade_once(desk)
    assert desk.failing() == []


def test_fills_orders_and_profit(desk: Desk) -> None:
    trade_once(desk)
    columns = "quantity, price, notional, strategy, arrival_price, round(slippage_bps, 6)"
    assert sorted(desk.select("fills", columns)) == [
        (Decimal("0.5"), Decimal("104.5"), Decimal("52.25"), "ema", Decimal(104), 48.076923),
        (Decimal("1.5"), Decimal("105.3"), Decimal("157.95"), "ema", Decimal(104), 125.0),
    ]
    assert desk.select("orders", "status, filled_quantity, average_price, reports, strategy") == [
        ("filled", Decimal(2), Decimal("105.1"), 3, "ema")
    ]
    # A repeated report counts once; a sale realises what it closes, at the average price of the purchases.
    sale = {"side": "sell", "fee": Decimal("0.001"), "fee_asset": "BTC"}
    desk.report("8", 0, "filled", "0.5", "108", "0.5", **sale)
    desk.report("8", 0, "filled", "0.5", "108", "0.5", **sale)
    columns = "position, mark_price, cash_flow, gross_pnl, realised_pnl, unrealised_pnl, fees, net_pnl, quote, fills"
    [row] = desk.select("pnl", columns)
    assert row == (
        Decimal("1.5"), Decimal(110), Decimal("-156.2"), Decimal("8.8"), Decimal("1.45"), Decimal("7.35"),
        Decimal("0.308"), Decimal("8.492"), "USDT", 3,
    )  # fmt: skip


def test_a_large_product_does_not_wrap(desk: Desk) -> None:
    desk.report("9", 0, "filled", "90000000", "90000000", "90000000", side="buy", fee_asset="USDT")
    assert desk.select("fills", "notional") == [(Decimal("8100000000000000"),)]
    assert desk.select("pnl", "cash_flow") == [(Decimal("-8100000000000000"),)]


def test_every_hop_is_timed(desk: Desk) -> None:
    trade_once(desk)
    hops = desk.select("latency", "hop, orders, round(p50_ms, 3)")
    assert hops == [(1, 1, 1.0), (2, 1, 2.0), (3, 1, 3.0), (4, 1, 4.0), (5, 1, 5.0), (6, 1, 10.0), (7, 1, 15.0)]


def test_the_books_top_stands_beside_the_venues(desk: Desk) -> None:
    top = {name: Decimal(value) for name, value in
           {"bid_price": "1", "bid_quantity": "2", "ask_price": "3", "ask_quantity": "4"}.items()}  # fmt: skip
    for update_id in (5, 6):
        desk.put("market.ticks", "BookDelta", **BTC, **top, final_update_id=update_id)
        desk.put("market.ticks", "Quote", **BTC, **{**top, "ask_quantity": Decimal(update_id - 1)}, update_id=update_id)
    desk.put("market.ticks", "BookDelta", **BTC, final_update_id=7)
    desk.put("market.ticks", "Quote", **BTC, **top, update_id=7)
    assert sorted(desk.select("book_tops", "update_id, equal")) == [(5, 1), (6, 0)]


def test_bars_that_time_does_not_end_are_checked_too(desk: Desk) -> None:
    trade_once(desk)
    trades = [desk.trade("100", "1", "buy", 5), desk.trade("104", "3", "sell", 5.5)]
    bar = {
        **BTC, "interval_ns": 0, "open_ns": moment(5), "close_ns": moment(5.5), "volume": Decimal(4),
        "notional": Decimal(412), "vwap": Decimal(103), "trade_count": 2, "buy_volume": Decimal(1),
        "sell_volume": Decimal(3), "first_offset": trades[0], "last_offset": trades[1],
    }  # fmt: skip
    prices = {name: Decimal(price) for name, price in (("open", 100), ("high", 104), ("low", 100), ("close", 104))}
    desk.put("market.bars", "Bar", **bar, **prices, series="volume:4", origin_offset=trades[1], origin_index=0)
    # A brick's prices are its own; one that holds no trade has none to compare.
    brick = {**prices, "close": Decimal(102)}
    desk.put("market.bars", "Bar", **bar, **brick, series="renko:2", origin_offset=trades[1], origin_index=1)
    empty = {**bar, "volume": Decimal(0), "trade_count": 0, "origin_offset": trades[1], "origin_index": 2}
    desk.put("market.bars", "Bar", **empty, **brick, series="renko:2")
    equal = desk.select("bars_from_trades", "series, equal")
    assert sorted(equal)[-2:] == [("renko:2", 1), ("volume:4", 1)]


def break_bar(desk: Desk) -> None:
    desk.put(
        "market.bars",
        "Bar",
        **BTC,
        origin_offset=99,
        interval_ns=10**9,
        open=Decimal(101),
        first_offset=0,
        last_offset=1,
    )


def lose_a_trade(desk: Desk) -> None:
    desk.trade("100", "1", "buy", 1.5)
    desk.trade("100", "1", "buy", 2.5)
    desk.put(
        "market.bars", "Bar", **BTC, origin_offset=99, interval_ns=10**9, first_offset=3, last_offset=3, trade_count=1
    )


def leave_a_hole(desk: Desk) -> None:
    desk.put("shadow.diffs", "Diff")
    next(desk._offsets["shadow.diffs"])
    desk.put("shadow.diffs", "Diff", origin_index=1)


FIRST_BAR = {"origin_partition": 0, "origin_offset": 2, "origin_index": 0}


@pytest.mark.parametrize(
    ("check", "broken"),
    [
        ("bars_equal_trades", break_bar),
        ("trades_in_one_bar", lose_a_trade),
        ("offsets_contiguous", leave_a_hole),
        ("origins_once", lambda desk: desk.put("market.bars", "Bar", **BTC, **FIRST_BAR, interval_ns=5)),
        ("signals_decided", lambda desk: desk.put("risk.inbox", "Signal", origin_offset=50)),
        ("decisions_ordered", lambda desk: desk.put("execution.orders", "New", client_order_id="11", origin_offset=50)),
        ("orders_end_once", lambda desk: desk.report("7", 3, "cancelled", "0", None, "2", side="buy")),
        ("fills_add_up", lambda desk: desk.report("12", 0, "partially_filled", "1", "5", "1.5", side="buy")),
        ("undecodable_have_letters", lambda desk: desk.put("market.features", "Undecodable")),
    ],
)  # fmt: skip
def test_a_check_sees_what_it_is_for(desk: Desk, check: str, broken: Any) -> None:
    desk.prefix = check + "."
    trade_once(desk)
    assert desk.failing() == []
    broken(desk)
    assert check in desk.failing()
