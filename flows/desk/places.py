"""Where the desk keeps its files in a data folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flows.stack.errors import FolderUnusable

# The kernel's limit for the path of a Unix socket, its closing zero included.
_SOCKET_PATH_BYTES = 108


@dataclass(frozen=True)
class Places:
    data_dir: Path

    @property
    def folder(self) -> Path:
        return self.data_dir / "desk"

    @property
    def deployed(self) -> Path:
        """What shall run."""
        return self.folder / "deployed.json"

    @property
    def lock(self) -> Path:
        return self.folder / "desk.lock"

    @property
    def supervisor_settings(self) -> Path:
        return self.folder / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        return self.folder / "supervisord.pid"

    @property
    def supervisor_log(self) -> Path:
        return self.data_dir / "logs" / "desk.log"

    def frames(self, venue: str) -> Path:
        """Of an ingestor's frame log, unless the configuration names another place."""
        return self.data_dir / "frames" / venue

    def config(self, name: str) -> Path:
        """What the stages of a deployed flow compute."""
        return self.folder / "config" / f"{name}.toml"

    def program_settings(self, name: str) -> Path:
        """The supervisor's."""
        return self.folder / "programs" / f"{name}.conf"

    def starts(self, name: str) -> Path:
        """A line for each start since it was last told to run: when, in nanoseconds."""
        return self.folder / "starts" / name

    def anew(self, name: str) -> Path:
        """Stands there if the next start is to forget what the flow has saved."""
        return self.folder / "anew" / name

    def status(self, name: str) -> Path:
        """What a process says of itself every second."""
        return self.data_dir / "state" / f"{name}.json"

    def log(self, name: str) -> Path:
        return self.data_dir / "logs" / f"{name}.log"

    @property
    def exchange_address(self) -> Path:
        return self.data_dir / "state" / "exchange-address.json"

    @property
    def socket(self) -> Path:
        """The supervisor's. In a folder of its own below the system's temporary one if the data folder's path is too
        long for a socket."""
        usual = self.folder / "supervisor.sock"
        # The supervisor makes the socket under another name first.
        if len(os.fsencode(usual)) + len(".12345678") < _SOCKET_PATH_BYTES:
            return usual
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tapeflow-{os.getuid()}-{digest}" / "supervisor.sock"

    def make(self) -> None:
        """Makes the folders, for this user alone. Raises FolderUnusable."""
        for folder in (self.folder, self.socket.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if found.st_uid != os.getuid():
                raise FolderUnusable(folder, "it belongs to somebody else")
            folder.chmod(0o700)
        for name in ("config", "programs", "starts", "anew"):
            (self.folder / name).mkdir(exist_ok=True)
        for name in ("logs", "state"):
            (self.data_dir / name).mkdir(exist_ok=True)
