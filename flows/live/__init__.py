"""Normalised market updates as the ingestor hands them to the broker, live, by ZeroMQ or by WebSocket.

    from flows import live

    for record in live.subscribe("tcp://127.0.0.1:9302", instruments=["BTC-USDT"], kinds=["Trade", "Quote"]):
        print(record.instrument, record.receive_ns)

It needs `pip install 'tapeflow[live]'`. What is sent, and what a slow reader is told, is in `docs/broadcast.md`.
"""

from __future__ import annotations

from flows.live.errors import Closed, LiveError, Lost, NoClient
from flows.live.subscribing import subscribe
from flows.live.subscription import Subscription

__all__ = ["Closed", "LiveError", "Lost", "NoClient", "Subscription", "subscribe"]
