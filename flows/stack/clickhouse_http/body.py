"""Request bodies: sized or chunked, plain or compressed, read in pieces so that no insert is held whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from email.message import Message
from io import BufferedIOBase
from typing import Protocol

_PIECE_BYTES = 1 << 20


class BadBody(Exception):
    """The body is not what its headers say; the connection cannot be used further."""


class _Decompressor(Protocol):
    """What zlib, lz4 and zstd agree on."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def pieces(headers: Message, stream: BufferedIOBase) -> Iterator[bytes]:
    """The decoded body of a request.

    Raises BadBody on framing or an encoding that cannot be read.
    """
    if (headers.get("Transfer-Encoding") or "").lower() == "chunked":
        raw = _chunked(stream)
    else:
        raw = _sized(stream, int(headers.get("Content-Length") or 0))
    encoding = (headers.get("Content-Encoding") or "identity").lower()
    if encoding == "identity":
        return raw
    if encoding not in _DECODERS:
        raise BadBody(f"Content-Encoding {encoding} is not supported; known are {', '.join(_DECODERS)}")
    return _decoded(raw, encoding)


def _sized(stream: BufferedIOBase, length: int) -> Iterator[bytes]:
    while length:
        piece = stream.read(min(length, _PIECE_BYTES))
        if not piece:
            raise BadBody(f"the connection ended {length} bytes before the end of the body")
        length -= len(piece)
        yield piece


def _chunked(stream: BufferedIOBase) -> Iterator[bytes]:
    while True:
        line = stream.readline(1024)
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            raise BadBody(f"no chunk size in {line[:32]!r}") from None
        if size == 0:
            while stream.readline(1024) not in (b"\r\n", b"\n", b""):
                pass
            return
        yield from _sized(stream, size)
        stream.readline(16)


def _decoded(raw: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Senders may compress a body as several frames, one behind the other."""
    try:
        decompressor = _DECODERS[encoding]()
        for piece in raw:
            while piece:
                if decompressor.eof:
                    decompressor = _DECODERS[encoding]()
                decoded = decompressor.decompress(piece)
                piece = (decompressor.unused_data or b"") if decompressor.eof else b""
                if decoded:
                    yield decoded
    except BadBody:
        raise
    # Each library has an error of its own for bytes that it cannot read.
    except Exception as error:
        raise BadBody(f"Content-Encoding {encoding}: {error}") from error


def _gzip() -> _Decompressor:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _deflate() -> _Decompressor:
    return zlib.decompressobj()


def _lz4() -> _Decompressor:
    from lz4.frame import LZ4FrameDecompressor  # type: ignore[import-untyped]

    decompressor: _Decompressor = LZ4FrameDecompressor()
    return decompressor


def _zstd() -> _Decompressor:
    from backports.zstd import ZstdDecompressor

    decompressor: _Decompressor = ZstdDecompressor()
    return decompressor


_DECODERS: dict[str, Callable[[], _Decompressor]] = {
    "gzip": _gzip,
    "deflate": _deflate,
    "lz4": _lz4,
    "zstd": _zstd,
}
