"""Tick files written out by hand, field by field, as `docs/journal.md` tells them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path


def header(
    symbol_id: int, part: int, *, first_sequence: int = 0, highest_before_ns: int = 0, settled: int = 0
) -> bytes:
    told = struct.pack("<8sIIIHHQ20x", b"TAPETCK\x01", symbol_id, part, first_sequence, 32, 64, highest_before_ns)
    return told + struct.pack("<IQ", zlib.crc32(told), settled)


def tick(
    timestamp_ns: int,
    sequence: int,
    *,
    symbol_id: int = 1,
    bid: float = 1.0,
    ask: float = 1.0,
    volume: float = 0.0,
    source: int = 2,
    flags: int = 0,
    spread: int = 0,
) -> bytes:
    return struct.pack("<QIfffBBHI", timestamp_ns, symbol_id, bid, ask, volume, source, flags, spread, sequence)


def write_part(folder: Path, part: int, ticks: bytes, *, reserved: int = 0, settled: int = 0) -> Path:
    """A part of symbol 1 with room for `reserved` ticks behind those it has; shown under its name when it is whole."""
    path = folder / f"1.{part:08}.ticks"
    unnamed = path.with_suffix(".new")
    unnamed.write_bytes(header(1, part, settled=settled) + ticks + bytes(32 * reserved))
    unnamed.rename(path)
    return path


def write_symbols(folder: Path) -> None:
    (folder / "symbols.jsonl").write_text('{"id":1,"name":"EUR-USD","venue":"oanda"}\n')
