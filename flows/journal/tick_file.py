"""A symbol's ticks: the part that is open, those before it, and those that come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from flows.journal.gaps import Gap, gaps_of
from flows.journal.part import Part, Ticks, part_path, parts_of
from flows.journal.symbols import SymbolTable, symbols

_POLL_S = 0.001


class TickFile:
    """One symbol's ticks, opened at one part; made by `flows.journal.open`.

    `follow` moves on to later parts. Views that were taken stay good after that, and after `close`.
    """

    def __init__(self, folder: Path, symbol_id: int, part: int) -> None:
        self.folder = folder
        self.symbol_id = symbol_id
        self._part = Part(part_path(folder, symbol_id, part))

    @property
    def part(self) -> int:
        """Number of the part that is open."""
        return self._part.header.part

    @property
    def path(self) -> Path:
        """The file that is open."""
        return self._part.path

    @property
    def ticks(self) -> Ticks:
        """The committed ticks of the open part, shape (n,) of TICK: a read-only view of the file, without a copy.

        As of the last `refresh`, `follow` or opening; a longer view is made then, and this one stays as it is.
        """
        return self._part.ticks

    @property
    def symbols(self) -> SymbolTable:
        """The folder's symbols by id, read anew. Raises BadSymbols, JournalError."""
        return symbols(self.folder)

    def refresh(self) -> int:
        """Takes in what was committed to the open part since; says how many ticks that is."""
        return self._part.refresh()

    def follow(self, *, timeout_s: float | None = None, from_row: int | None = None) -> Iterator[Ticks]:
        """Ticks as they come, in views of at least one, through this part and the later ones.

        Begins behind what `ticks` holds at the call, or at row `from_row` of the open part. Ends when nothing came for
        `timeout_s` seconds; None waits for ever. Raises JournalError where a later part cannot be read.
        """
        at = len(self.ticks) if from_row is None else from_row
        return self._followed(at, timeout_s)

    def history(self) -> Iterator[tuple[int, Ticks]]:
        """(part, ticks) of all the symbol's parts that are there, oldest first, each a view without a copy."""
        for number in parts_of(self.folder, self.symbol_id):
            part = Part(part_path(self.folder, self.symbol_id, number))
            part.close()
            yield number, part.ticks

    def gaps(self) -> list[Gap]:
        """Breaks in `sequence` within and between all the symbol's parts that are there, oldest first."""
        return gaps_of(self.history())

    def close(self) -> None:
        """Closes the open part's file."""
        self._part.close()

    def __enter__(self) -> TickFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _followed(self, at: int, timeout_s: float | None) -> Iterator[Ticks]:
        waited_since = time.monotonic()
        while True:
            later = self._later_part()
            # After the look for a later part: when that is there, nothing more comes to this one.
            self.refresh()
            if at < len(self.ticks):
                found, at = self.ticks[at:], len(self.ticks)
                yield found
                waited_since = time.monotonic()
            elif later is not None:
                following = Part(part_path(self.folder, self.symbol_id, later))
                self._part.close()
                self._part, at = following, 0
            elif timeout_s is not None and time.monotonic() - waited_since >= timeout_s:
                return
            else:
                time.sleep(_POLL_S)

    def _later_part(self) -> int | None:
        following = self.part + 1
        if part_path(self.folder, self.symbol_id, following).exists():
            return following
        if self._part.is_there():
            return None
        # Parts are deleted oldest first: where this one is, others may be too.
        return next((number for number in parts_of(self.folder, self.symbol_id) if number > self.part), None)
