"""Serves metrics to Prometheus, and to whoever asks whether the process is alive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from flows.errors import TapeflowError


class MetricsUnusable(TapeflowError):
    """Nobody could read the metrics."""


@contextmanager
def served(address: str, collector: Collector, is_alive: Callable[[], bool]) -> Iterator[None]:
    """Within, `http://ADDRESS/metrics` is what the collector says; `/health` answers 200 while `is_alive`, else 503.

    `address`: `host:port`. Raises MetricsUnusable.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise MetricsUnusable(f"--metrics-listen {address} is no address: write host:port, as in 127.0.0.1:9101")
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(collector)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, generate_latest(registry), CONTENT_TYPE_LATEST)
            elif self.path == "/health":
                alive = is_alive()
                self._answer(200 if alive else 503, b"alive\n" if alive else b"stands still\n", "text/plain")
            else:
                self._answer(404, b"there are /metrics and /health\n", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not logged: they come every few seconds and say nothing."""

    try:
        server = ThreadingHTTPServer((host, int(port)), Handler)
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or error
        raise MetricsUnusable(f"cannot serve metrics on {address}: {said}; choose another --metrics-listen") from error
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
