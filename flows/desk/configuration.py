"""`tapeflow.toml` as it holds: read, checked, and with the origin of every value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from flows.config import FILE, STAGES, BadConfig, Config
from flows.desk import layers, meaning
from flows.desk.layers import DEFAULT, Layers, dotted
from flows.desk.meaning import Problem
from flows.desk.schema import SOURCES, TRADED, Desired
from flows.desk.toml_lines import Path as KeyPath


@dataclass(frozen=True)
class Configuration:
    file: Path | None
    """None: the defaults alone."""
    sets: tuple[str, ...]
    desired: Desired
    layers: Layers

    @property
    def stages(self) -> Config:
        """What the stages compute, as `tapeflow run --config` takes it."""
        tables = self.desired.model_dump(include=set(STAGES))
        strategies = [strategy.model_dump(exclude_defaults=True) for strategy in self.desired.strategies]
        return Config({**tables, "signals": {**tables["signals"], "strategies": strategies}})

    def values(self) -> Iterator[tuple[str, Any, str]]:
        """Every value with its dotted path and its origin; keys that are unset are left out."""
        for path, value in _leaves((), self.desired.model_dump(exclude_none=True)):
            yield dotted(path), value, self.layers.origin(path)


def find(config: Path | None) -> Path | None:
    """The file that is named, else tapeflow.toml here, if there is one."""
    return config or (FILE if FILE.exists() else None)


def load(file: Path | None, sets: Iterable[str] = ()) -> Configuration:
    """Raises BadConfig for the first problem, which also says how many more there are."""
    sets = tuple(sets)
    read = layers.read(file, sets)
    desired, problems = _checked(read)
    if desired is None or problems:
        first, *more = problems
        rest = f" (and {len(more)} more: tapeflow config check)" if more else ""
        raise BadConfig(said(first, read, file) + rest)
    return Configuration(file, sets, desired, read)


def problems(file: Path | None, sets: Iterable[str] = ()) -> list[str]:
    """A line for each; none if all is well. Raises BadConfig for a file that cannot be read at all."""
    read = layers.read(file, sets)
    return [said(problem, read, file) for problem in _checked(read)[1]]


def said(problem: Problem, read: Layers, file: Path | None) -> str:
    """One line: where, which key, what is wrong."""
    origin = read.nearest(problem.path)
    where = str(file or "the configuration") if origin == DEFAULT else origin
    return f"{where}: {dotted(problem.path)}: {problem.reason}"


def _checked(read: Layers) -> tuple[Desired | None, list[Problem]]:
    try:
        desired = Desired.model_validate(read.tables)
    except ValidationError as error:
        texts = [one["loc"] for one in error.errors() if one["type"] == "string_type"]
        # A list, so that each is taken: quantities are texts, and the shell has no quotes left around them.
        if any([read.as_text(path) for path in texts]):
            return _checked(read)
        return None, [_problem(Desired, one) for one in error.errors()]
    return desired, list(meaning.problems(desired))


def _problem(model: type[BaseModel], error: Any) -> Problem:
    path: KeyPath = tuple(key for key in error["loc"] if key != "[key]")
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return Problem(path, _no_key(_keys_at(model, path[:-1]), str(path[-1])))
    if kind == "missing":
        return Problem(path, "is missing")
    if kind == "literal_error":
        choices = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        if set(choices) == set(TRADED) and error["input"] in SOURCES:
            return Problem(path, f"{error['input']} is read only, no order is sent there; name {' or '.join(TRADED)}")
        return Problem(path, f"{error['input']!r} is none of {', '.join(choices)}{_hint(str(error['input']), choices)}")
    if kind == "string_pattern_mismatch":
        return Problem(path, f"{error['input']!r} is not written as it must be ({_PATTERNS[context['pattern']]})")
    return Problem(path, f"{error['msg'][0].lower()}{error['msg'][1:]}, not {error['input']!r}")


_PATTERNS = {
    r"^\d+(ms|s|m|h)$": "a duration such as 500ms, 20s, 5m",
    r"^\d+(s|m|h|d|w)$": "a length of time such as 12h, 7d",
    r"^[1-9]\d*(K|M|G|T)i?B$": "a size such as 500MiB, 20GiB",
    r"^\d+(\.\d+)?$": 'a decimal as text, such as "0.001"',
    r"^wss?://.+": "ws://... or wss://...",
    r"^https?://.+": "http://... or https://...",
    r"^127\.0\.0\.1:\d+$": "127.0.0.1:PORT, loopback alone",
    r"^(max|\d+(\.\d+)?)$": '"1" as recorded, "10", or "max"',
    r"^[a-z0-9_-]+$": "a name of a-z, 0-9, _ and -",
}


def _no_key(known: Iterable[str], key: str) -> str:
    known = list(known)
    return f"is no key of it{_hint(key, known)}; there are {', '.join(known)}"


def _hint(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f": did you mean {near[0]}?" if near else ""


def _keys_at(model: type[BaseModel], path: KeyPath) -> Iterable[str]:
    """The keys of the table that stands there: models are one below the other, some in lists and some by name."""
    at: Any = model
    for key in path:
        at = at.model_fields[key].annotation if _is_model(at) else at.__args__[-1]
        while not _is_model(at) and getattr(at, "__args__", None) and _is_optional_or_annotated(at):
            at = at.__args__[0]
    return at.model_fields if _is_model(at) else ()


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_optional_or_annotated(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) not in (dict, list)


def _leaves(above: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves((*above, key), below)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, below in enumerate(value):
            yield from _leaves((*above, number), below)
    else:
        yield above, value
