"""The gate of an upgrade: a candidate runs in shadow beside the live flow, and may take its place if it makes the same
records, or others only where that was said to be wanted."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flows import stretch
from flows.comparison.fields import Tolerance
from flows.comparison.matching import Kind
from flows.comparison.report import Report
from flows.comparison.runs import Asked, Run
from flows.comparison.sides import WRITTEN, Chosen
from flows.config import Config
from flows.contracts import records, topics
from flows.desk.deployed import DeskError
from flows.running.flow import Flow
from flows.running.flow_options import FlowOptions
from flows.running.stopping import stopping
from flows.stack.settings import Settings

# Kinds of differences that are accepted by their own names; FIELD is by the fields'.
_KINDS = (Kind.MISSING, Kind.EXTRA, Kind.REORDERED)
_POLL_S = 0.1
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0}


@dataclass(frozen=True)
class Candidate:
    """What shall take the place of a live flow."""

    flow: Flow
    """The live one."""
    side: Chosen
    config: Path
    """Of its stages."""
    status_file: Path
    """The live flow's."""
    output_prefix: str | None = None
    """Where the live flow writes, if that is not where it reads."""


class Refused(DeskError):
    """The candidate makes something else; the live flow goes on as it is."""

    def __init__(self, flow: str, reason: str, report: Report | None = None) -> None:
        super().__init__(f"{flow} goes on as it is: {reason}")
        self.report = report
        """None if there was nothing to compare."""


def compare(settings: Settings, candidate: Candidate, seconds: float, say: Callable[[str], None]) -> Report:
    """Runs the candidate beside the live flow for so long, from its first compared record on.

    Raises SideFailed, NoVersion, BadOption, BadConfig, BadStretch.
    """
    asked = Asked(
        flow=candidate.flow,
        stretch=stretch.Asked(stretch.END, None, (), ()),
        baseline=Chosen(WRITTEN),
        candidate=candidate.side,
        tolerance=Tolerance(0.0),
        config=candidate.config,
        status_file=candidate.status_file,
    )
    options = FlowOptions(settings, Config.load(candidate.config), output_prefix=candidate.output_prefix)
    with ExitStack() as stack:
        stack.enter_context(stopping(options.stop))
        run = stack.enter_context(Run(options, asked, say))
        flow, _ = run.wire()
        timer = threading.Thread(target=_end, args=(run, options.stop, seconds), daemon=True)
        timer.start()
        try:
            return run.run(flow)
        finally:
            options.stop.set()
            timer.join()


def judge(report: Report, accepted: Sequence[str]) -> None:
    """Raises Refused, with what would have to be accepted."""
    if not report.tally.compared:
        raise Refused(report.flow, "there was no record to compare while it ran in shadow: --shadow-for longer")
    left = sorted(set(differences(report)) - set(accepted))
    if left:
        wanted = " ".join(f"--accept {one}" for one in left)
        raise Refused(report.flow, f"the candidate differs in {', '.join(left)}; if that is wanted: {wanted}", report)


def differences(report: Report) -> Iterator[str]:
    """As `topic.field`, and as `topic.missing`, `topic.extra`, `topic.reordered`."""
    for name in report.tally.errors:
        record, _, field = name.partition(".")
        # A Rollout stands in several topics; it is passed on as it came.
        topic = topics.of_subject(getattr(records, record).SUBJECT)
        yield f"{topic.name if topic else record}.{field}"
    for topic_name, counts in report.tally.topics.items():
        for kind in _KINDS:
            if counts[kind]:
                yield f"{topic_name}.{kind.value}"


def seconds_of(text: str) -> float:
    """Of a duration such as 90s or 5m. Raises DeskError."""
    found = re.fullmatch(r"(\d+)(ms|s|m|h)", text)
    if found is None:
        raise DeskError(f"--shadow-for {text} is no duration such as 90s or 5m")
    return int(found[1]) * _UNITS_S[found[2]]


def _end(run: Run, stop: threading.Event, seconds: float) -> None:
    """Until a record is compared the candidate only works itself up to now."""
    while not run.tally.input_records and not stop.wait(_POLL_S):
        pass
    stop.wait(seconds)
    stop.set()
