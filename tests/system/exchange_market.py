"""A market small enough to know by heart, for tests of orders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.system.exchange_process import Exchange, playing

_SNAPSHOT = {
    "lastUpdateId": 10,
    "bids": [["100.00000000", "1.00000000"], ["99.00000000", "9.00000000"]],
    "asks": [["101.00000000", "2.00000000"], ["102.00000000", "3.00000000"]],
}
_DEPTH = {
    "stream": "btcusdt@depth@100ms",
    "data": {
        "e": "depthUpdate",
        "E": 1,
        "s": "BTCUSDT",
        "U": 9,
        "u": 10,
        "b": [["99.00000000", "9.00000000"]],
        "a": [],
    },
}


@contextmanager
def small_market(folder: Path, *options: str) -> Iterator[Exchange]:
    """An exchange at the end of a spot market: 1 BTC bid at 100.00, 9 at 99.00, 2 offered at 101.00, 3 at 102.00."""
    capture = folder / "capture"
    lines = [json.dumps(line, separators=(",", ":")) for line in (_DEPTH, _SNAPSHOT)]
    capture.write_text("".join(f"{1_723_161_600_000_000_000 + number} {line}\n" for number, line in enumerate(lines)))
    options = ("--capture", str(capture), "--speed", "max", "--balance", "USDT=10000", "--balance", "BTC=10", *options)
    with playing(*options, streams="btcusdt@trade") as (exchange, _):
        exchange.wait_until_drained()
        yield exchange


def limit_order(client_id: str, **changes: Any) -> dict[str, Any]:
    """A buy of 2.5 at 101.00, or what `changes` make of it."""
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    return {**order, "quantity": "2.5", "price": "101.00", "newClientOrderId": client_id, **changes}
