"""How far a run over a stretch of the log has come: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from flows.connectors.log_ends import BrokerAway, LogEnds
from flows.running.progress import Progress
from flows.stack.settings import Settings
from flows.stretch import Stretch

_SHOWN_S = 0.2
_LINE_S = 5.0
_LAG_S = 2.0


@contextmanager
def following(progress: Progress, stretch: Stretch, title: str, settings: Settings) -> Iterator[None]:
    """Within, shows records done and to do, the rate, and the time left, on stderr; how far behind, where a stretch has
    no end."""
    ended = threading.Event()
    show = _show_bar if sys.stderr.isatty() else _print_lines
    if None in (end for _, end in stretch.offsets.values()):
        show = partial(_print_lag, LogEnds(settings))
    thread = threading.Thread(target=show, args=(progress, stretch, title, ended), name="bar", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _show_bar(progress: Progress, stretch: Stretch, title: str, ended: threading.Event) -> None:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=stretch.records)
        while not ended.wait(_SHOWN_S):
            bar.update(task, completed=progress.done)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


def _print_lines(progress: Progress, stretch: Stretch, title: str, ended: threading.Event) -> None:
    begin_s = time.monotonic()
    while not ended.wait(_LINE_S):
        done, taken_s = progress.done, time.monotonic() - begin_s
        rate = done / taken_s
        left = f", {(stretch.records - done) / rate:,.0f} s left" if rate else ""
        print(f"{title}: {done:,} of {stretch.records:,} records, {rate:,.0f}/s{left}", file=sys.stderr, flush=True)


def _print_lag(ends: LogEnds, progress: Progress, stretch: Stretch, title: str, ended: threading.Event) -> None:
    while not ended.wait(_LAG_S):
        try:
            newest = ends.read([stretch.topic])[stretch.topic]
            behind = f"{max(0, sum(newest[partition] for partition in stretch.offsets) - progress.done):,}"
        except BrokerAway as error:
            # The comparison itself waits for the broker, and goes on when it is back.
            behind = f"unknown how far ({error})"
        print(f"{title}: {progress.done:,} records, {behind} behind the log", file=sys.stderr, flush=True)
