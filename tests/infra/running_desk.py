"""Every program of a desk, started as a user would, trading a seeded market and telling its metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flows.stack import Stack, ports, topics
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import Ingestor
from tests.system.router_process import Logs, Router, wait_for

_PROGRAMS = ("exchange", "ingestor", "router", "market", "risk", "audit")


@dataclass
class RunningDesk:
    addresses: dict[str, str]
    """By program, where it serves its metrics."""
    ingestor: Ingestor
    _settings: Settings
    _exchange: Exchange
    _folder: Path
    _ingestor_options: tuple[str, ...]

    def start_ingestor(self) -> None:
        """Once more, after it was killed."""
        self.ingestor = Ingestor(self._settings, self._exchange, self._folder, *self._ingestor_options).__enter__()


def free_addresses(count: int) -> list[str]:
    taken: list[int] = []
    for _ in range(count):
        taken.append(ports.choose("metrics", 0, None, taken))
    return [f"{ports.HOST}:{port}" for port in taken]


@contextmanager
def running(stack: Stack, folder: Path) -> Iterator[RunningDesk]:
    """Once an order was sent. `stack`: whose broker and ClickHouse it uses, by topics of its own, named as the folder:
    those of an earlier desk have its orders, with the same origins as this one's."""
    prefix = f"{folder.name}."
    settings = replace(stack.settings, topic_prefix=prefix)
    topics.create(settings)
    *served, broadcast = free_addresses(len(_PROGRAMS) + 1)
    addresses = dict(zip(_PROGRAMS, served, strict=True))
    listen = {name: ("--metrics-listen", address) for name, address in addresses.items()}
    with ExitStack() as programs:
        seeded = ("--start", "immediately", "--venue", "binance", "--symbols", "BTCUSDT")
        exchange = programs.enter_context(Exchange(*seeded, *listen["exchange"]))
        wait_for("a book", lambda: [one for one in exchange.control("status")["symbols"] if one["best_ask"]])
        options = (*listen["ingestor"], "--broadcast-listen", broadcast, "--tick-files", str(folder / "ticks"))
        desk = RunningDesk(
            addresses, Ingestor(settings, exchange, folder, *options), settings, exchange, folder, options
        )
        # Whichever of them runs in the end.
        programs.push(lambda *raised: desk.ingestor.__exit__(*raised))
        desk.ingestor.__enter__()
        router = programs.enter_context(Router(settings, exchange, folder, *listen["router"]))
        for name in ("market", "risk", "audit"):
            programs.enter_context(FlowProcess(stack, folder / name, prefix, name, *listen[name]))
        Logs(settings).new()
        wait_for("an order", lambda: router.status()["sent"] >= 1)
        yield desk
