"""An ingestor with a frame log under load, struck again and again, and the exact count at the end."""

from __future__ import annotations

import itertools
import random
import re
import socket
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.stack import Stack, topics
from tests.soak.clients import QuickClient, SlowClient
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import Ingestor
from tests.system.router_process import wait_for
from tests.system.test_frames import check, count_origins

_SETTLE_S = 120.0
# So that the producer gives up within an outage: its own patience is five minutes.
_IMPATIENT = {"TAPEFLOW_KAFKA_DELIVERY_TIMEOUT_MS": "3000"}
_STARTS_MAX = 5
"""In a row: whoever keeps an ingestor starts it again, and it goes on from what the broker has by then."""
_OUTAGES_S = (12.0, 0.5, 3.0)
_STRIKES = ("broker restarted", "connections cut", "killed", "broker away", "stopped")


@dataclass
class Count:
    """What came of it."""

    strikes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    frames: int = 0
    runs: int = 0
    derived: int = 0
    """Records that the frame log makes."""
    written: int = 0
    """Records in the topics."""
    not_equal: int = 0
    """Missing, too many, or other ones; sessions that were written down and are not what the frames before make."""
    memories: int = 0
    """Places at which a run goes on."""
    out_of_order: int = 0
    """Origins that do not increase within a partition: records that stand there twice, or turned round."""
    heard_by_quick_clients: int = 0
    lost_to_slow_clients: int = 0
    """Records that they had no room for: they held nobody up."""
    compressed_files: int = 0

    @property
    def is_exact(self) -> bool:
        return self.derived == self.written > 0 and self.not_equal == self.out_of_order == 0


class Trial:
    """One market, one log of frames, one broker; `report` hears what happens."""

    def __init__(self, folder: Path, seed: int, report: Callable[[str], None]) -> None:
        self._folder, self._chance, self._report = folder, random.Random(seed), report
        self._outages_s = itertools.cycle(_OUTAGES_S)
        self._frames = folder / "frames"
        self._broadcast, self._metrics = ("{}:{}".format(*_free()) for _ in range(2))
        self._lost_to_slow_clients = 0
        self._count = Count()

    def run(self, seconds: float) -> Count:
        """Strikes for so long, waits until all is written, and counts."""
        with Stack(self._folder / "stack") as stack, Exchange("--venue", "binance", "--speed", "5") as exchange:
            topics.create(stack.settings)
            end_s = time.monotonic() + seconds
            with SlowClient(self._broadcast), QuickClient(self._broadcast) as quick:
                ingestor = self._start(stack, exchange)
                # Each kind in every round, and at least one round: a short soak sees them all too.
                while not self._count.strikes or time.monotonic() < end_s:
                    for what in self._chance.sample(_STRIKES, len(_STRIKES)):
                        time.sleep(self._chance.uniform(0.2, 3))
                        ingestor = self._strike(what, stack, exchange, ingestor)
                wait_for("all that was received", lambda: _is_written(ingestor), _SETTLE_S)
                self._look_at_slow_clients()
                ingestor.stop()
                self._count.lost_to_slow_clients += self._lost_to_slow_clients
                self._count.heard_by_quick_clients = quick.records
            return self._counted(stack)

    def _start(self, stack: Stack, exchange: Exchange) -> Ingestor:
        options = ["--frames", str(self._frames), "--frames-file", "1MiB", "--metrics-listen", self._metrics]
        options += ["--broadcast-listen", self._broadcast, "--broadcast-queue-bytes", "65536"]
        # Each process counts its own.
        self._count.lost_to_slow_clients += self._lost_to_slow_clients
        self._lost_to_slow_clients = 0
        for _ in range(_STARTS_MAX):
            ingestor = Ingestor(stack.settings, exchange, self._folder, *options, environment=_IMPATIENT)
            wait_for("the ingestor", lambda one=ingestor: one.has_begun() or one.process.poll() is not None)
            if ingestor.process.poll() is None:
                return ingestor
            # A start writes all that the log lacks in one piece; that may take longer than its producer waits.
            assert "Start again" in ingestor.log.read_text(), ingestor.log.read_text()
            self._count.strikes["start given up"] += 1
        raise AssertionError(f"{_STARTS_MAX} starts in a row were given up: {ingestor.log.read_text()}")

    def _strike(self, what: str, stack: Stack, exchange: Exchange, ingestor: Ingestor) -> Ingestor:
        self._look_at_slow_clients()
        self._count.strikes[what] += 1
        self._report(f"{what} at {ingestor.status()['frames']:,} frames")
        if what == "killed":
            ingestor.kill()
            return self._start(stack, exchange)
        if what == "stopped":
            ingestor.stop()
            return self._start(stack, exchange)
        if what == "connections cut":
            exchange.control("faults", {"disconnect_streams": True})
        else:
            stack.take_down("kafka")
            time.sleep(next(self._outages_s) if what == "broker away" else 0)
            stack.bring_up("kafka")
        if ingestor.process.poll() is not None:
            # It may lose its claim in an outage: then it ends, and says so.
            assert "took over" in ingestor.log.read_text(), ingestor.log.read_text()
            self._count.strikes["claim lost"] += 1
            return self._start(stack, exchange)
        return ingestor

    def _look_at_slow_clients(self) -> None:
        with urllib.request.urlopen(f"http://{self._metrics}/metrics", timeout=10) as answer:
            told = re.search(r"^tapeflow_broadcast_lost_total (\d+)$", answer.read().decode(), re.MULTILINE)
        assert told is not None, "the ingestor does not tell what slow clients lose"
        self._lost_to_slow_clients = int(told[1])

    def _counted(self, stack: Stack) -> Count:
        count, found = self._count, check(stack.settings, self._frames)
        count.frames, count.runs = found["frames"], found["runs"]
        count.memories = found["memories"]
        count.not_equal = found["missing"] + found["surplus"] + found["different"] + found["other_memories"]
        count.derived = found["equal"] + found["missing"] + found["different"]
        count.written, count.out_of_order = count_origins(stack.settings)
        count.compressed_files = len(list(self._frames.glob("*.zst")))
        if found["first"]:
            self._report(found["first"])
        return count


def _is_written(ingestor: Ingestor) -> Any:
    status = ingestor.status()
    return status["frames"] > 0 and status["unacknowledged"] == 0


def _free() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        return host, port
