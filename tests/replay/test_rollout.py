"""Engines change under load, by words in the log, and nobody can tell from the outputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.connectors import rollout_log
from flows.contracts.codec import decode
from flows.contracts.records import DeadLetter, Rollout
from flows.contracts.registry import SchemaIds
from flows.rollout.commands import fallback, policy
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.log_of import Written, read, write
from tests.producers import by_source_partition
from tests.synthetic_ticks import messages

IDS = SchemaIds.embedded()
OUTPUTS = ("market.bars", "market.features", "market.violations", "risk.inbox")
_PREFIX = "rollout."
_CHUNK, _CHUNKS = 400, 30
# What an operator says after so many chunks of ticks.
_WORDS: dict[int, list[Rollout]] = {
    4: [policy("bars", 0, [], [], "test"), policy("features", 0, [], [], "test")],
    8: [policy("bars", 50, [], [], "test"), policy("signals", 30, ["BTC-USDT"], ["ETH-USDT"], "test")],
    13: [policy("features", 100, [], [], "test")],
    17: [policy("bars", 100, [], ["BTC-USDT"], "test")],
    20: fallback("test"),
    24: [policy(stage, 100, [], [], "the last word") for stage in ("bars", "features", "signals")],
}
_SAID = sum(len(words) for words in _WORDS.values()) - 1


@contextmanager
def fed(settings: Settings, heard: Callable[[int], None] = lambda _chunk: None) -> Iterator[threading.Thread]:
    """Ticks under which an operator speaks now and then; sent when the block is left. `heard` may hold up what comes
    after a chunk, and what was said with it."""

    def feed() -> None:
        stream = iter(messages(_CHUNK * _CHUNKS, seed=21, per_second=25))
        for number in range(_CHUNKS):
            write(settings, "market.ticks", [message for message, _ in zip(stream, range(_CHUNK), strict=False)])
            rollout_log.say(settings, IDS, _WORDS.get(number, []))
            heard(number)
            time.sleep(0.1)
        write(settings, "market.ticks", stream)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        yield feeder
    finally:
        feeder.join()


def environment(stack: Stack, settings: Settings) -> dict[str, str]:
    own = {"TAPEFLOW_BOOTSTRAP_SERVERS": stack.bootstrap_servers, "TAPEFLOW_TOPIC_PREFIX": settings.topic_prefix}
    return {**os.environ, **own}


def tapeflow(stack: Stack, settings: Settings, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", *arguments, "--data-dir", str(folder)]
    return subprocess.run(command, env=environment(stack, settings), capture_output=True, text=True, timeout=120)


def undisturbed(stack: Stack, settings: Settings, folder: Path) -> dict[str, list[Written]]:
    """What one engine makes of the whole log, records about engines and all."""
    calm = f"calm-{settings.topic_prefix}"
    done = tapeflow(stack, settings, folder, "replay", "market", "--to-topics", calm)
    assert done.returncode == 0, done.stderr
    return {name: read(settings, name, calm) for name in OUTPUTS}


def assert_equal(found: Settings, expected: dict[str, list[Written]], names: tuple[str, ...] = OUTPUTS) -> None:
    for name in names:
        assert by_source_partition(read(found, name)) == by_source_partition(expected[name]), name
        assert len(expected[name]) > 20, name


def engines(folder: Path, name: str = "market") -> dict[str, dict[str, Any]]:
    """By partition and stage, as the flow itself says."""
    file = folder / f"{name}.status"
    return dict(json.loads(file.read_text())["engines"]) if file.exists() else {}


def running(folder: Path) -> set[str]:
    """All that run any stage of any partition now."""
    return {engine for stages in engines(folder).values() for one in stages.values() for engine in one["running"]}


@pytest.fixture(scope="module")
def settings(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A market whose engines were changed under load."""
    settings = replace(stack.settings, topic_prefix=_PREFIX)
    topics.create(settings)
    folder = tmp_path_factory.mktemp("rollout")
    with FlowProcess(stack, folder, _PREFIX, "market") as process:
        seen = set()

        def heard(number: int) -> None:
            # A flow that starts when all has been said, or is renewing its word just then, would show one engine.
            engine = {0: "rust", 4: "python"}.get(number)
            if engine:
                process.until(lambda: engine in running(folder))
                seen.add(engine)

        with fed(settings, heard):
            pass
        total = len(read(settings, "market.ticks"))
        process.until(lambda: process.done("market.ticks") == total)
        process.interrupt()
    assert seen == {"rust", "python"}
    for stages in engines(folder).values():
        for standing in stages.values():
            assert standing["running"] == ["rust"]
            assert standing["policy"]["said"]["reason"] == "the last word"
    return settings


@pytest.fixture(scope="module")
def expected(stack: Stack, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Written]]:
    return undisturbed(stack, settings, tmp_path_factory.mktemp("calm"))


def test_outputs_are_those_of_one_engine(settings: Settings, expected: dict[str, list[Written]]) -> None:
    assert_equal(settings, expected)
    assert read(settings, "ops.dead_letters") == []


def test_words_go_on_to_the_stages_behind(settings: Settings) -> None:
    partitions = 4
    for name in ("market.bars", "market.features"):
        heard = [
            one for one in (decode(found.value, IDS) for found in read(settings, name)) if isinstance(one, Rollout)
        ]
        assert len(heard) == partitions * _SAID, name


