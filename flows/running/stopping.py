"""Ctrl-C and SIGTERM: the flow is asked to end; if it cannot, it is ended, which loses nothing but time."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flows import log_line

# Time for the last epoch: its outputs acknowledged, its state saved.
_GRACE_S = 6.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """Within, the first signal sets `stop`; a second one, or the end of the grace, ends the process at once.

    A thread does it, woken by the signal itself: the main thread may be waiting for a broker that is away, and runs no
    Python then. To be used in the main thread.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    watch = threading.Thread(target=_watch, args=(reading, stop), name="stopping", daemon=True)
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in _SIGNALS}
    wakeup = signal.set_wakeup_fd(writing)
    watch.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(writing)
        watch.join()
        os.close(reading)


def _watch(reading: int, stop: threading.Event) -> None:
    if not os.read(reading, 1):
        return
    stop.set()
    ended = threading.Timer(_GRACE_S, _end, [f"did not come to an end within {_GRACE_S:g} s"])
    ended.daemon = True
    ended.start()
    if os.read(reading, 1):
        _end("told twice")
    ended.cancel()


def _end(why: str) -> None:
    log_line.write(f"{why}: ended at once; the next start resumes what was saved", "WARN")
    os._exit(1)
