"""What a flow is: a topic, and the stages that work on it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

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
