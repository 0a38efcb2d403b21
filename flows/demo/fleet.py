"""The demo's own processes, kept running until each is taken down."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from flows.demo.programs import Program
from flows.stack.process import Process
from flows.stack.supervisor import Supervisor


class Fleet:
    """Starts programs in groups; all of them end with it."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._supervisors: list[Supervisor] = []
        self._by_name: dict[str, Supervisor] = {}

    def __enter__(self) -> Fleet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for supervisor in reversed(self._supervisors):
            supervisor.stop()

    def start(self, *programs: Program) -> None:
        """Starts a group and waits until all of it is ready. Raises ServiceFailed."""
        supervisor = Supervisor(programs, self._report)
        self._supervisors.append(supervisor)
        self._by_name.update({program.name: supervisor for program in programs})
        supervisor.start()

    def names(self) -> list[str]:
        """All that were started, in their order."""
        return list(self._by_name)

    def process(self, name: str) -> Process | None:
        """The running process of a program; None while it is down."""
        return self._by_name[name].process(name)

    def take_down(self, name: str) -> None:
        """Stops one, and keeps it down."""
        self._by_name[name].take_down(name)

    def restarts(self, name: str) -> int:
        """How often it was started again after it had died."""
        return self._by_name[name].restarts(name)

    def resident_bytes(self) -> int:
        """Resident memory of all of them, now."""
        processes = [supervisor.process(name) for name, supervisor in self._by_name.items()]
        return sum(process.resident_bytes() for process in processes if process)
