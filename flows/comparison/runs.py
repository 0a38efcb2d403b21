"""A comparison from what was asked for to its report."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from bytewax.dataflow import Dataflow

from flows import shadow, stretch
from flows.comparison.comparison import Comparison
from flows.comparison.fields import Tolerance
from flows.comparison.guard import Guard
from flows.comparison.report import Report
from flows.comparison.side import SideFailed
from flows.comparison.sides import WRITTEN, Chosen, Sides
from flows.comparison.tally import Tally
from flows.comparison.written_side import Primary
from flows.connectors import schema_ids
from flows.contracts import topics
from flows.rollout import engines_in_use
from flows.running import runner
from flows.running.flow import Flow
from flows.running.flow_options import BadOption, FlowOptions
from flows.running.progress import Progress

# A live flow that stands still for so long is taken for dead.
_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Asked:
    """What the command line says."""

    flow: Flow
    stretch: stretch.Asked
    baseline: Chosen
    candidate: Chosen
    tolerance: Tolerance
    config: Path | None = None
    """Of a side that names none; the defaults if there is none."""
    status_file: Path | None = None
    """Of the live flow, if the stretch has no end."""
    own: str = ""
    """The file or package of a flow that is a user's own."""
    fall_back: bool = False
    """Put the live flow's stage on Python where it differs."""


class Run:
    """Sides, stretch and dataflow. To be used in a `with`."""

    def __init__(self, options: FlowOptions, asked: Asked, say: Callable[[str], None]) -> None:
        """`say`: is told what takes long. Raises BadOption, BadStretch, SideFailed, NoVersion."""
        flow = asked.flow
        if asked.fall_back and (asked.stretch.end is not None or asked.baseline.what != WRITTEN):
            raise BadOption("--fall-back guards a live flow: it needs --live, and the flow's own outputs as baseline")
        self.name = f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        self.stretch = stretch.find(options.services, flow.topic, asked.stretch)
        self.tally = Tally()
        self._failure = shadow.Failure()
        self._flow = flow
        self._options = options
        self._asked = asked
        self._say = say
        self._open = ExitStack()
        is_live = asked.stretch.end is None
        primary = self._primary() if is_live else None
        sides = Sides(f"shadow-{self.name}", flow, options, asked.config, primary, say, is_live=is_live, own=asked.own)
        self._open.enter_context(sides)
        try:
            self._baseline = sides.make("baseline", asked.baseline)
            self._candidate = sides.make("candidate", asked.candidate)
        except BaseException:
            self._open.close()
            raise

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._open.close()

    def wire(self) -> tuple[Dataflow, Progress]:
        """The dataflow, to be run once, and how far it is."""
        ids = schema_ids.load()
        guard = Guard(self._options.services, ids, self._flow, self.name, self._say)
        different = guard.different if self._asked.fall_back else lambda _pairs: None

        def comparison(partition: int) -> Comparison:
            one, other = self._baseline.side(partition), self._candidate.side(partition)
            return Comparison(self.name, one, other, ids, self._asked.tolerance, self.tally, different)

        written = any(side.what.partition(":")[0] == WRITTEN for side in (self._asked.baseline, self._asked.candidate))
        by_causes = written and not topics.load()[self._flow.topic].sequenced
        return shadow.wire(self._options, self.stretch, ids, comparison, self._failure, by_causes=by_causes)

    def run(self, flow: Dataflow) -> Report:
        """Raises SideFailed, also where there was nothing to compare."""
        begin_s = time.monotonic()
        runner.run(flow)
        if self._failure.error:
            raise self._failure.error
        if not self.tally.input_records:
            raise SideFailed(f"{self.stretch.topic} has no record in that stretch: choose another --from and --to")
        sides = {"baseline": self._baseline.description, "candidate": self._candidate.description}
        complete = not self._options.stop.is_set() or self._asked.stretch.end is None
        took_s = time.monotonic() - begin_s
        return Report(self.name, self._flow.name, sides, self.stretch, complete, took_s, self.tally)

    def _primary(self) -> Primary | None:
        if WRITTEN not in (self._asked.baseline.what, self._asked.candidate.what):
            return None
        status = self._asked.status_file
        if status is None:
            status = engines_in_use.file_of(self._options.services.data_dir, self._flow.name)
        return Primary(self._flow.topic, status, _PATIENCE_S, self._options.stop.is_set)
