"""What the command line calls a side, as something that makes sides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from flows.comparison import versions
from flows.comparison.process_side import ProcessSide, Served, SideProcess
from flows.comparison.side import ChainSide, MakeSide, SideFailed
from flows.comparison.versions import Version
from flows.comparison.written_side import Primary, WrittenSide
from flows.config import STAGES, Config
from flows.connectors.kafka_log import KafkaLog
from flows.running import chain
from flows.running.flow import Flow, code_of, is_own
from flows.running.flow_options import ENGINES, BadOption, FlowOptions
from flows.stack import topics

WRITTEN = "written"


@dataclass(frozen=True)
class Chosen:
    """A side as it was asked for."""

    what: str
    """An engine, `written`, `written:PREFIX`, a flow file, or a version."""
    config: Path | None = None
    engine: str = "rust"
    """Of a version."""
    version: Version | None = None
    """One that is found already, whatever `what` calls it."""
    file: str = ""
    """Of one's own flow, whose stages that version runs; those of the compared flow if it is empty."""


@dataclass(frozen=True)
class Made:
    description: str
    side: MakeSide


class Sides:
    """Makes the sides of one run, and ends the processes that it started for them."""

    def __init__(
        self,
        run: str,
        flow: Flow,
        options: FlowOptions,
        config: Path | None,
        primary: Primary | None,
        say: Callable[[str], None],
        *,
        is_live: bool,
        own: str = "",
    ) -> None:
        """`config`: what `options` were read from; `primary`: the live flow, if what it writes is a side of a run that
        goes beside it; `own`: the file or package of a flow that is a user's own."""
        self._run = run
        self._flow = flow
        self._options = options
        self._config = config
        self._primary = primary
        self._say = say
        self._is_live = is_live
        self._own = own
        self._log = KafkaLog(options.services.bootstrap_servers, options.input_prefix)
        self._open = ExitStack()

    def __enter__(self) -> Sides:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._open.close()

    def make(self, role: str, chosen: Chosen) -> Made:
        """`role`: baseline or candidate. Raises SideFailed, NoVersion, BadOption, BadConfig."""
        if chosen.version:
            return self._served(role, chosen, chosen.version)
        what, _, prefix = chosen.what.partition(":")
        if what == WRITTEN:
            self._no_config(role, chosen)
            given = prefix if ":" in chosen.what else self._options.written_prefix
            return self._written(f"what was written to {given}*" if given else "what was really written", given)
        if chosen.what in ENGINES and self._own:
            return self._served(role, replace(chosen, engine=chosen.what, file=self._own), versions.installed())
        if chosen.what in ENGINES:
            return self._engine(role, chosen)
        if is_own(what) and code_of(what):
            return self._flow_file(role, chosen)
        cache = self._options.services.data_dir / "versions"
        return self._served(role, replace(chosen, file=self._own), versions.find(chosen.what, cache, self._say))

    def _engine(self, role: str, chosen: Chosen) -> Made:
        config = Config.load(chosen.config or self._config)
        options = replace(self._options, config=config).with_engines(chosen.what, {})
        name = f"engine {chosen.what}" + (f" with {chosen.config}" if chosen.config else "")
        counts = self._log.partition_counts
        return Made(name, lambda _partition: ChainSide(f"the {role} ({name})", self._flow, options, counts))

    def _written(self, name: str, prefix: str) -> Made:
        servers = self._options.services.bootstrap_servers
        counts = KafkaLog(servers, prefix).partition_counts
        wait_for = self._primary.wait_for if self._primary else None
        return Made(name, lambda number: WrittenSide(self._flow, servers, prefix, number, counts, wait_for))

    def _served(self, role: str, chosen: Chosen, version: Version) -> Made:
        name = f"{version.name}, engine {chosen.engine}"
        # One's own flow says which stages it has when it runs.
        stages = STAGES if chosen.file else self._flow.stages
        served = Served(
            name=f"the {role} ({name})",
            version=version,
            flow=chosen.file or self._flow.name,
            engine=chosen.engine,
            counts=self._log.partition_counts({topic for stage in stages for topic in chain.written_by(stage)}),
            config=chosen.config or self._config,
            data_dir=self._options.services.data_dir,
        )
        process = SideProcess(served)
        self._open.callback(process.close)
        if process.reads not in (None, self._flow.topic):
            raise SideFailed(
                f"{served.name} reads {process.reads}, and {self._flow.name} reads {self._flow.topic}: there is no "
                "record that both work on"
            )
        return Made(name, lambda _partition: ProcessSide(process))

    def _flow_file(self, role: str, chosen: Chosen) -> Made:
        """Run as its author would, over the whole log, and what it wrote is the side; beside a live flow, its stages
        are."""
        if self._is_live:
            file = str(Path(chosen.what).absolute())
            return self._served(role, replace(chosen, file=file), versions.installed())
        prefix = f"{self._run}-{role}."
        topics.create(replace(self._options.services, topic_prefix=prefix))
        self._say(f"running {chosen.what} into topics {prefix}*")
        command = [sys.executable, "-m", "flows.cli", "run", chosen.what, "--output-prefix", prefix, "--until-end"]
        command += ["--data-dir", str(self._options.services.data_dir)]
        config = chosen.config or self._config
        command += ["--config", str(config)] if config else []
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["without a word"]
            raise SideFailed(f"the {role} ({chosen.what}) ended with exit code {done.returncode}: {last[0]}")
        return self._written(chosen.what, prefix)

    def _no_config(self, role: str, chosen: Chosen) -> None:
        if chosen.config:
            raise BadOption(f"--{role}-config does nothing for {chosen.what}: what stands in the log is as it is")
