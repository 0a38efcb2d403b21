"""Keeps services running: starts them, waits until they answer, restarts those that die, stops them in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from flows.errors import TapeflowError
from flows.stack.errors import ServiceFailed, StackError
from flows.stack.failure import reason_of
from flows.stack.process import Process
from flows.stack.service import Service

_READY_TIMEOUT_S = 90.0
_POLL_S = 0.05
_BACK_OFF_FIRST_S = 0.25
_BACK_OFF_LAST_S = 30.0
# A service that ran this long has recovered: its next death is a new one.
_HEALTHY_AFTER_S = 60.0


@dataclass
class _Kept:
    """One service under supervision."""

    service: Service
    process: Process | None = None
    ready: bool = False
    wanted: bool = True
    restarts: int = 0
    started_s: float = 0.0
    back_off_s: float = _BACK_OFF_FIRST_S
    not_before_s: float = 0.0


class Supervisor:
    """Owns the processes of some services.

    All of them are started from one thread of its own, because the kernel ties a child's life to the thread that
    started it.
    """

    def __init__(
        self,
        services: Sequence[Service],
        report: Callable[[str], None],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`report` takes one line about every event; `changed` is called when a process came or went."""
        self._kept = {service.name: _Kept(service) for service in services}
        self._report = report
        self._changed = changed
        self._stopping = threading.Event()
        self._lock = threading.RLock()
        self._failure: TapeflowError | None = None
        self._all_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self, give_up: threading.Event | None = None) -> None:
        """Starts every service and returns when all are ready, or `give_up` is set.

        Raises ServiceFailed, or what a service's preparation raises; nothing is left running then.
        """
        self._thread.start()
        while not self._all_ready.wait(_POLL_S) and not (give_up and give_up.is_set()):
            pass
        if self._failure:
            self.stop()
            raise self._failure

    def stop(self) -> None:
        """Asks all to stop at once, then waits for each."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def process(self, name: str) -> Process | None:
        """The running process of a service; None while it is down."""
        with self._lock:
            process = self._find(name).process
            return process if process and process.running() else None

    def restarts(self, name: str) -> int:
        return self._find(name).restarts

    def take_down(self, name: str) -> None:
        """Stops one service and keeps it down."""
        with self._lock:
            kept = self._find(name)
            kept.wanted = kept.ready = False
            process = kept.process
        if process:
            process.stop(kept.service.stop_grace_s)
        self._say(f"{name}: taken down")
        self._changed()

    def bring_up(self, name: str) -> None:
        """Starts a service again that was taken down, and returns when it is ready."""
        kept = self._find(name)
        with self._lock:
            kept.wanted, kept.process, kept.not_before_s = True, None, 0.0
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while not kept.ready:
            if time.monotonic() > deadline:
                raise ServiceFailed(name, f"not ready after {_READY_TIMEOUT_S:.0f} s", kept.service.log)
            time.sleep(_POLL_S)

    def ready(self, name: str) -> bool:
        """Whether the service answered since its last start, and still runs."""
        kept = self._find(name)
        return kept.ready and self.process(name) is not None

    def _say(self, line: str) -> None:
        # A closed terminal or a full disk must not end the services: this thread's end would.
        with suppress(OSError):
            self._report(line)

    def _find(self, name: str) -> _Kept:
        if name not in self._kept:
            raise StackError(f"no service {name} here: there are {', '.join(self._kept) or 'none'}")
        return self._kept[name]

    def _run(self) -> None:
        try:
            self._start_all()
        except TapeflowError as error:
            self._failure = error
        except OSError as error:
            self._failure = StackError(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))
        self._all_ready.set()
        while not self._failure and not self._stopping.wait(_POLL_S):
            for kept in self._kept.values():
                self._tend(kept)
        self._stop_all()

    def _start_all(self) -> None:
        for kept in self._kept.values():
            kept.service.prepare()
            self._launch(kept)
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while not all(kept.ready for kept in self._kept.values()) and not self._stopping.wait(_POLL_S):
            for kept in self._kept.values():
                # What ends by itself will end again; what somebody killed is started again.
                code = kept.process.exit_code() if kept.process else None
                if kept.process and code is not None and code >= 0:
                    raise ServiceFailed(kept.service.name, reason_of(kept.process), kept.service.log)
                if time.monotonic() > deadline and not kept.ready:
                    raise ServiceFailed(
                        kept.service.name, f"no answer after {_READY_TIMEOUT_S:.0f} s", kept.service.log
                    )
                self._tend(kept)

    def _launch(self, kept: _Kept) -> None:
        service = kept.service
        process = Process.start(service.name, service.command(), service.log, service.environment())
        with self._lock:
            kept.process, kept.ready, kept.started_s = process, False, time.monotonic()
        self._changed()

    def _probe(self, kept: _Kept) -> None:
        if not kept.ready and kept.service.ready():
            with self._lock:
                # It may have been taken down while it answered.
                if not kept.wanted:
                    return
                kept.ready = True
            self._say(f"{kept.service.name}: ready after {time.monotonic() - kept.started_s:.1f} s")
            self._changed()

    def _tend(self, kept: _Kept) -> None:
        """Looks after one service once: probes it, notices its death, starts it again when its back-off is over."""
        now = time.monotonic()
        with self._lock:
            wanted, process = kept.wanted, kept.process
        if not wanted:
            return
        if process and process.running():
            self._probe(kept)
            return
        if process:
            reason = reason_of(process)
            if now - kept.started_s > _HEALTHY_AFTER_S:
                kept.back_off_s = _BACK_OFF_FIRST_S
            with self._lock:
                kept.process, kept.ready, kept.not_before_s = None, False, now + kept.back_off_s
            self._say(f"{kept.service.name}: died ({reason}); starts again in {kept.back_off_s:g} s")
            kept.back_off_s = min(kept.back_off_s * 2, _BACK_OFF_LAST_S)
            self._changed()
        elif now >= kept.not_before_s:
            try:
                kept.service.prepare()
                with self._lock:
                    # It may have been taken down meanwhile.
                    if kept.wanted:
                        self._launch(kept)
                        kept.restarts += 1
            except (TapeflowError, OSError) as error:
                kept.not_before_s = now + kept.back_off_s
                self._say(f"{kept.service.name}: cannot start: {error}; tries again in {kept.back_off_s:g} s")
                kept.back_off_s = min(kept.back_off_s * 2, _BACK_OFF_LAST_S)

    def _stop_all(self) -> None:
        running = [kept for kept in self._kept.values() if kept.process]
        for kept in running:
            assert kept.process is not None
            kept.process.terminate()
        for kept in running:
            assert kept.process is not None
            kept.process.stop(kept.service.stop_grace_s)
            kept.process, kept.ready = None, False
