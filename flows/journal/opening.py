"""From a folder or a file to a TickFile."""

from __future__ import annotations

from pathlib import Path

from flows.journal.errors import JournalError, NoSuchSymbol
from flows.journal.part import named, parts_of
from flows.journal.symbols import symbols
from flows.journal.tick_file import TickFile


def open(path: str | Path, symbol: int | str | tuple[str, str] | None = None, *, part: int | None = None) -> TickFile:
    """A symbol's ticks in a folder, at its newest part or at `part`; or, by one file's path, that part.

    `symbol` is an id, a name that one venue alone has, or (name, venue); a file needs none.
    Raises NoSuchSymbol, NotTicks, JournalError.
    """
    path = Path(path)
    name = named(path)
    if name is not None and not path.is_dir():
        if symbol is not None and symbols(path.parent).find(symbol).id != name[0]:
            raise NoSuchSymbol(f"{path} holds no ticks of {symbol}: name the folder instead")
        return TickFile(path.parent, *name)
    if symbol is None:
        raise JournalError(f"{path} is no tick file's name: give a symbol of the folder, or <id>.<part>.ticks in it")
    known = symbols(path).find(symbol)
    if part is None:
        parts = parts_of(path, known.id)
        if not parts:
            raise NoSuchSymbol(f"{path} has no ticks yet of {known.name} of {known.venue}: wait for its first")
        part = parts[-1]
    return TickFile(path, known.id, part)
