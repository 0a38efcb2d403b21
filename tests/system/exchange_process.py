"""The exchange as a process of its own, and a small WebSocket and REST client for it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import socket
import struct
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "rust_ingest" / "target"))
BINARY = TARGET / "release" / "tapeflow-exchange"
KEY, SECRET = "test-key", "test-secret"


class Exchange:
    """A running exchange. Leave the `with` block to stop it."""

    def __init__(self, *options: str) -> None:
        # A file, not a pipe: nobody reads along, and a full pipe would stop the exchange.
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen([str(BINARY), *options], stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(timeout=10)
            raise RuntimeError(f"the exchange did not start: {self.logged()}")
        ready = json.loads(line)
        self.venue: str = ready["venue"]
        host, port = ready["listening"].rsplit(":", 1)
        self.address = (host, int(port))
        self.prefix = "/api/v3" if self.venue == "binance" else "/fapi/v1"

    def __enter__(self) -> Exchange:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=60)
        self.log.close()

    def logged(self) -> str:
        """What the exchange has said on its standard error."""
        self.log.seek(0)
        return self.log.read()

    def request(self, method: str, path: str, query: str = "", body: str = "", key: str = "") -> tuple[int, Any]:
        """Status and JSON of one request on a connection of its own."""
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            headers = {"X-MBX-APIKEY": key} if key else {}
            connection.request(method, f"{path}?{query}" if query else path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or "null")
        finally:
            connection.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of a public endpoint such as `depth`."""
        status, answer = self.request("GET", f"{self.prefix}/{path}", urllib.parse.urlencode(parameters))
        assert status == 200, answer
        return answer

    def signed(self, method: str, path: str, **parameters: Any) -> tuple[int, Any]:
        """Status and JSON of a signed endpoint such as `order`."""
        query = sign({"timestamp": int(time.time() * 1000), **parameters})
        return self.request(method, f"{self.prefix}/{path}", query, key=KEY)

    def control(self, path: str, document: Any = None) -> Any:
        """The JSON of a control endpoint, to which `document` is posted if given."""
        body = "" if document is None else json.dumps(document)
        status, answer = self.request("POST" if body else "GET", f"/tapeflow/{path}", body=body)
        assert status == 200, answer
        return answer

    def wait_until_drained(self, seconds: float = 60) -> Any:
        """The status once the market has ended and all of it has been sent."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status = self.control("status")
            if status["drained"]:
                return status
            time.sleep(0.02)
        raise TimeoutError(f"the exchange has not ended: {status}")


def sign(parameters: dict[str, Any], secret: str = SECRET) -> str:
    """The query string of `parameters` with its signature."""
    query = urllib.parse.urlencode(parameters)
    return f"{query}&signature={hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()}"


class Addressed(Protocol):
    """Something that listens."""

    address: tuple[str, int]


class Stream:
    """A WebSocket connection, read frame by frame."""

    def __init__(self, exchange: Addressed, path: str, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(30)
        self.socket.connect(exchange.address)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: exchange\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.buffer = bytearray()
        while b"\r\n\r\n" not in self.buffer:
            self._read_more()
        head, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        self.buffer = bytearray(rest)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _read_more(self) -> None:
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("the exchange closed the stream")
        self.buffer += piece

    def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame, whatever it is."""
        while True:
            if len(self.buffer) >= 2:
                length, start = self.buffer[1], 2
                if length == 126 and len(self.buffer) >= 4:
                    length, start = struct.unpack_from(">H", self.buffer, 2)[0], 4
                elif length == 127 and len(self.buffer) >= 10:
                    length, start = struct.unpack_from(">Q", self.buffer, 2)[0], 10
                elif length >= 126:
                    length = 1 << 62
                if len(self.buffer) >= start + length:
                    opcode, payload = self.buffer[0] & 15, bytes(self.buffer[start : start + length])
                    del self.buffer[: start + length]
                    return opcode, payload
            self._read_more()

    def message(self) -> bytes:
        """The next text or binary message; pings on the way are answered."""
        while True:
            opcode, payload = self.frame()
            if opcode in (1, 2):
                return payload
            if opcode == 9:
                self.send(10, payload)

    def messages(self, count: int) -> list[bytes]:
        """The next `count` messages."""
        return [self.message() for _ in range(count)]

    def send(self, opcode: int, payload: bytes) -> None:
        """Sends one masked frame of less than 126 bytes."""
        assert len(payload) < 126
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self.socket.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)

    def ask(self, **request: Any) -> Any:
        """Sends a live request and gives its answer, passing over data."""
        self.send(1, json.dumps(request).encode())
        while True:
            answer = json.loads(self.message())
            if "id" in answer:
                return answer


@contextlib.contextmanager
def playing(*options: str, streams: str) -> Iterator[tuple[Exchange, Stream]]:
    """An exchange with one client subscribed to `streams` (`a/b`) in combined form."""
    with Exchange(*options) as exchange, Stream(exchange, f"/stream?streams={streams}") as stream:
        yield exchange, stream
