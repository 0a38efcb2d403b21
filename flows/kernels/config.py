"""Reads a stage's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.errors import StageConfigError


class Fields:
    """The fields of one table. Each is taken once; `end` finds those that nobody asked for."""

    def __init__(self, table: object, where: str = "") -> None:
        if not isinstance(table, Mapping):
            raise StageConfigError(f"{where or 'the configuration'} is not a table")
        self._left = dict(table)
        self._where = where

    def whole(self, name: str, default: int | None = None) -> int:
        """An integer. Raises StageConfigError if it is missing without a default, or is something else."""
        return _whole(self._take(name, default), self.at(name))

    def wholes(self, name: str, default: list[int]) -> list[int]:
        value = self._take(name, default)
        if not isinstance(value, list):
            raise StageConfigError(f"{self.at(name)}: is not a list")
        return [_whole(item, self.at(name)) for item in value]

    def texts(self, name: str, default: list[str]) -> list[str]:
        value = self._take(name, default)
        if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise StageConfigError(f"{self.at(name)}: is not a list of texts")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, default)
        if not isinstance(value, str):
            raise StageConfigError(f"{self.at(name)}: is not a text")
        return value

    def tables(self, name: str, default: list[dict[str, Any]]) -> list[Any]:
        value = self._take(name, default)
        if not isinstance(value, list):
            raise StageConfigError(f"{self.at(name)}: is not a list")
        return value

    def table(self, name: str) -> Mapping[str, Any]:
        value = self._take(name, {})
        if not isinstance(value, Mapping):
            raise StageConfigError(f"{self.at(name)}: is not a table")
        return value

    def end(self) -> None:
        """Raises StageConfigError if a field is left."""
        if self._left:
            raise StageConfigError(f"{self.at(min(self._left))}: is no setting of this stage")

    def at(self, name: str) -> str:
        """The field's full name."""
        return f"{self._where}.{name}" if self._where else name

    def _take(self, name: str, default: object) -> object:
        value = self._left.pop(name, default)
        if value is None:
            raise StageConfigError(f"{self.at(name)}: is missing")
        return value


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise StageConfigError(f"{where}: {value!r} is not a 64-bit integer")
    return value
