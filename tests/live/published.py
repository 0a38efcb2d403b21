"""Records to publish, and what publishes them as `docs/broadcast.md` says."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import zmq

from flows.contracts.codec import encode
from flows.contracts.records import Heartbeat, Trade
from flows.contracts.registry import SchemaIds

IDS = SchemaIds.embedded()


def beat(number: int, instrument: str = "BTC-USDT", venue: str = "binance") -> Heartbeat:
    return Heartbeat(venue=venue, instrument=instrument, event_ns=number, receive_ns=number)


class Publisher:
    """A PUB socket of libzmq. Leave the `with` block to close it."""

    def __init__(self, address: str = "tcp://127.0.0.1:*") -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.XPUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.bind(address)
        self.url = self._socket.getsockopt(zmq.LAST_ENDPOINT).decode()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._context.term()

    def subscribed(self, count: int = 1) -> list[bytes]:
        """Waits for so many subscriptions."""
        found = []
        for _ in range(count):
            assert self._socket.poll(10_000), "nobody subscribed"
            found.append(self._socket.recv()[1:])
        return sorted(found)

    def send(self, record: Heartbeat | Trade, number: int, run_ns: int = 1) -> None:
        topic = f"market.ticks/{record.venue}/{record.instrument}/{type(record).__name__}".encode()
        self._socket.send_multipart([topic, encode(record, IDS), struct.pack(">Qqq", number, 5, run_ns)])

    def send_raw(self, *parts: bytes) -> None:
        self._socket.send_multipart(parts)


def frame(opcode: int, payload: bytes) -> bytes:
    """A WebSocket frame of less than 126 bytes."""
    assert len(payload) < 126
    return bytes([0x80 | opcode, len(payload)]) + payload


@contextmanager
def serving(answer: Callable[[str], bytes]) -> Iterator[str]:
    """The address of a server that upgrades one connection, and sends what `answer` makes of the request's path."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += client.recv(4096)
                lines = request.decode().split("\r\n")
                headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
                key = headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
                client.sendall(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
                )
                client.sendall(answer(lines[0].split()[1]))
                while client.recv(4096):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield "ws://{}:{}".format(*listener.getsockname())
        thread.join(10)
        assert not thread.is_alive()
