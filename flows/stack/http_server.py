"""What the registry's and ClickHouse's HTTP servers have in common."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flows.stack.ports import HOST


class LoopbackServer(ThreadingHTTPServer):
    """Listens on loopback alone, with a thread for each client connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__((HOST, port), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own affair; anything else is a defect and goes to the log."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class KeepAliveHandler(BaseHTTPRequestHandler):
    """Connections that carry many requests."""

    protocol_version = "HTTP/1.1"
    # Without it, small answers wait for the other side's delayed acknowledgement.
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: they are many and say nothing."""
