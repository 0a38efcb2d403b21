"""Those who listen to the broadcast meanwhile: one that reads, and one that hardly does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TypeVar

from flows import live

_AGAIN_S = 0.2
# What the kernel takes for a client that does not.
_FEW_BYTES = 4096
_Any = TypeVar("_Any", bound="_Client")


class _Client:
    def __init__(self, address: str) -> None:
        self._address = address
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self: _Any) -> _Any:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._ended.wait(_AGAIN_S):
            # The publisher is killed and started again under it.
            with contextlib.suppress(live.LiveError, OSError):
                self._listen()

    def _listen(self) -> None:
        raise NotImplementedError


class QuickClient(_Client):
    """Reads everything."""

    records = 0

    def _listen(self) -> None:
        with contextlib.closing(live.subscribe(f"ws://{self._address}", timeout_s=1)) as subscription:
            for _ in subscription:
                self.records += 1
                if self._ended.is_set():
                    return


class SlowClient(_Client):
    """Subscribes, and then reads a few bytes a second: its queue overflows."""

    def _listen(self) -> None:
        host, port = self._address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=1) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _FEW_BYTES)
            client.sendall(
                f"GET /stream HTTP/1.1\r\nHost: {self._address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            while not self._ended.wait(_AGAIN_S) and client.recv(16):
                pass
