"""A subscription by ZeroMQ. What is missing shows in the numbers that each topic's messages have."""

from __future__ import annotations

import struct
from itertools import product

from flows.contracts.codec import Record
from flows.live.errors import LiveError, Lost, NoClient
from flows.live.subscription import Settings, Subscription

try:
    import zmq
except ImportError as error:
    raise NoClient("pyzmq") from error

_ROOT = "market.ticks"
_TRAILER = struct.Struct(">Qqq")
"""Number in its topic, time of sending (ns), when this publisher began (ns)."""
_QUEUE = 100_000
"""Messages that wait here; the publisher holds as many again."""


class ZeroMqSubscription(Subscription):
    """A SUB socket. It connects again by itself; what it missed meanwhile is a Lost."""

    def __init__(self, url: str, settings: Settings) -> None:
        """Raises LiveError for an address that is none."""
        super().__init__(settings)
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.SUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.RCVHWM, _QUEUE)
        try:
            self._socket.connect(url)
        except zmq.ZMQError as error:
            self.close()
            raise LiveError(f"cannot connect to {url}: {error}; write tcp://HOST:PORT") from error
        for prefix in self._prefixes():
            self._socket.subscribe(prefix)
        self._next: dict[bytes, int] = {}
        self._run_ns: int | None = None
        self._waiting: Record | None = None

    def _prefixes(self) -> list[bytes]:
        """Topics are `market.ticks/<venue>/<instrument>/<kind>`, and only a prefix can be asked for."""
        wanted = self._settings.wanted
        parts = [[_ROOT]]
        for names in (wanted.venues, wanted.instruments, wanted.kinds):
            if not names:
                break
            parts.append(list(names))
        # With a kind at its end a topic is whole; before, a name ends where the next one begins.
        end = "" if len(parts) == 4 else "/"
        return [("/".join(path) + end).encode() for path in product(*parts)]

    def _receive(self, timeout_s: float | None) -> Record | Lost | None:
        if self._waiting is not None:
            record, self._waiting = self._waiting, None
            return record
        if not self._socket.poll(None if timeout_s is None else max(1, int(timeout_s * 1000))):
            return None
        parts = self._socket.recv_multipart()
        if len(parts) != 3 or len(parts[2]) != _TRAILER.size:
            raise LiveError("what came is no message of a Tapeflow publisher: check the address")
        topic, value, trailer = parts
        number, _, run_ns = _TRAILER.unpack(trailer)
        lost = self._missing(topic, number, run_ns)
        record = self._decoded(value)
        if not self._settings.wanted.wants(record):
            return None
        if lost is None:
            return record
        self._waiting = record
        return lost

    def _missing(self, topic: bytes, number: int, run_ns: int) -> Lost | None:
        """What is missing before this message, as far as its topic was heard of before."""
        restarted = self._run_ns is not None and self._run_ns != run_ns
        if restarted:
            self._next.clear()
        self._run_ns = run_ns
        expected = self._next.get(topic, number)
        self._next[topic] = number + 1
        if restarted:
            return Lost(None)
        if number > expected:
            return Lost(number - expected, {topic.rpartition(b"/")[2].decode(): number - expected})
        return None

    def close(self) -> None:
        self._socket.close()
        self._context.term()
