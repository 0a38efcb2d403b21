"""One picture for all viewers: read once a second while somebody watches, and not at all while nobody does."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.errors import TapeflowError
from flows.stack.settings import Settings
from flows.ui import pictures
from flows.ui.log_watch import LogWatch
from flows.ui.market import Instrument
from flows.ui.risk_picture import risk
from flows.ui.source_health import SourceHealth
from flows.ui.stage_picture import stages
from flows.ui.state import State
from flows.ui.tape import Tape

_EVERY_S = 1.0
# A viewer that reloads the page finds the picture still there.
_LINGER_S = 60.0
_AWAY_S = 900.0

View = tuple[Instrument, int]
"""An instrument, and an interval in nanoseconds: without a name the first instrument, with 0 the shortest interval."""


class Live:
    """The parts of the page as JSON text, and who watches."""

    def __init__(self, data_dir: Path, stop: threading.Event) -> None:
        """`stop` ends readers and viewers when it is set; a reader that dies sets it."""
        self._data_dir = data_dir
        self.settings = Settings.load(data_dir)
        self.log = SourceHealth("the log")
        self.clickhouse = SourceHealth("ClickHouse")
        self._log_watch = LogWatch()
        self._parts: dict[str, str] = {}
        self._views: dict[View, dict[str, str]] = {}
        self._wanted: Counter[View] = Counter()
        self._changed = threading.Condition()
        self._arrivals = 0
        self._stop = stop
        self.failure: Exception | None = None
        """What a reader died of: a defect."""
        self._watched_s = time.monotonic()
        self._threads = [
            threading.Thread(target=self._guarded, args=[read], name=name, daemon=True)
            for name, read in (("tape", self._read_tape), ("log", self._read_log))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends readers and viewers."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()

    @property
    def is_stopped(self) -> bool:
        return self._stop.is_set()

    @contextmanager
    def watching(self, view: View) -> Iterator[None]:
        """Within, the picture is kept up to date, that of this view too."""
        with self._changed:
            self._wanted[view] += 1
            self._arrivals += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._wanted[view] -= 1
                self._wanted += Counter()
                self._watched_s = time.monotonic()

    def parts(self, view: View) -> dict[str, str]:
        """JSON by part of the page."""
        with self._changed:
            return {**self._parts, **self._views.get(view, {}), "head": json.dumps(self._head())}

    def wait(self, timeout_s: float) -> None:
        """Until the next picture."""
        with self._changed:
            self._changed.wait(timeout_s)

    def _head(self) -> dict[str, object]:
        return {
            "now_ms": time.time_ns() // 1_000_000,
            "data_dir": str(self._data_dir),
            "prefix": self.settings.topic_prefix,
            "sources": [self.clickhouse.picture(), self.log.picture()],
        }

    def _guarded(self, read: Callable[[], None]) -> None:
        """A page that silently stays as it is would be worse than none."""
        try:
            read()
        except Exception as error:
            self.failure = error
            self.stop()

    def _read_tape(self) -> None:
        tape, state = Tape(self.settings), State()
        for _ in self._rounds():
            # What landed in a night is not gone through row by row.
            if (self.clickhouse.age_s or 0) > _AWAY_S:
                state = State()
            try:
                self.clickhouse.ask()
                state.read(tape)
                self.clickhouse.answered()
                # What is new is shown before anything older is looked for.
                self._draw(state)
                self.clickhouse.ask()
                state.read_back(tape)
                self.clickhouse.answered()
            except TapeflowError as error:
                self.clickhouse.failed(error)
                tape.close()
                # A restarted stack may be elsewhere. The page keeps its last picture until there is a new one.
                tape, state = Tape(self._reloaded()), State()
                self._publish({}, {})
        tape.close()

    def _read_log(self) -> None:
        for _ in self._rounds():
            self.log.ask()
            try:
                self._log_watch.read(self._reloaded() if self.log.fault else self.settings)
                self.log.answered()
            except TapeflowError as error:
                self.log.failed(error)

    def _rounds(self) -> Iterator[None]:
        """One for each reading that is due: every second, and at once for a new viewer. Ends with the server."""
        arrivals = -1
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self.is_stopped or self._arrivals != arrivals, _EVERY_S)  # noqa: B023
                self._changed.wait_for(lambda: self.is_stopped or self._is_watched())
                arrivals = self._arrivals
            if self.is_stopped:
                return
            yield

    def _is_watched(self) -> bool:
        return bool(self._wanted) or time.monotonic() - self._watched_s < _LINGER_S

    def _reloaded(self) -> Settings:
        # A file that cannot be read just now: the next reading tries again.
        with suppress(TapeflowError):
            self.settings = Settings.load(self._data_dir)
        return self.settings

    def _draw(self, state: State) -> None:
        with self._changed:
            wanted = list(self._wanted)
        parts = {
            "watch": pictures.watch(state),
            "orders": pictures.orders(state),
            "positions": pictures.positions(state),
            "risk": risk(state),
            "stages": stages(state, self._log_watch),
            "trouble": pictures.trouble(state),
        }
        views = {view: _draw_view(state, view) for view in wanted}
        self._publish({name: json.dumps(part) for name, part in parts.items()}, views)

    def _publish(self, parts: dict[str, str], views: dict[View, dict[str, str]]) -> None:
        with self._changed:
            self._parts.update(parts)
            if parts:
                self._views = views
            self._changed.notify_all()


def _draw_view(state: State, view: View) -> dict[str, str]:
    place, interval_ns = view
    if not any(place):
        place = min(state.market.boards, default=place)
    return {
        "chart": json.dumps(pictures.chart(state, place, interval_ns)),
        "book": json.dumps(pictures.book(state, place)),
    }
