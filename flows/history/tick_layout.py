"""Which column of ticks is what, by name."""

from __future__ import annotations

from dataclasses import dataclass

from flows.errors import BadBars
from flows.history.layout import column_named, time_named

_TRADES = ("price", "quantity")
_QUOTES = ("bid_price", "bid_quantity", "ask_price", "ask_quantity")
_AGGRESSORS = ("aggressor", "side")


@dataclass(frozen=True, slots=True)
class TickLayout:
    """Names of columns as the table has them."""

    time: str
    numbers: tuple[str, ...]
    """Price and quantity of trades; or price and quantity of the bid, and of the ask."""
    aggressor: str | None

    @property
    def is_of_trades(self) -> bool:
        return len(self.numbers) == len(_TRADES)


def of_ticks(names: tuple[str, ...], time: str | None) -> TickLayout:
    """Raises BadBars."""
    by_lower = {name.lower(): name for name in names}
    is_of_trades, is_of_quotes = _TRADES[0] in by_lower, _QUOTES[0] in by_lower
    if is_of_trades == is_of_quotes:
        found = "both trades and quotes" if is_of_trades else "neither trades nor quotes"
        raise BadBars(f"columns {', '.join(names)} are {found}: give {', '.join(_TRADES)}, or {', '.join(_QUOTES)}")
    wanted = _TRADES if is_of_trades else _QUOTES
    aggressor = next((by_lower[name] for name in _AGGRESSORS if is_of_trades and name in by_lower), None)
    return TickLayout(time_named(names, time), tuple(column_named(names, name) for name in wanted), aggressor)
