"""A market that goes on, for a desk without an ingestor."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from tests.desk.desk_at import DeskAt
from tests.log_of import write
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


@contextmanager
def ticking(desk: DeskAt) -> Iterator[None]:
    """A market goes on meanwhile."""
    stop = threading.Event()

    def tick() -> None:
        stream = messages(1_000_000, seed=3, per_second=_PER_SECOND)
        while not stop.wait(0.1):
            write(desk.settings, "market.ticks", islice(stream, _AT_ONCE))

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
