"""A whole desk on loopback: broker, ClickHouse, exchange, ingestor, flows, router, audit, each a process of its own."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from flows.connectors import operator
from flows.connectors.log_ends import BrokerAway, LogEnds
from flows.contracts import topics as contract
from flows.contracts.registry import SchemaIds
from flows.demo import folder, programs
from flows.demo.fleet import Fleet
from flows.demo.listing import read_listing
from flows.demo.options import Options
from flows.demo.programs import Program
from flows.demo.tally import behind, orders_ended
from flows.stack import Stack, ports, tables, topics
from flows.stack.process import Process
from tests import nervous_desk
from tests.chaos.schedule import SERVICES, Schedule

# The seeded market makes some 270 messages a second of its own time.
_SPEED = "4"
_DRAIN_S = 180.0
_POLL_S = 0.2
_READS = {
    "market": "market.ticks",
    "bars": "market.ticks",
    "features": "market.bars",
    "signals": "market.features",
    "risk": "risk.inbox",
}


class NotDrained(Exception):
    """A process did not work through what it had to."""


class Desk:
    """Runs from `with` on; what dies is started again. The exchange keeps orders in memory: it is not to be killed."""

    def __init__(self, data_dir: Path, schedule: Schedule, report: Callable[[str], None]) -> None:
        """`report` takes one line about every death and start."""
        self._options = Options(data_dir=data_dir, speed=_SPEED, engine=schedule.engine)
        self._schedule = schedule
        self._stack = Stack(data_dir, report=report)
        self._fleet = Fleet(report)
        self._programs: dict[str, Program] = {}
        self._twins = 0
        self.config = data_dir / "state" / "tapeflow.toml"

    def __enter__(self) -> Desk:
        folder.make_fresh(self._options.data_dir)
        self._stack.start()
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._fleet.__exit__(kind, error, trace)
        self._stack.stop()

    def _start(self) -> None:
        self.settings = self._stack.settings
        topics.create(self.settings)
        tables.create(self.settings)
        exchange = programs.exchange(self._options, ports.choose("exchange", 0, None, ()))
        self._fleet.start(replace(exchange, arguments=[*exchange.arguments, "--seed", str(self._schedule.seed)]))
        self._listing = read_listing(programs.exchange_address(self._options.data_dir))
        operator.say(self.settings, SchemaIds.embedded(), nervous_desk.opening_commands(self._listing, "chaos"))
        nervous_desk.write_config(self.config, self._listing)
        options, settings, listing = self._options, self.settings, self._listing
        flows = [
            programs.flow(options, settings, name, self.config) for name in (*self._schedule.flows, "risk", "audit")
        ]
        first = [*flows, programs.router(options, settings, listing)]
        last = programs.ingestor(options, settings, listing)
        self._programs = {program.name: program for program in (*first, last)}
        self._fleet.start(*first)
        self._fleet.start(last)

    @property
    def stack(self) -> Stack:
        return self._stack

    def process(self, name: str) -> Process | None:
        """The process of a service or program; None while it is down."""
        return self._stack.process(name) if name in SERVICES else self._fleet.process(name)

    def start_twin(self, name: str) -> Process:
        """Another process of a program, as an operator starts it who holds the first for dead."""
        self._twins += 1
        data_dir = self._options.data_dir
        kept, own = (str(programs.status_file(data_dir, each)) for each in (name, f"{name}-twin-{self._twins}"))
        program = self._programs[name]
        command = [own if word == kept else word for word in program.command()]
        log = data_dir / "logs" / f"{name}-twin-{self._twins}.log"
        return Process.start(f"{name}'s twin", command, log, program.environment())

    def venue_orders(self) -> list[dict[str, Any]]:
        """All orders that the exchange ever took, with their fills."""
        with urllib.request.urlopen(f"http://{self._listing.address}/tapeflow/orders", timeout=30) as answer:
            orders: list[dict[str, Any]] = json.load(answer)["orders"]
        return orders

    def drain(self) -> None:
        """Ends the market and then all but the audit, each when it has nothing left. Raises NotDrained."""
        data_dir, log = self._options.data_dir, LogEnds(self.settings)

        def ends() -> dict[str, dict[int, int]]:
            return log.read(contract.load())

        self._fleet.take_down("ingestor")
        for name in (*self._schedule.flows, "risk"):
            _until(name, lambda name=name: behind(data_dir, name, _READS[name], ends()) == 0)
        _until("router", lambda: orders_ended(data_dir, ends))
        for name in (*self._schedule.flows, "risk", "router"):
            self._fleet.take_down(name)


def _until(name: str, done: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + _DRAIN_S
    while True:
        try:
            if done():
                return
        except BrokerAway:
            # It is being started again.
            pass
        if time.monotonic() > deadline_s:
            raise NotDrained(f"{name} has not worked through its input after {_DRAIN_S:.0f} s")
        time.sleep(_POLL_S)
