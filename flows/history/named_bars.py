"""`named_bars`: ticks in columns into the bars that flow `bars` makes of them (`docs/bars.md`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from flows import times
from flows.errors import BadBars
from flows.history import tick_columns
from flows.history.frames import frame_of
from flows.history.frames.frame import of_one_length
from flows.history.named_engines import ENGINES, Ticks
from flows.history.nearest import nearest, scaled
from flows.history.tick_layout import of_ticks
from flows.history.timeframe import timeframe_ns
from flows.kernels.refused_tick import RefusedTick

_Ticks = TypeVar("_Ticks")

_PRICES = ("open", "high", "low", "close")
_OF_TRADES = ("volume", "notional", "vwap", "trade_count")
_OF_SIDES = ("buy_volume", "sell_volume", "buy_after_buy", "sell_after_buy", "buy_after_sell", "sell_after_sell")
_OF_QUOTES = ("quote_count", "order_flow_imbalance", "bid_price", "bid_quantity", "ask_price", "ask_quantity")
_OF_ALL = ("late_count", "first_offset", "last_offset", "offset", "interval_ns", "series")
_IN_PRICE = {*_PRICES, "vwap", "bid_price", "ask_price"}
_IN_QUANTITY = {"volume", "buy_volume", "sell_volume", "order_flow_imbalance", "bid_quantity", "ask_quantity"}
_EXPONENT_MAX = 18


def named_bars(
    ticks: _Ticks,
    series: str | Sequence[str],
    *,
    price_exponent: int,
    quantity_exponent: int,
    intervals: Sequence[str | int | timedelta] = (),
    sessions: Sequence[Mapping[str, Any]] = (),
    time: str | None = None,
    engine: Literal["rust", "python"] = "rust",
) -> _Ticks:
    """Trades, or quotes, of one instrument into the bars that flow `bars` writes which reads them from offset 0 on.

    `series` names bars as the configuration does: `volume:10`, `renko:25@mid`, `time:1d:fx`; several are made at once.
    `intervals` are lengths of plain time bars of trades, `sessions` tables as `[[bars.sessions]]` has them.

    `ticks` comes in the forms of `aggregate_bars`, in the order in which the ticks happened, and the bars leave in the
    same one. Of trades columns are price, quantity, and maybe aggressor or side (buy and sell, 1 and -1, or True for
    bought); of quotes bid_price, bid_quantity, ask_price, ask_quantity; and a time (`time=` names it). Prices count
    10^price_exponent and quantities 10^quantity_exponent, the instrument's own: int64 are such counts, in and out;
    float64 are values, each of them the nearest to such a count.

    Columns are the fields of `Bar`, in the order in which bars are written: the time is `open_ns`; `offset` is the row
    that ended the bar, `first_offset` and `last_offset` the rows of its first and last tick. `notional` and the quotes'
    bid and ask are float64, NaN where there is none. The bar that is open at the end is not there.

    Both engines give the same to the bit. Columns stand still meanwhile: the Rust engine lets the GIL go.

    Raises BadBars, which tells the row, for what the flow would write to `ops.dead_letters`, and for numbers that are
    none of these counts; StageConfigError for a name that means no bars.
    """
    if engine not in ENGINES:
        raise BadBars(f"engine={engine!r}: choose one of {', '.join(ENGINES)}")
    frame = frame_of(ticks)
    layout = of_ticks(frame.names, time)
    units = (_exponent("price_exponent", price_exponent), _exponent("quantity_exponent", quantity_exponent))
    times_ns = frame.times_ns(layout.time)
    given = [frame.numbers(name) for name in layout.numbers]
    sides = None if layout.aggressor is None else frame.values(layout.aggressor)
    of_one_length(layout.time, times_ns, zip(layout.numbers, given, strict=True))
    if sides is not None and layout.aggressor is not None:
        of_one_length(layout.time, times_ns, [(layout.aggressor, sides)])
        sides = tick_columns.bought(sides, layout.aggressor)
    for alike in (given[::2], given[1::2]):
        if any(values.dtype != alike[0].dtype for values in alike):
            raise BadBars("bid and ask are not both int64 or both float64: counts and values do not mix")
    counts = [
        tick_columns.whole(values, name, units[at % 2])
        for at, (name, values) in enumerate(zip(layout.numbers, given, strict=True))
    ]
    try:
        made = ENGINES[engine](_config(series, intervals, sessions), Ticks(units, times_ns, counts, sides))
    except RefusedTick as refused:
        where = f"row {refused.row} ({times.iso(int(times_ns[refused.row]))})"
        raise BadBars(f"{where}: {refused.detail}", rule=refused.reason, index=refused.row) from None
    # Of columns in whole numbers the result is in whole numbers.
    price, quantity = (0 if given[at].dtype == np.int64 else exponent for at, exponent in enumerate(units))
    of_trades = (*_OF_TRADES, *(_OF_SIDES if sides is not None else ()))
    columns: dict[str, NDArray[Any]] = {layout.time: made["open_ns"]}
    for name in ("close_ns", *_PRICES, *(of_trades if layout.is_of_trades else _OF_QUOTES), *_OF_ALL):
        values = made[name]
        exponent = price + quantity if name == "notional" else price * (name in _IN_PRICE)
        exponent += quantity * (name in _IN_QUANTITY)
        if exponent:
            values = nearest(values, exponent) if values.dtype == np.int64 else scaled(values, exponent)
        columns[name] = values
    bars: _Ticks = frame.made(layout.time, made["open_ns"], columns)
    return bars


def _config(
    series: str | Sequence[str], intervals: Sequence[str | int | timedelta], sessions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """That of stage bars."""
    names = [series] if isinstance(series, str) else list(series)
    if not all(isinstance(name, str) for name in names):
        raise BadBars(f"series={series!r}: give names of bars, such as volume:10")
    lengths_ns = sorted({timeframe_ns(length) for length in intervals})
    return {
        "intervals_ns": lengths_ns,
        "series": [{"name": name} for name in names],
        "sessions": [dict(one) for one in sessions],
    }


def _exponent(name: str, value: int) -> int:
    if type(value) is not int or not -_EXPONENT_MAX <= value <= _EXPONENT_MAX:
        raise BadBars(f"{name}={value!r}: from -{_EXPONENT_MAX} to {_EXPONENT_MAX}")
    return value
