"""A market that goes on, for a desk without an ingestor."""

from __future__ import annotations

from contextlib import AbstractContextManager

from tests.desk.desk_at import DeskAt
from tests.live_market import live_market
from tests.synthetic_ticks import messages

STRATEGY = """\
[[strategies]]
name = "fast"
kind = "ema_cross"
account = "main"
venue = "binance"
instrument = "BTC-USDT"
interval_ns = 1_000_000_000
quantity = "0.01"

"""
# With an RSI from the third bar on.
WITH_RSI = f"[features]\nrsi = 2\n\n{STRATEGY}"
# Sparse, so that bars close often; and few, for a candidate in Python begins with the first of them.
_PER_SECOND = 3
_AT_ONCE = 100


def ticking(desk: DeskAt) -> AbstractContextManager[None]:
    """A market goes on meanwhile."""
    stream = messages(1_000_000, seed=3, per_second=_PER_SECOND)
    return live_market(desk.settings, iter(stream), _AT_ONCE, every_s=0.1)
