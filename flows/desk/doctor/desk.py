"""The configuration, and what is deployed: whether they can be, and whether somebody else is in the way."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil

from flows.config import BadConfig
from flows.desk import configuration, refusals
from flows.desk.configuration import Configuration
from flows.desk.desk import Desk
from flows.desk.doctor.finding import Finding, must, note, tried, well
from flows.desk.plan import Asked, make
from flows.stack import ports
from flows.stack.settings import BOOTSTRAP_SERVERS, TOPIC_PREFIX, Settings

_CLAIMING = ("tapeflow-router", "tapeflow-ingestor")
_Claim = tuple[str, str, str, str]
"""Program, broker, prefix, and of an ingestor what it listens to."""


def look(desk: Desk, settings: Settings, file: Path | None, sets: tuple[str, ...]) -> Iterator[Finding]:
    known = desk.deployed()
    file = file or configuration.find(None) or (Path(known.config_file) if known.config_file else None)
    try:
        found = configuration.problems(file, sets)
    except BadConfig as error:
        found = [str(error)]
    for problem in found:
        yield must("configuration", problem)
    if not found:
        read = configuration.load(file, sets)
        yield well("configuration", str(file or "the defaults: there is no tapeflow.toml here"))
        yield from _ports(desk, read)
        yield from _deployable(desk, settings, file, sets)
    yield tried("environment", lambda: _same_services(desk, settings))
    yield from _claims(settings)


def _ports(desk: Desk, read: Configuration) -> Iterator[Finding]:
    exchange = read.desired.exchange
    if exchange is None:
        return
    running = desk.supervisor.processes().get("exchange")
    port = int(exchange.listen.rpartition(":")[2])
    if running and running.pid:
        yield well("ports", f"the exchange listens at {exchange.listen}")
    elif ports.is_free(port):
        yield well("ports", f"{exchange.listen} is free for the exchange")
    else:
        yield must("ports", f"{exchange.listen} is taken: choose another port in [exchange] listen")


def _deployable(desk: Desk, settings: Settings, file: Path | None, sets: tuple[str, ...]) -> Iterator[Finding]:
    """Each program of the file, by the checks of `tapeflow deploy`."""
    known = desk.deployed()
    if not configuration.load(file, sets).desired.flows and not known.programs:
        yield note("programs", "the file wants no [flows.NAME]: name what to deploy, as in `tapeflow deploy market`")
        return

    def checked() -> str:
        plan = make(Asked(None, file, sets), known, desk.places, settings)
        refusals.two_writers(plan.programs(known), [one.program.name for one in plan.planned])
        for one in plan.planned:
            # Of the exchange's port something was said already.
            if one.program.name != "exchange":
                refusals.unusable(one.program, desk.supervisor)
        return f"{len(plan.planned)} can be deployed: {', '.join(one.program.name for one in plan.planned)}"

    yield tried("programs", checked)


def _same_services(desk: Desk, settings: Settings) -> str:
    refusals.other_services(settings, desk.deployed())
    refusals.other_environment(desk.supervisor)
    return "is that of what is deployed" if desk.deployed().programs else "nothing is deployed yet"


def _claims(settings: Settings) -> Iterator[Finding]:
    """Routers and ingestors of this machine that would take a claim from each other, again and again."""
    holders: defaultdict[_Claim, list[int]] = defaultdict(list)
    for process in psutil.process_iter():
        try:
            words, environment = process.cmdline(), process.environ()
        except psutil.Error:
            continue
        if words and Path(words[0]).name in _CLAIMING:
            holders[_claim(words, environment)].append(process.pid)
    for (program, broker, _, _), pids in holders.items():
        if len(pids) > 1:
            yield must(
                "claims",
                f"{len(pids)} processes of {program} work on one log at {broker} ({', '.join(map(str, pids))}): the "
                "newest has the claim; end the others",
            )
    if not any(len(pids) > 1 for pids in holders.values()):
        yield well("claims", "no two routers or ingestors of this machine work on one log")


def _claim(words: list[str], environment: dict[str, str]) -> _Claim:
    def after(option: str, variable: str) -> str:
        return words[words.index(option) + 1] if option in words else environment.get(variable, "")

    return (
        Path(words[0]).name,
        after("--bootstrap-servers", BOOTSTRAP_SERVERS),
        after("--topic-prefix", TOPIC_PREFIX),
        after("--venue", os.devnull) + after("--symbols", os.devnull) if "ingestor" in words[0] else "",
    )
