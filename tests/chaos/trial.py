"""One round of chaos: a desk, its faults, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from flows.stack import topics
from tests.chaos import checker, log
from tests.chaos.desk import Desk
from tests.chaos.faults import Faults
from tests.chaos.log import Log
from tests.chaos.schedule import Act, Schedule
from tests.chaos.witness import Operator, Witness
from tests.flow_process import FlowProcess

_CALM = "calm."
_MADE_BY_STAGES = (
    "market.bars",
    "market.features",
    "market.violations",
    "risk.inbox",
    "risk.decisions",
    "execution.orders",
    "ops.dead_letters",
)


@dataclass(frozen=True)
class Verdict:
    """What came of a round."""

    records: int
    orders: int
    violations: int
    struck: Counter[tuple[Act, str]]
    faults: list[str]
    """What does not hold; none if all is well."""


def run(schedule: Schedule, folder: Path, report: Callable[[str], None]) -> Verdict:
    """Lets a desk live through a schedule in an empty folder. Raises NotDrained where it does not recover."""
    report(f"flows {', '.join(schedule.flows)} in {schedule.engine}; {schedule.market_s:.0f} s of market")
    with Desk(folder / "desk", schedule, report) as desk:
        witness, operator = Witness(desk.settings), Operator(desk.settings, schedule.changes)
        faults = Faults(desk, report)
        witness.start()
        operator.start()
        try:
            faults.run(schedule)
        finally:
            operator.finish()
            try:
                desk.drain()
            finally:
                seen = witness.finish()
        report("drained; checking")
        calm = _undisturbed(desk, folder / "calm")
        left = log.read(desk.settings)
        checks = {
            "lost": partial(checker.nothing_vanished, left, seen),
            "commands": partial(checker.commands_once, left, operator),
            "engines": partial(checker.engines_agree, left),
            "origins": partial(checker.origins_increase, left),
            "ticks": partial(checker.ticks_without_holes, left),
            "undisturbed": partial(checker.as_undisturbed, left, calm),
            "orders": partial(checker.orders_once, left, desk.venue_orders()),
            "audit": partial(checker.audit_equal, desk.settings),
        }
        found = [f"{name}: {fault}" for name, check in checks.items() for fault in checker.some(check)]
    orders, violations = (len(left[name]) for name in ("execution.orders", "market.violations"))
    return Verdict(sum(map(len, left.values())), orders, violations, faults.struck, found)


def _undisturbed(desk: Desk, folder: Path) -> Log:
    """What the stages make of the same two logs when nobody touches them."""
    topics.create(replace(desk.settings, topic_prefix=_CALM))
    for flow in ("market", "risk"):
        arguments = (flow, "--until-end", "--output-prefix", _CALM, "--config", str(desk.config))
        with FlowProcess(desk.stack, folder / flow, desk.settings.topic_prefix, *arguments) as process:
            process.ended()
    return log.read(desk.settings, _MADE_BY_STAGES, _CALM)
