"""How a side in another process is talked to: length-prefixed frames over its standard input and output."""

from __future__ import annotations

import struct
from typing import IO

_HEADER = struct.Struct("<ciI")

HELLO, PROCESS, SKIP = b"H", b"P", b"S"
"""Asked: what to be (JSON), what comes of a batch, and to take a batch without an answer's records."""
OUTPUTS, FAILED = b"O", b"F"
"""Answered: a batch (HELLO: JSON), or why not, as text."""


class Closed(EOFError):
    """The other end is gone."""


def write(stream: IO[bytes], kind: bytes, partition: int, body: bytes) -> None:
    """Raises BrokenPipeError."""
    stream.write(_HEADER.pack(kind, partition, len(body)))
    stream.write(body)
    stream.flush()


def read(stream: IO[bytes]) -> tuple[bytes, int, bytes]:
    """Kind, partition and body. Raises Closed."""
    kind, partition, length = _HEADER.unpack(_exactly(stream, _HEADER.size))
    return kind, partition, _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise Closed(f"{len(data)} bytes of {length}")
    return data
