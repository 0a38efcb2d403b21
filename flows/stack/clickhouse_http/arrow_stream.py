"""Arrow streams put behind one another: chdb makes a whole one of every block, readers want one schema and one end."""

from __future__ import annotations

import struct
from collections.abc import Iterator

# A message begins with this and the length of its metadata; length 0 ends the stream. A schema has no body behind it.
_HEAD = struct.Struct("<II")
_CONTINUES = 0xFFFFFFFF
_END = _HEAD.pack(_CONTINUES, 0)


def joined(streams: Iterator[bytes]) -> Iterator[bytes]:
    """One stream with the batches of all, which have the same schema; nothing of none."""
    is_first = True
    for stream in streams:
        continues, metadata_bytes = _HEAD.unpack_from(stream)
        if continues != _CONTINUES or not stream.endswith(_END):
            raise ValueError("this is no Arrow stream")
        begin = 0 if is_first else _HEAD.size + metadata_bytes
        yield stream[begin : -len(_END)]
        is_first = False
    if not is_first:
        yield _END
