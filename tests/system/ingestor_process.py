"""The ingestor as a process of its own, and the log that it writes."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.contracts import codec
from flows.contracts.registry import SchemaIds
from flows.stack.settings import Settings
from tests.log_of import read
from tests.system.exchange_process import ROOT, Exchange
from tests.system.router_process import wait_for

BINARY = ROOT / "rust_ingest" / "target" / "release" / "tapeflow-ingestor"
_IDS = SchemaIds.embedded()


class IngestorProcess:
    """An ingestor at any venue. Leave the `with` block to end it."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        *options: str,
        environment: Mapping[str, str] | None = None,
        full_disk: bool = False,
    ) -> None:
        """`full_disk`: its disk is to be filled."""
        self.status_file = folder / f"ingestor-{time.monotonic_ns()}.json"
        self.log = self.status_file.with_suffix(".log")
        command = [str(BINARY)]
        command += ["--bootstrap-servers", settings.bootstrap_servers, "--topic-prefix", settings.topic_prefix]
        command += ["--status-file", str(self.status_file), *options]
        with self.log.open("wb") as log:
            # Python ignores the signal of a limit on files; who inherits that gets the error that a full disk is.
            self.process = subprocess.Popen(
                command, env={**os.environ, **(environment or {})}, stderr=log, restore_signals=not full_disk
            )

    def __enter__(self) -> IngestorProcess:
        wait_for("the ingestor", lambda: self.process.poll() is not None or self.has_begun())
        assert self.process.poll() is None, self.log.read_text()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.process.poll() is not None:
            return
        if kind is None:
            self.stop()
        else:
            # What went wrong is already on its way; how the ingestor would end now must not hide it.
            self.kill()

    def has_begun(self) -> bool:
        """Whether it has written what its log lacked, and listens."""
        return self.status_file.exists()

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.status_file.read_text()))

    def status_from_now_on(self) -> dict[str, Any]:
        """The first that it writes after this call: what stands in the file is up to a second old, or older."""
        now_ns = time.time_ns()
        wait_for("a new status", lambda: self.status()["updated_ns"] > now_ns)
        return self.status()

    def wait_for_frames(self, count: int, seconds: float = 60) -> dict[str, Any]:
        """The status once so many frames have come, and what was on its way then is acknowledged.

        In a market that goes on, something is on its way whenever one looks.
        """
        due: int | None = None

        def look() -> dict[str, Any] | None:
            nonlocal due
            status = self.status()
            if status["frames"] < count:
                return None
            acknowledged = int(status["ticks_acknowledged"] + status["dead_letters_acknowledged"])
            due = acknowledged + int(status["unacknowledged"]) if due is None else due
            return status if acknowledged >= due else None

        return wait_for(f"{count} frames", look, seconds)

    def fill_the_disk(self, file_bytes: int) -> None:
        """From now on no file of it has room for more bytes."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    def stop(self) -> float:
        """Ends it politely; the seconds that took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        assert code == 0, self.log.read_text()
        return time.monotonic() - start

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=60)


class Ingestor(IngestorProcess):
    """An ingestor at one exchange."""

    def __init__(
        self,
        settings: Settings,
        exchange: Exchange,
        folder: Path,
        *options: str,
        stream_url: str = "",
        environment: Mapping[str, str] | None = None,
        full_disk: bool = False,
    ) -> None:
        address = "{}:{}".format(*exchange.address)
        venue = ["--venue", exchange.venue, "--symbols", "BTCUSDT"]
        venue += ["--stream-url", stream_url or f"ws://{address}", "--rest-url", f"http://{address}"]
        super().__init__(settings, folder, *venue, *options, environment=environment, full_disk=full_disk)


def records_of(settings: Settings, topic: str) -> list[Any]:
    """Every record of the topic, in order within its partition."""
    return [codec.decode(written.value, _IDS) for written in read(settings, topic)]
