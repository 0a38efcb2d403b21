"""What can go wrong with tick files."""

from __future__ import annotations

from pathlib import Path

from flows.errors import TapeflowError


class JournalError(TapeflowError):
    """Tick files cannot be read."""


class NotTicks(JournalError):
    """A file that does not begin as a tick file, or not as the one that its name says."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is no tick file: {reason}; restore it from a copy, or move it away")
        self.path = path


class NoSuchSymbol(JournalError):
    """A symbol that the folder has no ticks of, or whose name several venues have."""


class BadSymbols(JournalError):
    """A line of `symbols.jsonl` that is no symbol."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path} line {line} is no symbol ({reason}): restore the file from a copy")
        self.path, self.line = path, line
