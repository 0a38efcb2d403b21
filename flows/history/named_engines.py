"""The two engines that make bars with a name of columns of ticks, with the same arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flows import _native

if TYPE_CHECKING:
    from flows.contracts.records import Bar

Columns = dict[str, NDArray[Any]]

_WHOLES = (
    "open_ns",
    "close_ns",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "vwap",
    "trade_count",
    "buy_volume",
    "sell_volume",
    "buy_after_buy",
    "sell_after_buy",
    "buy_after_sell",
    "sell_after_sell",
    "quote_count",
    "order_flow_imbalance",
    "late_count",
    "first_offset",
    "last_offset",
    "interval_ns",
)
_FLOATS = ("notional", "bid_price", "bid_quantity", "ask_price", "ask_quantity")


class Ticks(NamedTuple):
    """Columns of one length: see `flows.kernels.named_bars.TickColumns`."""

    exponents: tuple[int, int]
    event_ns: NDArray[np.int64]
    numbers: list[NDArray[np.int64]]
    bought: NDArray[np.bool_] | None


Engine = Callable[[Mapping[str, Any], Ticks], Columns]


def _rust(config: Mapping[str, Any], ticks: Ticks) -> Columns:
    made, numbers, names = _native.named_bars(json.dumps(config), *ticks)
    # An empty array of texts has no length of its own.
    return dict(made) | {"series": np.array([*names, ""])[numbers]}


def _python(config: Mapping[str, Any], ticks: Ticks) -> Columns:
    # Only here: the kernels are not loaded where Rust does the work.
    from flows.kernels.named_bars import TickColumns, named_bars

    bought = None if ticks.bought is None else ticks.bought.tolist()
    numbers = [column.tolist() for column in ticks.numbers]
    bars = named_bars(config, TickColumns(ticks.exponents, ticks.event_ns.tolist(), numbers, bought))
    made: Columns = {name: np.array([getattr(bar, name) for bar in bars], np.int64) for name in _WHOLES}
    made["offset"] = np.array([bar.origin.offset for bar in bars], np.int64)
    made |= {name: np.array([_float(bar, name) for bar in bars], np.float64) for name in _FLOATS}
    return made | {"series": np.array([*(bar.series for bar in bars), ""])[: len(bars)]}


def _float(bar: Bar, name: str) -> float:
    value = getattr(bar, name)
    return float("nan") if value is None else float(value)


ENGINES: Mapping[str, Engine] = MappingProxyType({"rust": _rust, "python": _python})
"""By the names that they have in Tapeflow's configuration."""
