"""One file of ticks: its header, its end, its memory."""

from __future__ import annotations

import mmap
import os
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from flows.journal.errors import JournalError, NotTicks
from flows.journal.tick import TICK

Ticks = npt.NDArray[np.void]
"""A structured array of TICK."""

HEADER_BYTES = 64
_HEADER = struct.Struct("<8sIIIHHQ20sIQ")
_MAGIC = b"TAPETCK\x01"
_CHECKED_BYTES = 52
_CHUNK = 8_192
_NAME = re.compile(r"(\d+)\.(\d{8,})\.ticks")


def part_path(folder: Path, symbol_id: int, part: int) -> Path:
    """Where a part of a symbol stands."""
    return folder / f"{symbol_id}.{part:08}.ticks"


def named(path: Path) -> tuple[int, int] | None:
    """(symbol id, part) by a file's name; None for other files."""
    match = _NAME.fullmatch(path.name)
    return (int(match[1]), int(match[2])) if match else None


def parts_of(folder: Path, symbol_id: int) -> list[int]:
    """The numbers of a symbol's parts in a folder, ascending. Raises JournalError."""
    try:
        names = [named(path) for path in folder.iterdir()]
    except OSError as error:
        raise JournalError(f"{folder} cannot be listed ({error.strerror}): name a folder of tick files") from error
    return sorted(name[1] for name in names if name is not None and name[0] == symbol_id)


@dataclass(frozen=True)
class PartHeader:
    """The first 64 bytes, without `settled`, which only saves looking for the end."""

    symbol_id: int
    part: int
    first_sequence: int
    highest_before_ns: int


class Part:
    """A part that is open: `ticks` are those committed at the last `refresh`, a read-only view of the file's memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise JournalError(
                f"{path} cannot be opened: {error.strerror}; check the name and its permissions"
            ) from error
        try:
            self.header, self._count = _read_header(os.pread(self._file, HEADER_BYTES, 0), path)
            self._memory = self._mapped()
            self._count = min(self._count, len(self._memory))
            self.ticks = self._memory[: self._count]
            self.refresh()
        except BaseException:
            os.close(self._file)
            raise

    def refresh(self) -> int:
        """Takes in what was committed since; says how many ticks that is."""
        before, whole = self._count, self._whole()
        while self._count < whole:
            found = self._committed(min(_CHUNK, whole - self._count))
            self._count += found
            if found < _CHUNK:
                break
        if self._count > len(self._memory):
            self._memory = self._mapped()
        if self._count != before:
            self.ticks = self._memory[: self._count]
        return self._count - before

    def is_there(self) -> bool:
        """Whether the file still stands under a name."""
        return os.fstat(self._file).st_nlink > 0

    def close(self) -> None:
        """Closes the file. Views that were taken stay good for as long as they are held."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _committed(self, limit: int) -> int:
        """How many of the next ticks are whole and have their timestamp, which the writer stores last.

        They are looked for by reading, not in the mapping: where the writer cuts its reserve off meanwhile, a read
        ends, and a look would end the process.
        """
        data = os.pread(self._file, limit * TICK.itemsize, HEADER_BYTES + self._count * TICK.itemsize)
        ticks = np.frombuffer(data, TICK, count=len(data) // TICK.itemsize)
        unwritten = np.flatnonzero(ticks["timestamp_ns"] == 0)
        return int(unwritten[0]) if len(unwritten) else len(ticks)

    def _whole(self) -> int:
        return max(0, os.fstat(self._file).st_size - HEADER_BYTES) // TICK.itemsize

    def _mapped(self) -> Ticks:
        """All whole ticks that the file has room for, committed or not. Those that are not must not be touched."""
        memory = mmap.mmap(self._file, 0, access=mmap.ACCESS_READ)
        ticks: Ticks = np.frombuffer(memory, TICK, (len(memory) - HEADER_BYTES) // TICK.itemsize, HEADER_BYTES)
        return ticks


def _read_header(data: bytes, path: Path) -> tuple[PartHeader, int]:
    if len(data) < HEADER_BYTES:
        raise NotTicks(path, "it ends within its header")
    fields = _HEADER.unpack(data)
    magic, symbol_id, part, first_sequence, tick_bytes, header_bytes, highest_before_ns, _, checksum, settled = fields
    if magic[:7] != _MAGIC[:7]:
        raise NotTicks(path, "it does not begin as one")
    if magic != _MAGIC:
        raise NotTicks(path, "a newer version wrote it")
    if checksum != zlib.crc32(data[:_CHECKED_BYTES]):
        raise NotTicks(path, "its header's checksum is wrong")
    if (tick_bytes, header_bytes) != (TICK.itemsize, HEADER_BYTES):
        raise NotTicks(path, "its ticks are of another size")
    name = named(path)
    if name is not None and name != (symbol_id, part):
        raise NotTicks(path, f"its header says part {part} of symbol {symbol_id}")
    return PartHeader(symbol_id, part, first_sequence, highest_before_ns), settled
