"""A subscription by WebSocket. What is missing the publisher says itself, at its place among the records."""

from __future__ import annotations

import json
import struct
from contextlib import suppress
from urllib.parse import urlencode

from flows.contracts.codec import Record
from flows.live.errors import Closed, LiveError, Lost, NoClient
from flows.live.subscription import Settings, Subscription

try:
    import websocket
except ImportError as error:
    raise NoClient("websocket-client") from error

_CONNECT_WITHIN_S = 10.0
_NO_CODE = 1005
"""What RFC 6455 (7.1.5) calls a close without a code."""


class WebSocketSubscription(Subscription):
    """A connection to `/stream`, which gives the records as they stand in the topic. It ends with its connection."""

    def __init__(self, url: str, settings: Settings, on_slow: str) -> None:
        """Raises LiveError where nobody listens, or the request is refused."""
        super().__init__(settings)
        wanted = settings.wanted
        lists = {"venues": wanted.venues, "instruments": wanted.instruments, "kinds": wanted.kinds}
        query = {name: ",".join(values) for name, values in lists.items() if values}
        query |= {"format": "avro", "on_slow": on_slow}
        try:
            self._socket = websocket.create_connection(
                f"{url.rstrip('/')}/stream?{urlencode(query)}",
                timeout=_CONNECT_WITHIN_S,
                suppress_origin=True,
                skip_utf8_validation=True,
            )
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise LiveError(f"cannot listen at {url}: {error}; is the ingestor run with --broadcast-listen?") from error

    def _receive(self, timeout_s: float | None) -> Record | Lost | None:
        self._socket.settimeout(timeout_s)
        try:
            opcode, data = self._socket.recv_data(control_frame=True)
        except websocket.WebSocketTimeoutException:
            return None
        except (OSError, websocket.WebSocketException) as error:
            raise LiveError(f"the connection broke: {error}; subscribe again") from error
        if opcode == websocket.ABNF.OPCODE_BINARY:
            return self._decoded(data)
        if opcode == websocket.ABNF.OPCODE_TEXT:
            return self._lost(data)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            code = struct.unpack_from(">H", data)[0] if len(data) >= 2 else _NO_CODE
            raise Closed(code, data[2:].decode(errors="replace"))
        # A ping, which is answered already.
        return None

    def _lost(self, text: bytes) -> Lost | None:
        try:
            told = json.loads(text)
            count, kinds, conflated = int(told["lost"]), told["kinds"], int(told["conflated"])
        except (ValueError, KeyError, TypeError) as error:
            raise LiveError(f"what came is no message of a Tapeflow publisher: {text[:100]!r}") from error
        self.conflated += conflated
        return Lost(count, kinds) if count else None

    def close(self) -> None:
        # A farewell is a courtesy: nobody waits for its answer, or minds that the other side has gone.
        with suppress(OSError, websocket.WebSocketException):
            self._socket.send_close()
        self._socket.shutdown()  # type: ignore[no-untyped-call]
