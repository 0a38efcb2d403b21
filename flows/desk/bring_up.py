"""Carries a plan out: all of it, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby

from flows.connectors.log_ends import BrokerAway, LogEnds
from flows.contracts import topics as contract
from flows.desk import deployed, limits, programs
from flows.desk.deployed import Deployed, Program
from flows.desk.meaning import AUDIT
from flows.desk.places import Places
from flows.desk.plan import Plan, Planned
from flows.desk.programs import STACK
from flows.desk.readiness import Launch
from flows.desk.supervisor import Supervisor
from flows.stack import tables, topics
from flows.stack.settings import Settings

_LEADERS_S = 60.0


class BringUp:
    """Starts programs on one data folder, in order, each group when the one before does its work."""

    def __init__(self, places: Places, supervisor: Supervisor, say: Callable[[str], None]) -> None:
        self._places = places
        self._supervisor = supervisor
        self._say = say

    def carry_out(self, plan: Plan, known: Deployed) -> None:
        """What does not start is taken back, to what it was before. Raises NotReady, DeskError, StackError."""
        before = {one.program.name: self._remembered(one.program.name, known) for one in plan.planned}
        is_first = self._supervisor.identity() is None
        self._supervisor.start()
        started: list[str] = []
        try:
            for one in plan.planned:
                self._remember(one, known)
            deployed.write(self._places, known)
            self._start(plan, before, started)
        except BaseException:
            # Also for Ctrl-C.
            self._take_back(before, started, known)
            if is_first and not known.programs:
                self._supervisor.end()
            raise

    def start_again(self, wanted: list[Program]) -> None:
        """Stops them where they run, and starts them as they are deployed. Raises NotReady, DeskError."""
        self._supervisor.start()
        for program in sorted(wanted, key=lambda one: programs.order(one.name), reverse=True):
            self._supervisor.add(program.name)
            self._supervisor.stop(program.name)
        for _, group in groupby(sorted(wanted, key=_order), key=lambda one: programs.order(one.name)[0]):
            self._launch(list(group))

    def _start(self, plan: Plan, before: dict[str, Planned | None], started: list[str]) -> None:
        """Notes in `started` what it touched."""
        self._prepare(plan, before, started)
        rest = [one for one in plan.planned if one.program.name != STACK]
        for _, group in groupby(rest, key=lambda one: programs.order(one.program.name)[0]):
            self._start_changed(list(group), before, started)

    def _prepare(self, plan: Plan, before: dict[str, Planned | None], started: list[str]) -> None:
        """The services, and in them what programs need: topics, tables, limits."""
        stack = [one for one in plan.planned if one.program.name == STACK]
        self._start_changed(stack, before, started)
        settings = Settings.load(self._places.data_dir)
        made = topics.create(settings)
        if made:
            _wait_for_leaders(settings)
        names = {one.program.name for one in plan.planned}
        if names & {STACK, AUDIT}:
            made += tables.create(settings)
        if made:
            self._say(f"topics and tables: {len(made)} made")
        if "risk" in names:
            for line in limits.bring_up_to_date(settings, plan.desired):
                self._say(line)

    def _start_changed(self, group: list[Planned], before: dict[str, Planned | None], started: list[str]) -> None:
        processes = self._supervisor.processes()
        launched = []
        for one in group:
            name = one.program.name
            runs = name in processes and processes[name].pid is not None
            if runs and before[name] == one:
                self._say(f"{name}: runs already")
                continue
            started.append(name)
            self._supervisor.add(name)
            self._supervisor.stop(name)
            launched.append(one.program)
        self._launch(launched)

    def _launch(self, wanted: list[Program]) -> None:
        if not wanted:
            return
        begin_s = time.monotonic()
        Launch(self._supervisor, self._places, wanted).wait()
        for program in wanted:
            self._say(f"{program.name}: runs after {time.monotonic() - begin_s:.1f} s")

    def _remember(self, one: Planned, known: Deployed) -> None:
        if one.config:
            deployed.replace(self._places.config(one.program.name), one.config)
        known.programs[one.program.name] = one.program

    def _remembered(self, name: str, known: Deployed) -> Planned | None:
        program = known.programs.get(name)
        if program is None:
            return None
        with suppress(FileNotFoundError):
            return Planned(program, self._places.config(name).read_text())
        return Planned(program, "")

    def _take_back(self, before: dict[str, Planned | None], started: list[str], known: Deployed) -> None:
        for name, one in before.items():
            if one is None:
                self._supervisor.remove(name)
                known.programs.pop(name, None)
                self._places.config(name).unlink(missing_ok=True)
            else:
                self._remember(one, known)
        deployed.write(self._places, known)
        for name in started:
            former = before[name]
            if former is not None and former.program.wanted:
                self._supervisor.stop(name)
                self._supervisor.launch(name)
                self._say(f"{name}: runs as it did before")


def _wait_for_leaders(settings: Settings) -> None:
    """A topic is there some moments before its partitions have a leader. Raises BrokerAway."""
    deadline_s = time.monotonic() + _LEADERS_S
    while True:
        try:
            LogEnds(settings).read(contract.load())
            return
        except BrokerAway:
            if time.monotonic() > deadline_s:
                raise


def _order(program: Program) -> tuple[int, str]:
    return programs.order(program.name)
