"""What the page is drawn from: the same numbers as ClickHouse's views, whatever was summed up and however it came."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from flows.connectors import clickhouse
from flows.stack import Stack
from flows.ui import market, pictures, state
from flows.ui.desk import DECISIONS, INBOX
from flows.ui.market import TICKS
from flows.ui.risk_picture import risk
from flows.ui.state import State
from flows.ui.tape import Tape

VIEW = ("binance", "BTC-USDT")


def rows(desk: Stack, sql: str) -> list[tuple[Any, ...]]:
    with clickhouse.client(desk.clickhouse_url) as client:
        return [tuple(row) for row in client.query(sql).result_rows]


def read(desk: Stack, enough: Callable[[State], bool] = lambda _: True) -> State:
    """Folded from the tape, in as many readings as it takes."""
    tape, found = Tape(desk.settings), State()
    try:
        for _ in range(100):
            found.read(tape)
            if enough(found):
                return found
            found.read_back(tape)
    finally:
        tape.close()
    raise AssertionError("the tape does not come to its end")


def shown(found: State) -> dict[str, Any]:
    return {
        "chart": pictures.chart(found, VIEW, 10**9),
        "book": pictures.book(found, VIEW),
        "orders": pictures.orders(found),
        "positions": pictures.positions(found),
        "risk": risk(found),
    }


def is_at_end(found: State) -> bool:
    return found._read == found.ends


def has_books(found: State) -> bool:
    return all(board.book.is_whole for board in found.market.boards.values())


@pytest.mark.parametrize("window", [8_000, 40])
def test_profit_and_positions_are_those_of_the_view(desk: Stack, monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    monkeypatch.setitem(state._WINDOWS, INBOX, window)
    held = read(desk).desk.holdings.by_place
    expected = rows(desk, "SELECT instrument, position, gross_pnl, fees, net_pnl, fills FROM pnl ORDER BY instrument")
    found = sorted((place[2], one) for place, one in held.items() if one.fills)
    assert [(name, one.position, one.gross, one.fees, one.net, one.fills) for name, one in found] == expected
    assert expected, "the desk must have traded for this test to say anything"


def test_orders_stand_as_the_view_says(desk: Stack) -> None:
    columns = "client_order_id, status, filled_quantity, venue_order_id, sent_ns IS NOT NULL"
    expected = {row[0]: row[1:] for row in rows(desk, f"SELECT {columns} FROM orders")}
    found = read(desk).desk.orders.by_id
    assert {
        id: (one.status, one.filled, one.venue_order_id, int(one.sent_ns is not None)) for id, one in found.items()
    } == expected


def test_what_comes_in_pieces_is_the_same(desk: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shown(read(desk, has_books))
    monkeypatch.setattr(state, "_READ_AT_ONCE", 20_000)
    in_pieces = shown(read(desk, lambda found: is_at_end(found) and has_books(found)))
    assert in_pieces == whole
    assert whole["chart"]["bars"]
    assert whole["chart"]["signals"]


def test_what_is_before_the_windows_is_not_forgotten(desk: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(desk)
    monkeypatch.setitem(state._WINDOWS, INBOX, 40)
    monkeypatch.setitem(state._WINDOWS, DECISIONS, 5)
    narrow = read(desk)
    assert len(narrow.desk.signals) < len(whole.desk.signals)
    assert risk(narrow)["accounts"] == risk(whole)["accounts"]
    assert risk(narrow)["limits"] == risk(whole)["limits"]
    assert not narrow.desk.undecided
    assert [order.row["client_order_id"] for order in narrow.desk.orders.open()] == [
        order.row["client_order_id"] for order in whole.desk.orders.open()
    ]


@pytest.mark.parametrize("window", [60_000, 300])
def test_the_book_is_that_of_the_venue(desk: Stack, monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    monkeypatch.setitem(state._WINDOWS, TICKS, window)
    monkeypatch.setattr(market, "_BACK_AT_ONCE", 9_000)
    found = read(desk, has_books)
    assert len(found.market.boards) == 3
    for (_, name), board in found.market.boards.items():
        book = pictures.book(found, ("binance", name))
        for side, column, best_price, best_quantity in (
            ("bids", "bids", *board.top[:2]),
            ("asks", "asks", *board.top[2:]),
        ):
            [(snapshot,)] = rows(desk, _SNAPSHOT.format(name=name))
            levels = dict(rows(desk, _WHOLE.format(name=name, side=column, snapshot=snapshot)))
            beyond = [price for price in levels if (price < best_price) == (side == "bids") and price != best_price]
            expected = [best_price, *sorted(beyond, reverse=side == "bids")][:16]
            shown = [(Decimal(price), Decimal(quantity)) for price, quantity in book[side]]
            assert shown == [(price, levels[price] if price != best_price else best_quantity) for price in expected]


_SNAPSHOT = "SELECT max(final_update_id) FROM market_ticks WHERE kind = 'BookSnapshot' AND instrument = '{name}'"
_WHOLE = """
SELECT level.price, argMax(level.quantity, final_update_id) AS quantity
FROM (SELECT final_update_id, arrayJoin({side}) AS level FROM market_ticks
      WHERE kind IN ('BookDelta', 'BookSnapshot') AND instrument = '{name}' AND final_update_id >= {snapshot})
GROUP BY level.price HAVING quantity > 0
"""


def test_a_quiet_second_reads_next_to_nothing(desk: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    tape, found = Tape(desk.settings), State()
    found.read(tape)
    asked: list[str] = []
    really = tape.rows

    def counted(sql: str, topic: str, **parameters: object) -> list[dict[str, Any]]:
        asked.append(sql)
        return really(sql, topic, **parameters)

    monkeypatch.setattr(tape, "rows", counted)
    found.read(tape)
    tape.close()
    assert len(asked) == 1
