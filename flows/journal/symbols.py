"""`symbols.jsonl`: which symbol an id is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from flows.journal.errors import BadSymbols, JournalError, NoSuchSymbol


class Symbol(NamedTuple):
    """A symbol of a folder: its id there, its normalised name, and the venue whose it is."""

    id: int
    name: str
    venue: str


class SymbolTable(Mapping[int, Symbol]):
    """Symbols by id, in the order in which they were named."""

    def __init__(self, path: Path, symbols: dict[int, Symbol]) -> None:
        self._path, self._symbols = path, symbols

    def __getitem__(self, symbol_id: int) -> Symbol:
        return self._symbols[symbol_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._symbols)

    def __len__(self) -> int:
        return len(self._symbols)

    def find(self, symbol: int | str | tuple[str, str]) -> Symbol:
        """By id, by name where only one venue has it, or by (name, venue). Raises NoSuchSymbol."""
        if isinstance(symbol, str):
            found = [known for known in self.values() if known.name == symbol]
        else:
            found = [known for known in self.values() if symbol in (known.id, (known.name, known.venue))]
        if len(found) == 1:
            return found[0]
        if found:
            venues = ", ".join(known.venue for known in found)
            raise NoSuchSymbol(f"{symbol} stands for several venues ({venues}) in {self._path}: give (name, venue)")
        names = ", ".join(f"{known.name} of {known.venue}" for known in self.values()) or "none"
        raise NoSuchSymbol(f"{symbol} does not stand in {self._path}: give one of those that do ({names})")


def symbols(folder: str | Path) -> SymbolTable:
    """The symbols of a folder; none where it has no table. A last line without its end is still being written.

    Raises BadSymbols, JournalError.
    """
    path = Path(folder) / "symbols.jsonl"
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        text = b""
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror}; check its permissions") from error
    found: dict[int, Symbol] = {}
    for number, line in enumerate(text.split(b"\n")[:-1], start=1):
        symbol = _parsed(path, number, line)
        if symbol.id in found:
            raise BadSymbols(path, number, f"id {symbol.id} is taken")
        found[symbol.id] = symbol
    return SymbolTable(path, found)


def _parsed(path: Path, number: int, line: bytes) -> Symbol:
    try:
        fields = json.loads(line)
        symbol = Symbol(fields["id"], fields["name"], fields["venue"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadSymbols(path, number, f"{type(error).__name__}: {error}") from error
    if [type(value) for value in symbol] != [int, str, str]:
        raise BadSymbols(path, number, "an id is a number, name and venue are text")
    return symbol
