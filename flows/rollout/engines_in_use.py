"""What the running flows say of their engines, in the status files of a data folder."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.rollout.policy import Standing

# A status file is renewed every second.
_STALE_S = 5.0


@dataclass(frozen=True, slots=True)
class InUse:
    """A stage on one partition."""

    flow: str
    stage: str
    partition: int
    standing: Standing
    is_running: bool
    """False if the flow has not renewed its file lately: then this is how it stood at its end."""


def file_of(data_dir: Path, flow: str, output_prefix: str | None = None) -> Path:
    """Where a flow says every second how far it is, unless it is told another place."""
    return data_dir / "state" / f"{output_prefix or ''}{flow}.json"


def read(data_dir: Path) -> Iterator[InUse]:
    """Of every flow that keeps its status file in the data folder."""
    for file in sorted((data_dir / "state").glob("*.json")):
        try:
            status = json.loads(file.read_text())
            engines = status.get("engines", {})
            is_running = time.time_ns() - status["updated_ns"] < _STALE_S * 1e9
        except (OSError, ValueError, AttributeError, KeyError):
            # The folder also holds files of other programs.
            continue
        for partition, stages in engines.items():
            for stage, standing in stages.items():
                yield InUse(file.stem, stage, int(partition), Standing.from_json(standing), is_running)
