"""`tapeflow ui` as a user starts it: in a terminal of its own."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

_TIMEOUT_S = 60.0


class PageProcess:
    """Ended at the end of the `with`."""

    def __init__(self, data_dir: Path, *arguments: str) -> None:
        self._terminal, theirs = pty.openpty()
        command = [sys.executable, "-m", "flows.cli", "ui", "--port", "0", "--data-dir", str(data_dir), *arguments]
        self.process = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, close_fds=True)
        os.close(theirs)
        self.output = ""
        try:
            self.address = self.said(r"tapeflow ui: (http://\S+)")
        except BaseException:
            # Nobody else knows of it yet.
            self.process.kill()
            raise

    def __enter__(self) -> PageProcess:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.process.terminate()
        try:
            assert self.process.wait(20) == 0, self.output
        finally:
            self.process.kill()
            os.close(self._terminal)

    def said(self, pattern: str) -> str:
        """The first group of the pattern, as soon as the terminal shows it."""
        deadline_s = time.monotonic() + _TIMEOUT_S
        while not (match := re.search(pattern, self.output)):
            assert time.monotonic() < deadline_s, self.output
            if select.select([self._terminal], [], [], 0.2)[0]:
                self.output += os.read(self._terminal, 4096).decode()
        return match[1]
