"""Recorded messages through an exchange class of cryptofeed, as its own playback does it, in an environment of its own.

`cryptofeed_speed.py EXCHANGE SYMBOLS MESSAGES SNAPSHOT ROUNDS`: SYMBOLS is a JSON object of cryptofeed's names and the
exchange's, SNAPSHOT a file with the book by REST, or `-`. Each round plays all messages to a feed of its own. Prints a
line of JSON a round: messages, seconds, seconds of CPU, and the callbacks by kind.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from cryptofeed.defines import L2_BOOK, TICKER, TRADES
from cryptofeed.exchanges import EXCHANGE_MAP
from cryptofeed.symbols import Symbols

CHANNELS = [TRADES, TICKER, L2_BOOK]


async def one_round(
    exchange: str, symbols: dict[str, str], messages: list[str], snapshot: str | None
) -> dict[str, Any]:
    made: Counter[str] = Counter()

    async def note(kind: str, _said: object, _receipt_s: float) -> None:
        made[kind] += 1

    async def answer(_url: str, **_: object) -> str | None:
        return snapshot

    callbacks = {kind: functools.partial(note, kind) for kind in CHANNELS}
    feed = EXCHANGE_MAP[exchange](symbols=list(symbols), channels=CHANNELS, callbacks=callbacks, config={})
    feed.http_conn.read = answer
    _, subscribe, handler, _ = feed.connect()[0]
    await subscribe(Silent(feed.subscription))
    begin_s, cpu_s = time.perf_counter(), time.process_time()
    for message in messages:
        await handler(message, None, 1.0)
    seconds, cpu_seconds = time.perf_counter() - begin_s, time.process_time() - cpu_s
    return {"messages": len(messages), "seconds": seconds, "cpu_seconds": cpu_seconds, "records": dict(made)}


class Silent:
    """Where a feed says what it wants to hear: nobody listens, it hears the recording."""

    uuid = "recorded"

    def __init__(self, subscription: dict[str, Any]) -> None:
        self.subscription = subscription

    async def write(self, *_: object) -> None: ...


def main() -> None:
    exchange, symbols, messages, snapshot, rounds = sys.argv[1:]
    mapping: dict[str, str] = json.loads(symbols)
    # What it would ask the exchange for.
    Symbols.set(exchange, mapping, {})
    said = Path(messages).read_text().splitlines()
    book = None if snapshot == "-" else Path(snapshot).read_text()
    for _ in range(int(rounds)):
        print(json.dumps(asyncio.run(one_round(exchange, mapping, said, book))), flush=True)


main()
