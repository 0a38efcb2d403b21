"""What a flow is: a topic, and the stages that work on it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from flows.running.flow_options import BadOption

OURS = ("bars", "features", "signals", "market", "risk")


@dataclass(frozen=True)
class Flow:
    """The first of the stages reads the topic, each other what the one before it makes."""

    name: str
    topic: str
    """Without prefix."""
    stages: tuple[str, ...]


def named(name: str) -> Flow:
    """One of ours. Raises BadOption."""
    if name not in OURS:
        raise BadOption(f"there is no flow {name}: the flows are {', '.join(OURS)}")
    flow: Flow = import_module(f"flows.{name}").FLOW
    return flow


def is_own(word: str) -> bool:
    """Whether a word means a file or package, `path/to/file.py[:name]` or `path/to/package[:name]`, and no flow of
    Tapeflow's. A package's path has a `/`, as in `./package`."""
    path = word.partition(":")[0]
    return path.endswith(".py") or "/" in path


def code_of(word: str) -> Path | None:
    """The Python file that such a word means; None if there is none."""
    place = Path(word.partition(":")[0]).resolve()
    file = place / "__init__.py" if place.is_dir() else place
    return file if file.suffix == ".py" and file.is_file() else None
