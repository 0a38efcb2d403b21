"""What the supervisor needs to know about a service that runs as a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Service(Protocol):
    """One embedded service: how to prepare, start, probe and stop it."""

    @property
    def name(self) -> str:
        """`kafka`, `clickhouse`: also the stem of its log and the word before `-port`."""

    @property
    def log(self) -> Path:
        """Where its output goes."""

    @property
    def stop_grace_s(self) -> float:
        """Seconds between SIGTERM and SIGKILL."""

    def prepare(self) -> None:
        """Makes its folder and settings; called before every start, so that a changed port is taken up."""

    def command(self) -> list[str]:
        """Program and arguments."""

    def environment(self) -> Mapping[str, str]:
        """Variables on top of ours."""

    def ready(self) -> bool:
        """Whether it answers a real request in its own protocol, now."""
