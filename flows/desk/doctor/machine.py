"""The machine: what it has, and how it is set."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from flows.desk.doctor.finding import Finding, must, note, tried, well
from flows.stack import jars, process

_PYTHON = ((3, 10), (3, 13))
# Kafka, ClickHouse and a desk of four flows take some 900 MB.
_MEMORY_MUST, _MEMORY_NOTE = 512 << 20, 2 << 30
_DISK_MUST, _DISK_NOTE = 256 << 20, 5 << 30
_FILES_MUST, _FILES_NOTE = 1_024, 4_096
_PROGRAMS = ("tapeflow-ingestor", "tapeflow-exchange", "tapeflow-router")
# <sys/timex.h>: adjtimex's state for a clock that nobody corrects, and the size of its structure with room to spare.
_TIME_ERROR = 5
_TIMEX_BYTES = 512


def look(data_dir: Path, *, is_embedded: bool) -> Iterator[Finding]:
    """`is_embedded`: services run here too."""
    yield _python()
    yield _memory(is_embedded)
    yield _disk(data_dir)
    yield _files()
    yield _clock()
    for program in _PROGRAMS:
        yield tried("programs", lambda program=program: process.program(program))  # type: ignore[misc]
    if is_embedded:
        yield tried("kafka's files", lambda: f"{len(jars.ensure(lambda _line: None))} files")


def _python() -> Finding:
    first, behind = _PYTHON
    said = f"{platform.python_version()} at {sys.executable}"
    if first <= sys.version_info[:2] < behind:
        return well("python", said)
    return must(
        "python", f"{said}: make the environment again with Python {first[0]}.{first[1]} to 3.12 (`make setup`)"
    )


def _memory(is_embedded: bool) -> Finding:
    free = psutil.virtual_memory().available
    said = f"{free >> 20:,} MB available"
    if free < _MEMORY_MUST:
        return must("memory", f"{said}: end other programs, a desk needs {_MEMORY_MUST >> 20} MB and more")
    if is_embedded and free < _MEMORY_NOTE:
        return note("memory", f"{said}: Kafka and ClickHouse beside a desk want {_MEMORY_NOTE >> 30} GB")
    return well("memory", said)


def _disk(data_dir: Path) -> Finding:
    there = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    said = f"{free >> 20:,} MB free at {there}"
    if free < _DISK_MUST:
        return must("disk", f"{said}: make room, or choose another place with --data-dir")
    if free < _DISK_NOTE:
        return note("disk", f"{said}: the logs are kept for ever; a busy market writes gigabytes a day")
    if not os.access(there, os.W_OK | os.X_OK):
        return must("disk", f"{there} is not writable: choose another place with --data-dir")
    return well("disk", said)


def _files() -> Finding:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    said = f"{files:,} open files"
    if files != resource.RLIM_INFINITY and files < _FILES_MUST:
        return must("limits", f"{said} are too few: `ulimit -n {_FILES_NOTE}` before you deploy")
    if files != resource.RLIM_INFINITY and files < _FILES_NOTE:
        return note("limits", f"{said}: ClickHouse with many parts wants `ulimit -n {_FILES_NOTE}` or more")
    return well("limits", said)


def _clock() -> Finding:
    """Orders are signed with the time: a venue refuses one that is seconds off."""
    if sys.platform != "linux":
        return note("clock", "cannot tell whether it is corrected on this system: see to it that it is")
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if state == _TIME_ERROR:
        return note("clock", "nobody corrects it: install chrony; a venue refuses orders that are seconds off")
    return well("clock", "is corrected") if state >= 0 else note("clock", "the kernel does not tell its state")
