"""A line on stderr that renews itself, where a person watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_EVERY_S = 0.2


def renewed_line() -> Callable[[str, bool], None]:
    """Takes what the line shall say, and whether that is the end: the line is gone then. Silent where stderr is no
    terminal."""
    if not sys.stderr.isatty():
        return lambda _text, _is_last: None
    shown_s = 0.0

    def show(text: str, is_last: bool) -> None:
        nonlocal shown_s
        now_s = time.monotonic()
        if now_s - shown_s >= _EVERY_S or is_last:
            shown_s = now_s
            sys.stderr.write(f"\r{text}" + ("\r\033[K" if is_last else ""))
            sys.stderr.flush()

    return show
