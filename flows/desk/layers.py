"""A configuration made of layers, each over the one before: the defaults, the file, `--set`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.config import DEFAULTS, BadConfig
from flows.desk import toml_lines
from flows.desk.toml_lines import Path as KeyPath

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEFAULT = "default"


@dataclass
class Layers:
    """The tables as they come out, and by path the origin of what stands there: `file:line`, or `--set key=value`."""

    tables: dict[str, Any]
    origins: dict[KeyPath, str] = field(default_factory=dict)
    sets: dict[KeyPath, str] = field(default_factory=dict)
    """By path, the value that `--set` gave it, as it was typed."""

    def origin(self, path: KeyPath) -> str:
        """Of a value; `default` if nobody named it."""
        above = (path[:length] for length in range(len(path), 0, -1))
        return self.origins.get(path) or next((self.origins[one] for one in above if one in self.sets), DEFAULT)

    def nearest(self, path: KeyPath) -> str:
        """Of a value, or of the nearest table around it: where a problem is to be mended."""
        above = (path[:length] for length in range(len(path), 0, -1))
        return next((self.origins[one] for one in above if one in self.origins), DEFAULT)

    def as_text(self, path: KeyPath) -> bool:
        """Takes a value of `--set` as text, although it could be a number; False if there is none to take so."""
        typed = self.sets.pop(path, None)
        if typed is not None:
            _put(self.tables, path, typed, dotted(path))
        return typed is not None


def read(file: Path | None, sets: Iterable[str] = ()) -> Layers:
    """Raises BadConfig. What the keys mean is not looked at."""
    layers = Layers(tomllib.loads(DEFAULTS.read_text("utf-8")))
    if file:
        text = _text_of(file)
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadConfig(f"{file} is not TOML: {error}") from error
        _lay(layers, (), tables)
        layers.origins.update({path: f"{file}:{line}" for path, line in toml_lines.lines(text).items()})
    for pair in sets:
        path, value = _parsed(pair)
        _put(layers.tables, path, value, pair)
        for below in [one for one in layers.origins if one[: len(path)] == path]:
            del layers.origins[below]
        for length in range(1, len(path)):
            layers.origins.setdefault(path[:length], f"--set {pair}")
        layers.origins[path] = f"--set {pair}"
        layers.sets[path] = pair.partition("=")[2]
    return layers


def dotted(path: KeyPath) -> str:
    """As it is said to people, and as --set takes it."""
    return ".".join(map(str, path))


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise BadConfig(f"cannot read {file}: {error.strerror}; name another with --config") from error
    except UnicodeDecodeError as error:
        raise BadConfig(f"{file} is not TOML: {error}") from error


def _lay(layers: Layers, above: KeyPath, tables: Mapping[str, Any]) -> None:
    """Tables of the file change single keys of the defaults; lists take their place."""
    at: Any = layers.tables
    for key in above:
        at = at[key]
    for key, value in tables.items():
        if isinstance(value, dict) and isinstance(at.get(key), dict):
            _lay(layers, (*above, key), value)
        else:
            at[key] = value


def _parsed(pair: str) -> tuple[KeyPath, Any]:
    name, equals, value = pair.partition("=")
    if not equals or not all(name.split(".")):
        raise BadConfig(f"--set {pair} is not of the form key=value, as in flows.market.workers=2")
    try:
        read: Any = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        # A text needs no quotes here: the shell has taken them off already.
        read = value
    return tuple(int(key) if key.isdecimal() else key for key in name.split(".")), read


def _put(tables: dict[str, Any], path: KeyPath, value: Any, pair: str) -> None:
    at: Any = tables
    try:
        for key in path[:-1]:
            at = at.setdefault(key, {}) if isinstance(at, dict) else at[key]
        at[path[-1]] = value
    except (TypeError, KeyError, IndexError, AttributeError):
        raise BadConfig(f"--set {pair}: there is no {dotted(path[:-1])} to set it in") from None
