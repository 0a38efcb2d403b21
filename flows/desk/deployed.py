"""What shall run on a data folder, and with which options: `desk/deployed.json`. It holds no secret."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flows.desk.places import Places
from flows.errors import TapeflowError
from flows.running.flow import is_own


class DeskError(TapeflowError):
    """Something cannot be deployed, or is not."""


@dataclass(frozen=True)
class Program:
    """One process that shall run."""

    name: str
    program: str
    """`tapeflow` (its command line), `stack`, or the name of one of our Rust programs."""
    arguments: list[str] = field(default_factory=list)
    """Without the places of services, which are looked up at every start."""
    wanted: bool = True
    """False: it was stopped, and stays so until somebody starts it."""
    sets: list[str] = field(default_factory=list)
    """`--set` and what stands for it, of the command that deployed it."""
    flow: str = ""
    """For a flow: its name, or its file or package."""
    folder: str = ""
    """Where it runs: the configuration file's."""
    version: str = ""
    """A checkout, wheel or git ref that it runs instead of this one, as it was said; of one's own flow also a
    file or package."""
    version_folder: str = ""
    version_python: str = ""
    version_flow: str = ""
    """Of an own flow: the file or package that stands for its own."""

    @property
    def is_own(self) -> bool:
        """A flow from a user's own file or package."""
        return is_own(self.flow)

    @property
    def is_member(self) -> bool:
        """One process of a flow whose others run on other machines."""
        return "--addresses" in self.arguments

    def after(self, option: str) -> str:
        """The argument behind an option; empty without it."""
        return self.arguments[self.arguments.index(option) + 1] if option in self.arguments else ""


@dataclass
class Deployed:
    programs: dict[str, Program] = field(default_factory=dict)
    config_file: str | None = None
    """Taken again where no other is named."""
    services: dict[str, str] = field(default_factory=dict)
    """Against which it was deployed: flows/desk/environment.py."""


def read(places: Places) -> Deployed:
    """As last written; empty if there is none. Raises DeskError if the file is not ours."""
    try:
        fields: dict[str, Any] = json.loads(places.deployed.read_text())
        programs = {name: Program(**program) for name, program in fields.pop("programs").items()}
        return Deployed(programs, **fields)
    except (FileNotFoundError, NotADirectoryError):
        return Deployed()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DeskError(f"cannot read {places.deployed} ({error}): delete it, then run `tapeflow deploy`") from error


def write(places: Places, deployed: Deployed) -> None:
    """Replaces the file at once: after a crash it is the old one or the new one."""
    replace(places.deployed, json.dumps(asdict(deployed), indent=2) + "\n")


def replace(file: Path, text: str) -> None:
    """Also through a loss of power."""
    scratch = file.with_name(f"{file.name}.new")
    with scratch.open("w") as new:
        new.write(text)
        new.flush()
        os.fsync(new.fileno())
    os.replace(scratch, file)


@contextmanager
def changing(places: Places) -> Iterator[None]:
    """One command at a time changes what runs. Raises DeskError."""
    with places.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeskError(f"another command is changing what runs on {places.data_dir}: wait for its end") from None
        yield
