"""What the page shows, as plain data for JSON: one function for each part of the page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flows.ui.holdings import Holding, quote_of
from flows.ui.market import Board, Instrument
from flows.ui.market_time import MarketTime
from flows.ui.numbers import milliseconds, text
from flows.ui.orders import Order
from flows.ui.state import State

_LEVELS = 16
_ORDERS_SHOWN = 100
Picture = dict[str, Any]


def watch(state: State) -> list[Picture]:
    """A line for each instrument."""
    return [
        {
            "venue": venue,
            "instrument": instrument,
            "last": text(_last(board)),
            "change": _change(board),
            "bid": text(board.top[0]) if board.top else None,
            "ask": text(board.top[2]) if board.top else None,
            "spread_bps": _spread_bps(board),
            "closes": _closes(board),
            "received_ms": milliseconds(board.received_ns),
            "gaps": board.gaps,
            "gap_reason": board.gap_reason,
            **_digits(board),
        }
        for (venue, instrument), board in sorted(state.market.boards.items())
    ]


def chart(state: State, place: Instrument, interval_ns: int) -> Picture:
    """Bars of one interval, and what happened on them."""
    board = state.market.boards.get(place)
    if board is None:
        return {"venue": place[0], "instrument": place[1], "bars": []}
    interval_ns = interval_ns if interval_ns in board.bars else min(board.bars, default=0)
    bars = list(board.bars.get(interval_ns, ()))
    features = board.features.get(interval_ns, ())
    begin_ns = bars[0]["open_ns"] if bars else 0
    begin_received_ns = bars[0]["receive_ns"] if bars else 0
    market_ns = MarketTime([bar for of in board.bars.values() for bar in of])
    return {
        "venue": place[0],
        "instrument": place[1],
        "interval_ns": interval_ns,
        "intervals_ns": sorted(board.bars),
        "last": text(_last(board)),
        **_digits(board),
        "bars": [
            [milliseconds(bar["open_ns"]), *(text(bar[name]) for name in ("open", "high", "low", "close", "volume"))]
            for bar in bars
        ],
        "averages": [
            [milliseconds(row["close_ns"]), row["ema_fast"], row["ema_slow"]]
            for row in features
            if row["close_ns"] >= begin_ns
        ],
        "signals": [
            [milliseconds(row["event_ns"]), row["side"], text(row["reference_price"]), row["strategy"], row["reason"]]
            for row in state.desk.signals
            if (row["venue"], row["instrument"]) == place and row["event_ns"] >= begin_ns
        ],
        "fills": [
            [
                milliseconds(market_ns(row["receive_ns"])),
                row["side"],
                text(row["last_price"]),
                text(row["last_quantity"]),
                row["client_order_id"],
            ]
            for row in state.desk.orders.fills
            if (row["venue"], row["instrument"]) == place and row["receive_ns"] >= begin_received_ns
        ],
        "working": [
            [order.row["side"], text(order.row["price"]), text(order.remaining), order.row["client_order_id"]]
            for order in state.desk.orders.open()
            if (order.row["venue"], order.row["instrument"]) == place and order.row["price"] is not None
        ],
    }


def book(state: State, place: Instrument) -> Picture:
    """Levels with their quantities, and the newest trades."""
    board = state.market.boards.get(place)
    if board is None:
        return {"bids": [], "asks": [], "trades": []}
    return {
        "whole": board.book.is_whole,
        "bids": _levels(board, "bid"),
        "asks": _levels(board, "ask"),
        "trades": [
            [milliseconds(event_ns), text(price), text(quantity), side]
            for price, quantity, side, event_ns in board.trades
        ],
        **_digits(board),
    }


def orders(state: State) -> list[Picture]:
    """Open ones first, then the newest."""
    newest = sorted(
        state.desk.orders.by_id.values(), key=lambda order: (order.is_open, order.row["receive_ns"]), reverse=True
    )
    return [_order(state, order) for order in newest[:_ORDERS_SHOWN]]


def positions(state: State) -> Picture:
    """What is held and made, and how the profit went."""
    holdings = state.desk.holdings
    held = [(place, one) for place, one in sorted(holdings.by_place.items()) if one.fills]
    rows: list[Picture] = [
        {
            "account": account,
            "venue": venue,
            "instrument": instrument,
            "quote": quote_of(instrument),
            "position": text(one.position),
            "average": text(one.average_price),
            "mark": text(one.mark),
            "value": text(one.position * (one.mark or 0)),
            "realised": text(one.realised),
            "unrealised": text(one.unrealised),
            "fees": text(one.fees),
            "fees_not_valued": one.fees_not_valued,
            "net": text(one.net),
            "fills": one.fills,
        }
        for (account, venue, instrument), one in held
    ]
    by_currency: dict[tuple[str, str], list[Holding]] = {}
    for (account, _, instrument), one in held:
        by_currency.setdefault((account, quote_of(instrument)), []).append(one)
    return {
        "rows": rows,
        "totals": [
            {
                "account": account,
                "quote": quote,
                "net": text(holdings.net(account, quote)),
                "realised": text(sum((one.realised for one in ones), Decimal(0))),
                "unrealised": text(sum((one.unrealised for one in ones), Decimal(0))),
                "fees": text(sum((one.fees for one in ones), Decimal(0))),
                "curve": [[milliseconds(at_ns), float(net)] for at_ns, net in holdings.curve.get((account, quote), ())],
            }
            for (account, quote), ones in sorted(by_currency.items())
        ],
    }


def trouble(state: State) -> Picture:
    """Dead letters and what shadows found."""
    found = state.trouble
    return {
        "letters": list(found.letters),
        "letter_counts": [[*key, count] for key, count in found.letter_counts.most_common(20)],
        "letters_total": found.letter_counts.total(),
        "diffs": list(found.diffs),
        "runs": [
            {
                "run": run,
                "at_ms": at_ms,
                "differences": [[*key[1:], count] for key, count in found.diff_counts.most_common() if key[0] == run][
                    :12
                ],
            }
            for run, at_ms in sorted(found.run_ms.items(), key=lambda item: -item[1])[:5]
        ],
        "diffs_total": found.diff_counts.total(),
    }


def _order(state: State, order: Order) -> Picture:
    row = order.row
    board = state.market.boards.get((row["venue"], row["instrument"]), Board())
    return {
        "id": row["client_order_id"],
        "at_ms": milliseconds(row["produced_ns"] or row["receive_ns"]),
        "account": row["account"],
        "strategy": row["strategy"],
        "venue": row["venue"],
        "instrument": row["instrument"],
        "side": row["side"],
        "terms": f"{row['order_type']} {row['time_in_force']}",
        "quantity": text(row["quantity"]),
        "price": text(row["price"]),
        "status": order.status,
        "open": order.is_open,
        "cancel": order.is_cancel_asked,
        "filled": text(order.filled),
        "average": text(order.paid / order.filled) if order.filled else None,
        "fees": text(order.fees),
        "fee_asset": order.fee_asset,
        "reason": order.reason,
        "venue_id": order.venue_order_id,
        "tick_to_sent_ms": _between_ms(row["receive_ns"], order.sent_ns),
        "tick_to_report_ms": _between_ms(row["receive_ns"], order.first_report_ns),
        **_digits(board),
    }


def _between_ms(begin_ns: int, end_ns: int | None) -> float | None:
    return None if end_ns is None else (end_ns - begin_ns) / 1e6


def _last(board: Board) -> Decimal | None:
    return board.trades[0][0] if board.trades else None


def _closes(board: Board) -> list[float]:
    bars = board.bars.get(min(board.bars, default=0), ())
    return [float(bar["close"]) for bar in bars][-60:]


def _change(board: Board) -> float | None:
    """Since the oldest bar that the page holds, as a share."""
    longest = board.bars.get(max(board.bars, default=0))
    last = _last(board)
    return float(last / longest[0]["open"] - 1) if longest and last is not None else None


def _spread_bps(board: Board) -> float | None:
    if board.top is None:
        return None
    bid, _, ask, _ = board.top
    return float((ask - bid) / (ask + bid) * 20_000)


def _levels(board: Board, side: str) -> list[list[str | None]]:
    """The venue's own best level first: it is newer than the depth events."""
    price, quantity = (None, None) if not board.top else board.top[:2] if side == "bid" else board.top[2:]
    levels = board.book.best(side, _LEVELS, price)
    if price is not None and quantity is not None:
        levels = [(price, quantity), *(level for level in levels if level[0] != price)][:_LEVELS]
    return [[text(price), text(quantity)] for price, quantity in levels]


def _digits(board: Board) -> dict[str, int | None]:
    """Digits behind the point that prices and quantities have, where the venue said so."""
    return {"price_digits": _places(board.tick_size), "quantity_digits": _places(board.lot_size)}


def _places(step: Decimal | None) -> int | None:
    return None if not step else max(0, -int(step.normalize().as_tuple().exponent))
