"""Carries a plan out: all of it, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from itertools import groupby

from flows.connectors.clickhouse import ClickHouseUnavailable
from flows.connectors.log_ends import BrokerAway, LogEnds
from flows.contracts import topics as contract
from flows.desk import deployed, limits, programs
from flows.desk.deployed import Deployed, DeskError, Program
from flows.desk.meaning import AUDIT
from flows.desk.places import Places
from flows.desk.plan import Plan, Planned
from flows.desk.programs import STACK
from flows.desk.readiness import Launch
from flows.desk.supervisor import Supervisor
from flows.stack import tables, topics
from flows.stack.settings import Settings

_LEADERS_S = 60.0


class NotAllRun(DeskError):
    """Programs that were deployed before do not start now: the supervisor goes on trying."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(f"not all runs yet: {', '.join(names)}; it is tried again, `tapeflow status` says how it goes")


class BringUp:
    """One deployment: starts programs in order, each group when the one before does its work."""

    def __init__(
        self, places: Places, supervisor: Supervisor, say: Callable[[str], None], plan: Plan, known: Deployed
    ) -> None:
        self._places = places
        self._supervisor = supervisor
        self._say = say
        self._plan = plan
        self._known = known
        self._before = {one.program.name: self._remembered(one.program.name) for one in plan.planned}
        self._touched: list[str] = []
        self._late: list[str] = []

    def carry_out(self) -> None:
        """A change that does not start is taken back, to what was before. What is as it was, and only does not start
        now, as after a reboot before the network is there, holds nobody else up.

        Raises NotReady, NotAllRun, DeskError, StackError.
        """
        is_first = self._supervisor.identity() is None
        self._supervisor.start()
        try:
            for one in self._plan.planned:
                self._remember(one)
            deployed.write(self._places, self._known)
            self._start()
        except BaseException:
            # Also for Ctrl-C.
            self._take_back()
            if is_first and not self._known.programs:
                self._supervisor.end()
            raise
        if self._late:
            raise NotAllRun(self._late)

    def _start(self) -> None:
        self._prepare()
        rest = [one for one in self._plan.planned if one.program.name != STACK]
        for _, group in groupby(rest, key=lambda one: programs.order(one.program.name)[0]):
            self._start_what_is_not_so(list(group))

    def _prepare(self) -> None:
        """The services, and in them what programs need: topics, tables, limits."""
        self._start_what_is_not_so([one for one in self._plan.planned if one.program.name == STACK])
        settings = Settings.load(self._places.data_dir)
        made = topics.create(settings)
        if made:
            _wait_for_leaders(settings)
        names = {one.program.name for one in self._plan.planned}
        if names & {STACK, AUDIT}:
            made += self._tables(settings)
        if made:
            self._say(f"topics and tables: {len(made)} made")
        if "risk" in names:
            for line in limits.bring_up_to_date(settings, self._plan.desired):
                self._say(line)

    def _tables(self, settings: Settings) -> list[str]:
        try:
            return tables.create(settings)
        except ClickHouseUnavailable as error:
            if not all(self._is_as_it_was(one) for one in self._plan.planned):
                raise
            # The audit waits for it by itself.
            self._say(str(error))
            return []

    def _start_what_is_not_so(self, group: list[Planned]) -> None:
        processes = self._supervisor.processes()
        launched = []
        for one in group:
            name = one.program.name
            if name in processes and processes[name].pid is not None and self._is_as_it_was(one):
                self._say(f"{name}: runs already")
                continue
            self._touched.append(name)
            self._supervisor.add(name)
            self._supervisor.stop(name)
            if one.is_anew:
                self._places.anew(name).touch()
            launched.append(one.program)
        as_it_was = [one.program.name for one in group if self._is_as_it_was(one)]
        self._late += launch(self._places, self._supervisor, self._say, launched, as_it_was)

    def _is_as_it_was(self, one: Planned) -> bool:
        return self._before[one.program.name] == one

    def _remember(self, one: Planned) -> None:
        if one.config:
            deployed.replace(self._places.config(one.program.name), one.config)
        self._known.programs[one.program.name] = one.program

    def _remembered(self, name: str) -> Planned | None:
        program = self._known.programs.get(name)
        if program is None:
            return None
        with suppress(FileNotFoundError):
            return Planned(program, self._places.config(name).read_text())
        return Planned(program, "")

    def _take_back(self) -> None:
        for name, one in self._before.items():
            self._places.anew(name).unlink(missing_ok=True)
            if one is None:
                self._supervisor.remove(name)
                self._known.programs.pop(name, None)
                self._places.config(name).unlink(missing_ok=True)
            else:
                self._remember(one)
        deployed.write(self._places, self._known)
        for name in self._touched:
            former = self._before[name]
            if former is not None and former.program.wanted:
                self._supervisor.stop(name)
                self._supervisor.launch(name)
                self._say(f"{name}: runs as it did before")


def start_again(places: Places, supervisor: Supervisor, say: Callable[[str], None], wanted: Iterable[Program]) -> None:
    """Stops programs where they run, and starts them as they are deployed. Raises NotReady, DeskError."""
    supervisor.start()
    ordered = sorted(wanted, key=lambda one: programs.order(one.name))
    for program in reversed(ordered):
        supervisor.add(program.name)
        supervisor.stop(program.name)
    for _, group in groupby(ordered, key=lambda one: programs.order(one.name)[0]):
        launch(places, supervisor, say, list(group))


def launch(
    places: Places,
    supervisor: Supervisor,
    say: Callable[[str], None],
    wanted: Collection[Program],
    forgiven: Collection[str] = (),
) -> list[str]:
    """Starts programs at once, and waits until they do their work; the names of those among `forgiven` that do not.

    Raises NotReady for others, DeskError.
    """
    if not wanted:
        return []
    begin_s = time.monotonic()
    late = Launch(supervisor, places, wanted).wait(forgiven)
    for program in wanted:
        took = f"runs after {time.monotonic() - begin_s:.1f} s"
        say(
            f"{program.name}: does not start: {late[program.name]}"
            if program.name in late
            else f"{program.name}: {took}"
        )
    return list(late)


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
