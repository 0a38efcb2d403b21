"""A venue on loopback that says what a test says: instruments by HTTP and, on the same port, a WebSocket."""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.system.router_process import wait_for


class ScriptedVenue:
    """Connections are told apart by their number. Leave the `with` block to end it."""

    def __init__(self, path: str, listing: str, ping: Any = None, pong: str = "", book: str = "") -> None:
        """`path`: of the WebSocket; `/depth?...` is answered with the book, everything else with the listing. A `ping`
        is answered."""
        self._path, self._listing, self._book = path, listing, book
        self._ping, self._pong = ping, pong
        self.pings = 0
        self._connections: list[ServerConnection] = []
        self._texts: list[list[Any]] = []
        self._server = serve(self._listen, "127.0.0.1", 0, process_request=self._answer)
        self.address = f"127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> ScriptedVenue:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()

    def texts(self, connection: int, count: int) -> list[Any]:
        """What a client has sent on a connection but pings, read as JSON where it is some; once it is so much."""

        def look() -> list[Any] | None:
            heard = self._texts[connection] if connection < len(self._texts) else []
            return list(heard) if len(heard) >= count else None

        return wait_for(f"{count} texts of connection {connection}", look)

    @property
    def connections(self) -> int:
        """How many there were."""
        return len(self._connections)

    def say(self, connection: int, *texts: str) -> None:
        for text in texts:
            self._connections[connection].send(text)

    def close(self, connection: int) -> None:
        self._connections[connection].close(1001, "going away")

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path == self._path:
            return None
        return connection.respond(HTTPStatus.OK, self._book if "/depth?" in request.path else self._listing)

    def _listen(self, connection: ServerConnection) -> None:
        heard: list[Any] = []
        self._texts.append(heard)
        self._connections.append(connection)
        try:
            for text in connection:
                read = _read(str(text))
                if read == self._ping:
                    self.pings += 1
                    connection.send(self._pong)
                else:
                    heard.append(read)
        except ConnectionClosed:
            # The client was cut off, or the test is over: what it said is kept.
            return


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
