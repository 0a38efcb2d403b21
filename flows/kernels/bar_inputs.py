"""What of a bar an indicator can be fed: fields as doubles, in the quote currency, the base, or as counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.contracts.records import Bar
from flows.kernels.scale import Scale

BarInput = Callable[[Bar, Scale], "float | None"]
"""None where the bar has none."""


def _price(field: str) -> BarInput:
    def of(bar: Bar, scale: Scale) -> float | None:
        value = getattr(bar, field)
        return None if value is None else scale.price(value)

    return of


def _quantity(field: str) -> BarInput:
    def of(bar: Bar, scale: Scale) -> float | None:
        value = getattr(bar, field)
        return None if value is None else scale.quantity(value)

    return of


def _count(field: str) -> BarInput:
    return lambda bar, _: float(getattr(bar, field))


INPUTS: Mapping[str, BarInput] = {
    "open": _price("open"),
    "high": _price("high"),
    "low": _price("low"),
    "close": _price("close"),
    "vwap": _price("vwap"),
    "volume": _quantity("volume"),
    "buy_volume": _quantity("buy_volume"),
    "sell_volume": _quantity("sell_volume"),
    # Of no field, but of two: what impact and toxicity are worked out of.
    "signed_volume": lambda bar, scale: scale.quantity(bar.buy_volume - bar.sell_volume),
    "trade_count": _count("trade_count"),
    "quote_count": _count("quote_count"),
    "order_flow_imbalance": _quantity("order_flow_imbalance"),
    "bid_price": _price("bid_price"),
    "bid_quantity": _quantity("bid_quantity"),
    "ask_price": _price("ask_price"),
    "ask_quantity": _quantity("ask_quantity"),
    "bid_depth_slope": lambda bar, _: bar.bid_depth_slope,
    "ask_depth_slope": lambda bar, _: bar.ask_depth_slope,
}
"""By name, in the order in which errors tell them."""

_MEANT = {
    "real": "close",
    "price": "close",
    "bid": "bid_price",
    "bid_size": "bid_quantity",
    "ask": "ask_price",
    "ask_size": "ask_quantity",
}


def meant_by(indicator_input: str) -> str:
    """What an indicator's input is fed where nobody says: may be no name of INPUTS."""
    return _MEANT.get(indicator_input, indicator_input)
