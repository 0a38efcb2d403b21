"""Embedded ClickHouse as a service of the stack."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.stack.ports import HOST

_PROBE_TIMEOUT_S = 1.0


@dataclass(frozen=True)
class ClickHouse:
    """The server of one data folder."""

    folder: Path
    log: Path
    port: int
    name: str = "clickhouse"
    stop_grace_s: float = 10.0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/default"

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        # Absolute: importing chdb changes the working directory for a moment.
        return [sys.executable, "-m", "flows.stack.clickhouse_http", str(self.folder.absolute()), str(self.port)]

    def environment(self) -> Mapping[str, str]:
        # Python's threads, one for each connection, would otherwise keep 30 MB in allocation arenas of their own.
        return {"MALLOC_ARENA_MAX": "1"}

    def ready(self) -> bool:
        """It listens only once the folder is open, and then answers queries."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_PROBE_TIMEOUT_S)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