def test_flows_apart_follow(
    stack: Stack, settings: Settings, expected: dict[str, list[Written]], tmp_path: Path
) -> None:
    prefix = "rollout-apart."
    for flow, names in (("bars", OUTPUTS[:1]), ("features", OUTPUTS[1:3]), ("signals", OUTPUTS[3:])):
        arguments = (flow, "--until-end", "--engine", "python", "--output-prefix", prefix)
        with FlowProcess(stack, tmp_path, _PREFIX, *arguments) as process:
            process.ended()
        assert_equal(replace(settings, topic_prefix=prefix), expected, names)
        standings = [stages[flow] for stages in engines(tmp_path, "-".join(arguments)).values()]
        assert [standing["running"] for standing in standings] == [["rust"]] * 4
        assert {standing["policy"]["said"]["reason"] for standing in standings} == {"the last word"}


def test_killed_while_engines_change(stack: Stack, tmp_path: Path) -> None:
    settings = replace(stack.settings, topic_prefix="rollout-kill.")
    topics.create(settings)
    with fed(settings) as feeder:
        while feeder.is_alive():
            with FlowProcess(stack, tmp_path, settings.topic_prefix, "market") as process:
                before = process.done("market.ticks")
                process.until(lambda before=before: process.done("market.ticks") > before or not feeder.is_alive())
                time.sleep(0.7)
                process.kill()
    with FlowProcess(stack, tmp_path, settings.topic_prefix, "market", "--until-end") as process:
        process.ended()
    assert_equal(settings, undisturbed(stack, settings, tmp_path / "calm"))


def test_a_panic_in_rust_loses_nothing(stack: Stack, tmp_path: Path) -> None:
    settings = replace(stack.settings, topic_prefix="rollout-panic.")
    topics.create(settings)
    flow = Path(__file__).with_name("panicking_market.py")
    stream = list(messages(6_000, seed=22, per_second=25))
    with FlowProcess(stack, tmp_path, settings.topic_prefix, str(flow)) as process:
        written = 0
        for begin in range(0, len(stream), 1_000):
            written += write(settings, "market.ticks", stream[begin : begin + 1_000])
            # So it is a batch of its own, or more, in each partition: Rust is good for three there.
            process.until(lambda written=written: process.done("market.ticks") == written)
        process.interrupt()
    with FlowProcess(stack, tmp_path, settings.topic_prefix, str(flow), "--until-end") as process:
        process.ended()
    assert_equal(settings, undisturbed(stack, settings, tmp_path / "calm"))
    letters = [decode(one.value, IDS) for one in read(settings, "ops.dead_letters")]
    assert all(isinstance(letter, DeadLetter) and letter.reason == "engine_fallback" for letter in letters)
    assert {letter.stage for letter in letters} == {"bars-engine"}
    assert {letter.origin.partition for letter in letters} == {0, 1, 2, 3}
    assert len(letters) == 4
    assert all("PanicException: index out of bounds" in letter.detail for letter in letters)
    assert letters[0].detail in process.log.read_text()


def test_the_command_speaks_and_shows(stack: Stack, tmp_path: Path) -> None:
    settings = replace(stack.settings, topic_prefix="rollout-cli.")
    topics.create(settings)
    run = lambda *arguments: tapeflow(stack, settings, tmp_path, "rollout", *arguments)  # noqa: E731
    assert "nothing" in run().stdout
    said = run("set", "features", "--rust", "BTC-USDT", "--reason", "one first")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("features: python; BTC-USDT in rust; it is in the log")
    write(settings, "market.ticks", messages(200))
    with FlowProcess(stack, tmp_path, settings.topic_prefix, "market") as process:
        process.until(lambda: process.done("market.ticks") == 4 + 200 + 12)
    assert run("fallback", "--reason", "to be safe").returncode == 0
    shown = json.loads(run("--format", "json").stdout)
    assert [shown["risk"]["log"][partition]["reason"] for partition in ("0", "1")] == ["to be safe"] * 2
    assert {one["rust_percent"] for stage in shown.values() for one in stage["log"].values()} == {0}
    assert "to be safe" in run().stdout


REFUSED = [
    (["set", "none", "--rust-percent", "5", "--reason", "x"], "there is no stage none: the stages are bars,"),
    (["set", "bars", "--rust-percent", "101", "--reason", "x"], "101 is not between 0 and 100"),
    (["set", "bars", "--rust", "A", "--python", "A", "--rust-percent", "5", "--reason", "x"], "A stands in both"),
    (["set", "bars", "--reason", "x"], "give --rust-percent"),
    (["set", "bars", "--rust-percent", "5"], "give --reason"),
    (["fallback", "--rust", "A", "--reason", "x"], "--rust is for tapeflow rollout set"),
    (["set"], "set is for one stage"),
]


@pytest.mark.parametrize(("arguments", "line"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_cannot_be_meant_is_refused(stack: Stack, tmp_path: Path, arguments: list[str], line: str) -> None:
    done = tapeflow(stack, stack.settings, tmp_path, "rollout", *arguments)
    assert done.returncode == 1
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
