"""What runs on a data folder, and how it is changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flows.connectors import reach
from flows.desk import deployed, environment, plan, programs, refusals
from flows.desk.bring_up import BringUp, start_again
from flows.desk.deployed import Deployed, DeskError
from flows.desk.meaning import AUDIT
from flows.desk.places import Places
from flows.desk.plan import Asked
from flows.desk.supervisor import Supervisor
from flows.stack import folder
from flows.stack.settings import BOOTSTRAP_SERVERS, Settings


class Desk:
    """Changed by one command at a time."""

    def __init__(self, data_dir: Path | None, say: Callable[[str], None]) -> None:
        """`say`: takes one line about every event."""
        self.places = Places(folder.resolve(data_dir))
        self.supervisor = Supervisor(self.places)
        self._say = say

    def deployed(self) -> Deployed:
        """Raises DeskError."""
        return deployed.read(self.places)

    def plan(self, asked: Asked) -> plan.Plan:
        """What `deploy` would bring up, all checked; changes nothing. Raises BadConfig, DeskError, BrokerAway."""
        known = self.deployed()
        settings = Settings.load(self.places.data_dir)
        refusals.other_services(settings, known)
        refusals.other_environment(self.supervisor)
        made = plan.make(asked, known, self.places, settings)
        refusals.two_writers(made.programs(known), [one.program.name for one in made.planned])
        for one in made.planned:
            refusals.unusable(one.program, self.supervisor)
        if BOOTSTRAP_SERVERS in settings.external:
            reach.partition_counts(settings)
        return made

    def deploy(self, asked: Asked) -> None:
        """Everything is checked before anything is started; what does not start is taken back.

        Raises BadConfig, DeskError, NotReady, and what services that are away raise.
        """
        # Before a folder is made for it.
        if not self.places.folder.exists():
            self.plan(asked)
        folder.make(self.places.data_dir)
        self.places.make()
        with deployed.changing(self.places):
            made = self.plan(asked)
            known = self.deployed()
            known.config_file = str(made.file) if made.file else None
            known.services = environment.services(Settings.load(self.places.data_dir))
            for name in made.stopped:
                self._say(f"{name}: stays stopped; `tapeflow restart {name}` starts it")
            BringUp(self.places, self.supervisor, self._say, made, known).carry_out()

    def scale(self, word: str, processes: int) -> None:
        """Deploys a flow again, as it is but for the number of its processes. Raises as `deploy`."""
        name = self.names(word)[0]
        program = self.deployed().programs[name]
        if not program.flow or name == AUDIT:
            raise DeskError(f"{name} is one process: scale is for flows that have stages")
        if program.is_member:
            raise DeskError(
                f"{name} is one of a flow's processes on several machines: change addresses in every machine's file, "
                f"and `tapeflow deploy {name}` on each"
            )
        key = f"flows.{name}.processes="
        sets = [pair for pair in program.sets if not pair.startswith(key)]
        self.deploy(Asked(name, sets=(*sets, f"{key}{processes}"), same_file=True))

    def stop(self, names: Collection[str]) -> None:
        """They stay deployed, and stopped until somebody starts them. Raises DeskError."""
        with self._changing(names) as known:
            refusals.needed(names, known)
            for name in sorted(names, key=programs.order, reverse=True):
                known.programs[name] = replace(known.programs[name], wanted=False)
                deployed.write(self.places, known)
                if name in self.supervisor.processes():
                    self.supervisor.stop(name)
                self._say(f"{name}: stopped")

    def restart(self, names: Collection[str]) -> None:
        """With the options that they were deployed with. Raises DeskError, NotReady."""
        with self._changing(names) as known:
            refusals.other_services(Settings.load(self.places.data_dir), known)
            refusals.other_environment(self.supervisor)
            for name in names:
                known.programs[name] = replace(known.programs[name], wanted=True)
                refusals.unusable(known.programs[name], self.supervisor)
            deployed.write(self.places, known)
            start_again(self.places, self.supervisor, self._say, [known.programs[name] for name in names])

    def undeploy(self, names: Collection[str]) -> None:
        """Stops and forgets them; what they wrote stays, and their saved states. Raises DeskError."""
        with self._changing(names) as known:
            refusals.needed(names, known)
            for name in sorted(names, key=programs.order, reverse=True):
                self.supervisor.remove(name)
                del known.programs[name]
                self.places.config(name).unlink(missing_ok=True)
                self.places.status(name).unlink(missing_ok=True)
                deployed.write(self.places, known)
                self._say(f"{name}: undeployed")
            if not known.programs:
                self.supervisor.end()

    def end(self) -> bool:
        """Ends all processes; what is deployed stays deployed. False if nothing ran. Raises DeskError."""
        if self.supervisor.identity() is None:
            return False
        with deployed.changing(self.places):
            # The stack last: whoever ends before it still saves what it has.
            for name in sorted(self.supervisor.processes(), key=programs.order, reverse=True):
                self.supervisor.stop(name)
            return self.supervisor.end()

    def names(self, word: str) -> list[str]:
        """What is deployed under a word of the command line: a name, or `ingestor` for all. Raises DeskError."""
        known = self.deployed().programs
        if word == programs.INGESTOR:
            found = [name for name in known if name.startswith(programs.INGESTOR_OF)]
        else:
            found = [word] if word in known else []
        if not found:
            there = ", ".join(sorted(known, key=programs.order)) or "nothing is"
            raise DeskError(f"{word} is not deployed on {self.places.data_dir}: {there}")
        return found

    @contextmanager
    def _changing(self, names: Collection[str]) -> Iterator[Deployed]:
        """What is deployed, held for this command. Raises DeskError for a name that is not."""
        for name in names:
            self.names(name)
        with deployed.changing(self.places):
            yield self.deployed()
