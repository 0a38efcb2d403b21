"""Gives memory back that is not in use."""

from __future__ import annotations

import ctypes
import re
import sys
import time
from pathlib import Path

_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+\s+(.*)")
_MADV_DONTNEED = 4


def keep_released(name: str, interval_s: float) -> None:
    """Unmaps a library's pages, again and again; the kernel brings back those that are in use. Never returns.

    ClickHouse's library is 500 MB. Starting touches 160 MB of it, every kind of query some more, and most of that is
    not used again for minutes. Clean pages of a file hold what the file holds and stay in the kernel's cache: bringing
    one back costs a microsecond. Elsewhere than on Linux, does nothing.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    mappings = _clean_mappings(name)
    while True:
        for start, end in mappings:
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_DONTNEED)
        time.sleep(interval_s)


def _clean_mappings(name: str) -> list[tuple[int, int]]:
    """Address ranges of a library of which no page differs from the file, in memory or in swap.

    Pages that were relocated when the library was loaded do, and exist nowhere else.
    """
    found: list[tuple[int, int]] = []
    current, private_kb = (0, 0), 0
    for line in Path("/proc/self/smaps").read_text().splitlines():
        mapping = _MAPPING.match(line)
        field, _, value = line.partition(":")
        if mapping:
            wanted = name in mapping[4] and "w" not in mapping[3]
            current, private_kb = (int(mapping[1], 16), int(mapping[2], 16)) if wanted else (0, 0), 0
        elif field in ("Private_Dirty", "Anonymous", "Swap"):
            private_kb += int(value.split()[0])
        elif field == "VmFlags" and current != (0, 0) and private_kb == 0:
            found.append(current)
    return found
