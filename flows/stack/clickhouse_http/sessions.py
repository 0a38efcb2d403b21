"""Which connection serves a request: a fresh one, or the one its `session_id` names."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flows.stack.clickhouse_http.engine import Connection, Engine

_DEFAULT_TIMEOUT_S = 60.0


class Sessions:
    """Sessions keep SET, USE and temporary tables between requests, until they were unused for their timeout."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open: dict[str, tuple[Connection, float]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def connection(
        self, session_id: str | None, timeout_s: float | None, database: str | None, settings: Mapping[str, str]
    ) -> Iterator[Connection]:
        """A connection with `database` and `settings` in force for this request alone."""
        if session_id is None:
            connection = self._engine.connection()
            try:
                if database:
                    connection.use(database)
                connection.set(settings)
                yield connection
            finally:
                connection.close()
            return
        connection = self._session(session_id, timeout_s or _DEFAULT_TIMEOUT_S)
        with connection.lock:
            if database:
                connection.use(database)
            before = connection.values_of(settings) if settings else {}
            try:
                connection.set(settings)
                yield connection
            finally:
                connection.set(before)
                connection.used_s = time.monotonic()

    def close(self) -> None:
        """Ends every session."""
        with self._lock:
            for connection, _ in self._open.values():
                connection.close()
            self._open.clear()

    def _session(self, session_id: str, timeout_s: float) -> Connection:
        with self._lock:
            self._drop_unused()
            if session_id not in self._open:
                self._open[session_id] = (self._engine.connection(), timeout_s)
            connection, _ = self._open[session_id]
            connection.used_s = time.monotonic()
            self._open[session_id] = (connection, timeout_s)
            return connection

    def _drop_unused(self) -> None:
        now = time.monotonic()
        for session_id, (connection, timeout_s) in list(self._open.items()):
            if now - connection.used_s > timeout_s and not connection.lock.locked():
                del self._open[session_id]
                connection.close()
