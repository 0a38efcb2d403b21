"""Killed in the middle, a flow writes what an undisturbed one writes: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import replace
from pathlib import Path

from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.log_of import read, write
from tests.producers import by_source_partition
from tests.synthetic_ticks import messages

_TOPICS = ("market.bars", "market.features", "market.violations", "risk.inbox", "ops.dead_letters")
_CRASHES = 4
_CHUNK = 3_000


def _market(stack: Stack, prefix: str) -> Settings:
    settings = replace(stack.settings, topic_prefix=prefix)
    topics.create(settings)
    return settings


def _assert_as_undisturbed(stack: Stack, settings: Settings, folder: Path) -> None:
    calm = f"calm-{settings.topic_prefix}"
    with FlowProcess(stack, folder, settings.topic_prefix, "market", "--until-end", "--output-prefix", calm) as process:
        process.ended()
    for name in _TOPICS:
        expected = by_source_partition(read(settings, name, calm))
        assert by_source_partition(read(settings, name)) == expected, name
    for name in ("market.bars", "market.violations"):
        assert read(settings, name), name


def _until_it_works(process: FlowProcess, feeder: threading.Thread) -> None:
    before = process.done("market.ticks")
    process.until(lambda: process.done("market.ticks") > before or not feeder.is_alive())


def test_kill_under_load(stack: Stack, tmp_path: Path) -> None:
    settings = _market(stack, "crash.")
    dice = random.Random(3)
    stream = iter(messages(_CRASHES * _CHUNK, seed=11))
    stopped = threading.Event()

    def feed() -> None:
        while not stopped.is_set():
            chunk = [message for message, _ in zip(stream, range(_CHUNK // 5), strict=False)]
            if not chunk:
                return
            write(settings, "market.ticks", chunk)
            time.sleep(0.2)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        for _ in range(_CRASHES):
            with FlowProcess(stack, tmp_path, settings.topic_prefix, "market") as process:
                _until_it_works(process, feeder)
                time.sleep(dice.random() * 1.5)
                process.kill()
        feeder.join(60)
    finally:
        stopped.set()
        feeder.join()
    with FlowProcess(stack, tmp_path, settings.topic_prefix, "market", "--until-end") as process:
        process.ended()
    _assert_as_undisturbed(stack, settings, tmp_path / "calm")


def test_broker_restart(stack: Stack, tmp_path: Path) -> None:
    settings = _market(stack, "restart.")
    ticks = list(messages(6_000, seed=12))
    with FlowProcess(stack, tmp_path, settings.topic_prefix, "market") as process:
        write(settings, "market.ticks", ticks[:3_000])
        process.until(lambda: process.done("market.ticks") > 0)
        stack.take_down("kafka")
        stack.bring_up("kafka")
        write(settings, "market.ticks", ticks[3_000:])
        process.until(lambda: process.done("market.ticks") == len(ticks))
        assert process.interrupt() < 10
    _assert_as_undisturbed(stack, settings, tmp_path / "calm")
