"""Does to a running desk what a schedule says."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from flows.stack.process import Process
from tests.chaos.desk import Desk
from tests.chaos.schedule import Act, Fault, Schedule


class Faults:
    """Strikes one desk. Leaves nobody stopped, and no successor beside the desk's own processes."""

    def __init__(self, desk: Desk, report: Callable[[str], None]) -> None:
        self._desk = desk
        self._report = report
        self._stopped: dict[str, Process] = {}
        self._twins: list[Process] = []
        self.struck: Counter[tuple[Act, str]] = Counter()
        """How often each was really hit: who is down cannot be."""

    def run(self, schedule: Schedule) -> None:
        """Until the market's time is over and everybody is awake."""
        began_s = time.monotonic()

        def wait_until(at_s: float) -> None:
            time.sleep(max(0.0, began_s + at_s - time.monotonic()))

        try:
            for fault in schedule.faults:
                wait_until(fault.at_s)
                self._strike(fault)
            wait_until(schedule.market_s)
        finally:
            self._wake(tuple(self._stopped))
            for twin in self._twins:
                twin.kill()

    def _strike(self, fault: Fault) -> None:
        self._report(str(fault))
        match fault.act:
            case Act.KILL:
                self._kill(fault)
            case Act.STALL:
                self._stop(fault)
            case Act.WAKE:
                self._wake(fault.victims)
            case Act.SUCCEED:
                for name in fault.victims:
                    self._twins.append(self._desk.start_twin(name))
                    self.struck[fault.act, name] += 1

    def _kill(self, fault: Fault) -> None:
        victims = self._there(fault)
        # Stopped first: they die as of one moment, none sees another die.
        for process in victims:
            _signal(process, signal.SIGSTOP)
        for process in victims:
            _signal(process, signal.SIGKILL)

    def _stop(self, fault: Fault) -> None:
        for process in self._there(fault):
            _signal(process, signal.SIGSTOP)
            self._stopped[process.name] = process

    def _wake(self, names: Sequence[str]) -> None:
        for name in names:
            process = self._stopped.pop(name, None)
            # It may have been killed in its sleep.
            if process and process.running():
                _signal(process, signal.SIGCONT)

    def _there(self, fault: Fault) -> list[Process]:
        found = []
        for name in fault.victims:
            process = self._desk.process(name)
            if process:
                found.append(process)
                self.struck[fault.act, name] += 1
        return found


def _signal(process: Process, number: signal.Signals) -> None:
    # A group: the broker may have started helpers. It may also have ended by itself just now.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
