"""What the stages compute, as `tapeflow.toml` says. `defaults.toml`, beside this file, is its reference.

The same file says what shall run; that is for flows/desk, which also checks every key. A flow reads its stages' alone,
and leaves the check to the kernels.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.errors import TapeflowError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

STAGES = ("bars", "features", "signals", "risk")
# Tables of the same file that are no stage's: flows/desk/schema.py.
_OF_THE_DESK = ("engines", "venues", "instruments", "groups", "limits", "exchange", "flows", "router")
DEFAULTS = Path(__file__).with_name("defaults.toml")
FILE = Path("tapeflow.toml")


class BadConfig(TapeflowError):
    """A configuration file that cannot be used; names file and key."""


@dataclass(frozen=True)
class Config:
    """One table by stage; `strategies` stands at the top of the file, and belongs to stage signals."""

    stages: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls, file: Path | None = None) -> Config:
        """The defaults, changed key by key by `file`, or by `tapeflow.toml` in the current folder if there is one.

        Raises BadConfig.
        """
        stages = _read(DEFAULTS)
        chosen = file or (FILE if FILE.exists() else None)
        if chosen:
            for stage, table in _read(chosen).items():
                stages[stage] = {**stages[stage], **table}
        return cls(stages)

    def json(self, stage: str) -> str:
        """A stage's configuration as its kernel takes it."""
        return json.dumps(self.stages[stage], sort_keys=True)


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise BadConfig(f"cannot read {file}: {error.strerror}; name another with --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{file} is not TOML: {error}") from error
    stages: dict[str, dict[str, Any]] = {stage: {} for stage in STAGES}
    for key, table in tables.items():
        if key == "strategies":
            stages["signals"]["strategies"] = table
        elif key in STAGES and isinstance(table, dict):
            stages[key].update(table)
        elif key not in _OF_THE_DESK:
            known = (*STAGES, "strategies", *_OF_THE_DESK)
            near = difflib.get_close_matches(key, known, n=1)
            hint = f": did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
            raise BadConfig(f"{file}: {key} is no table of it{hint}")
    return stages
