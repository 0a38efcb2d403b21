"""A market that goes on while a test does something else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from flows.stack.settings import Settings
from tests.log_of import write


@contextmanager
def live_market(
    settings: Settings, ticks: Iterator[tuple[bytes, bytes]], at_once: int, every_s: float
) -> Iterator[None]:
    """Writes the next ticks to `market.ticks`, some at once, for as long as the block lasts."""
    stopped = threading.Event()

    def feed() -> None:
        while not stopped.wait(every_s):
            write(settings, "market.ticks", islice(ticks, at_once))

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        yield
    finally:
        stopped.set()
        feeder.join()
