"""An ingestor that ends at each step of the write path in turn: what it received is in the topics afterwards, once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flows.stack import Stack
from flows.stack.settings import Settings
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import Ingestor
from tests.system.router_process import logs_of_their_own, wait_for
from tests.system.test_frames import assert_whole, check, count_origins

# Where it ends, and what must be left for the next start there: records that the topics lack.
STEPS = {
    "run-begun": True,
    "received:300": False,
    "logged:300": True,
    "taken:300": True,
    "handed-over:300": True,
    "sent:150": False,
    "delivered:200": False,
    "acknowledged:200": False,
    "segment-sealed:2": False,
    "segment-begun:2": False,
    "gone-on:2": False,
    "segment-named:3": False,
    "segment-compressed:2": False,
    "segment-doubled:2": False,
}
# Small files, and records that wait a while: each end comes amid several of them.
OPTIONS = ("--frames-file", "32KiB", "--linger-us", "50000")
AT_ONCE = 8


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Exchange("--venue", "binance") as started:
        yield started


def test_every_step_of_the_write_path(stack: Stack, exchange: Exchange, tmp_path: Path) -> None:
    """Several at the same time: each start behind a crash waits until the claim before it has run out."""
    tries: list[Callable[[Settings, Exchange, Path], None]] = [
        amid_recovery,
        amid_retention,
        *(at_step(step, leaves_some) for step, leaves_some in STEPS.items()),
    ]

    def with_logs(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        with logs_of_their_own(stack) as logs:
            tries[number](logs.settings, exchange, folder)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(with_logs, range(len(tries))))


def at_step(step: str, leaves_some: bool) -> Callable[[Settings, Exchange, Path], None]:
    def run(settings: Settings, exchange: Exchange, folder: Path) -> None:
        left = crash(settings, exchange, folder, step)
        assert left["missing"] > 0 or not leaves_some, (step, left)
        go_on(settings, exchange, folder)
        assert_whole(settings, folder / "frames", runs=2, at_least=100)

    return run


def amid_recovery(settings: Settings, exchange: Exchange, folder: Path) -> None:
    first = crash(settings, exchange, folder, "taken:300")
    # Of the last frame nothing was handed over yet, so that one record lacks for sure; often there are more.
    second = crash(settings, exchange, folder, "handed-over:1")
    assert second["missing"] > 0
    assert (second["runs"], second["frames"]) == (1, first["frames"]), "it ended before its own run began"
    go_on(settings, exchange, folder)
    assert_whole(settings, folder / "frames", runs=2, at_least=100)


def amid_retention(settings: Settings, exchange: Exchange, folder: Path) -> None:
    """It deletes the run before, file by file; its own is all there."""
    frames = folder / "frames"
    with Ingestor(settings, exchange, folder, "--frames", str(frames), *OPTIONS) as ingestor:
        wait_for("files", lambda: len(list(frames.glob("*.frames*"))) > 4)
        ingestor.stop()
    crash(settings, exchange, folder, "segment-deleted:2", "--frames-keep", "128KiB")
    assert not (frames / f"{0:020}.frames").exists()
    go_on(settings, exchange, folder)
    found = check(settings, frames)
    assert found["first"] is None
    # Of the run before, what is left is read where it goes on in it.
    assert found["runs"] in (2, 3)
    assert count_origins(settings)[1] == 0


def crash(settings: Settings, exchange: Exchange, folder: Path, step: str, *options: str) -> dict[str, Any]:
    """Runs an ingestor to its end at `step`; what `check` says of what it left: never more than was received."""
    frames, environment = folder / "frames", {"TAPEFLOW_CRASH_AT": step}
    more = ("--frames", str(frames), *OPTIONS, *options)
    ingestor = Ingestor(settings, exchange, folder, *more, environment=environment)
    try:
        assert ingestor.process.wait(timeout=60) == -signal.SIGABRT, (step, ingestor.log.read_text())
    finally:
        ingestor.kill()
    found = check(settings, frames)
    assert (found["surplus"], found["different"]) == (0, 0), (step, found)
    return found


def go_on(settings: Settings, exchange: Exchange, folder: Path) -> None:
    """The next start, to its polite end."""
    with Ingestor(settings, exchange, folder, "--frames", str(folder / "frames"), *OPTIONS) as ingestor:
        # Some are always on their way, which its end waits for.
        wait_for("100 frames", lambda: ingestor.status()["frames"] >= 100, 60)


def test_a_step_that_there_is_not_is_refused(stack: Stack, exchange: Exchange, tmp_path: Path) -> None:
    environment = {"TAPEFLOW_CRASH_AT": "logged:soon"}
    ingestor = Ingestor(stack.settings, exchange, tmp_path, environment=environment)
    assert ingestor.process.wait(timeout=20) == 1
    assert "TAPEFLOW_CRASH_AT=logged:soon: say a step and at which of its turns" in ingestor.log.read_text()
