"""A flow as several processes on one machine: the same records by 1, 2 and 4, also when their number changes or one is
killed."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_sink import KafkaSink
from flows.connectors.kafka_source import KafkaSource
from flows.running import cluster
from flows.running.chain import Chain
from flows.running.cluster import AddressUnusable, Cluster
from flows.running.progress import Progress
from flows.running.staged_source import OldState, StagedSource
from flows.stack import Stack, ports, topics
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.live_market import live_market
from tests.log_of import read
from tests.producers import by_source_partition
from tests.replay.conftest import PREFIX
from tests.synthetic_ticks import messages

_MARKET = ("market.bars", "market.features", "market.violations", "risk.inbox", "ops.dead_letters")
_RISK = ("risk.decisions", "execution.orders")
_MORE_THAN_ENOUGH = 10_000_000
_CHUNK = 600


@pytest.mark.parametrize(
    ("flow", "processes", "workers"),
    [("market", 4, 1), ("market", 1, 4), ("market", 2, 2), ("risk", 2, 1)],
)
def test_as_by_one(stack: Stack, settings: Settings, tmp_path: Path, flow: str, processes: int, workers: int) -> None:
    prefix = f"by-{flow}-{processes}-{workers}."
    share = ("--processes", str(processes), "--workers", str(workers))
    arguments = (flow, "--until-end", "--output-prefix", prefix, *share)
    with FlowProcess(stack, tmp_path, PREFIX, *arguments) as process:
        process.ended()
    for name in _MARKET if flow == "market" else _RISK:
        expected = by_source_partition(read(settings, name))
        # Letters of both flows stand in one partition.
        if name != "ops.dead_letters":
            assert expected, name
        assert by_source_partition(read(settings, name, prefix)) == expected, name


def test_rescaled_under_load(stack: Stack, tmp_path: Path) -> None:
    """1 -> 4, and kill -9 of one -> 4, and kill -9 of all -> 1, on one saved state; 2 find the end. As one undisturbed
    process makes them, every record stands there once."""
    settings = replace(stack.settings, topic_prefix="rescaled.")
    topics.create(settings)
    dice = random.Random(5)
    with live_market(settings, iter(messages(_MORE_THAN_ENOUGH, seed=17)), _CHUNK, every_s=0.3):
        for processes, end in ((1, "stop"), (4, "kill one"), (4, "kill all"), (1, "stop")):
            scale = ("--processes", str(processes))
            for told in tmp_path.glob("*.status"):
                told.unlink()
            with FlowProcess(stack, tmp_path, settings.topic_prefix, "market", *scale) as process:
                # All of its processes have said how far they are, and one of them has gone on since.
                process.until(process.status_file.exists)
                before = process.done("market.ticks")
                process.until(lambda p=process, b=before: p.done("market.ticks") > b)  # type: ignore[misc]
                time.sleep(dice.random())
                children = psutil.Process(process.process.pid).children()
                if end == "stop":
                    assert process.interrupt() < 10
                elif end == "kill one":
                    dice.choice(children).kill()
                    assert process.process.wait(30) == 1
                    assert "failed: ended by SIGKILL" in process.log.read_text()
                else:
                    process.kill()
                _, alive = psutil.wait_procs(children, 10)
                assert not alive
    with FlowProcess(stack, tmp_path, settings.topic_prefix, "market", "--until-end", "--processes", "2") as process:
        process.ended()
    calm = "calm-rescaled."
    arguments = ("market", "--until-end", "--output-prefix", calm)
    with FlowProcess(stack, tmp_path / "calm", settings.topic_prefix, *arguments) as process:
        process.ended()
    for name in _MARKET:
        assert by_source_partition(read(settings, name)) == by_source_partition(read(settings, name, calm)), name
    for name in ("market.bars", "market.violations"):
        assert read(settings, name), name


@pytest.mark.parametrize("processes", [1, 2, 3, 4])
def test_no_batch_moves(stack: Stack, processes: int) -> None:
    """What a process reads it writes itself, and no other process does."""
    log = KafkaLog(stack.bootstrap_servers, "")
    read_by: list[str] = []
    for process in range(processes):
        place = Cluster(process, tuple(str(number) for number in range(processes)))
        progress, stop = Progress("market.ticks", lambda: 0), threading.Event()
        source = KafkaSource(log, "market.ticks", progress, stop, is_ours=place.has)
        sink = KafkaSink(log, {}, source, progress)
        ours = source.list_parts()
        assert sink.list_parts() == ours
        assert [sorted(source.list_all_parts())[sink.part_fn(key)] for key in ours] == ours
        read_by += ours
    assert sorted(read_by) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--processes", "5"), "5 processes are more than market.ticks has partitions (4)"),
        (("--process", "1"), "--process needs --addresses"),
        (("--addresses", "127.0.0.1:2101,127.0.0.1:2102"), "say with --process which of them this is"),
        (("--process", "2", "--addresses", "127.0.0.1:2101,127.0.0.1:2102"), "there is no process 2"),
        (("--process", "0", "--addresses", "127.0.0.1:2101,elsewhere"), "elsewhere is no address"),
        (("--process", "0", "--addresses", "127.0.0.1:2101,127.0.0.1:2101"), "names 127.0.0.1:2101 twice"),
        (("--processes", "3", "--process", "0", "--addresses", "127.0.0.1:2101,127.0.0.1:2102"), "disagrees"),
    ],
)
def test_a_cluster_that_cannot_be(stack: Stack, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    with FlowProcess(stack, tmp_path, "", "bars", *arguments) as process:
        assert process.process.wait(60) == 1
    last = process.log.read_text().splitlines()[-1]
    assert last.startswith("tapeflow: ")
    assert told in last


def test_an_address_in_use(stack: Stack, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((ports.HOST, 0))
        taken.listen()
        mine = f"{ports.HOST}:{taken.getsockname()[1]}"
        addresses = ("--addresses", f"{mine},{ports.HOST}:2102")
        with FlowProcess(stack, tmp_path, "", "bars", "--process", "0", *addresses) as process:
            assert process.process.wait(60) == 1
    assert f"cannot listen on {mine} for the flow's other processes: Address" in process.log.read_text()


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_NAME_S", 0.0)
    with pytest.raises(AddressUnusable, match=r"cannot listen on nowhere\.invalid:2101 .*: Name or service not known"):
        Cluster(0, ("nowhere.invalid:2101", "127.0.0.1:2102")).listen()


def test_a_state_of_an_older_version(stack: Stack) -> None:
    """It kept offsets and stages apart: taken for an offset of ours, it would resume stages that know nothing."""
    progress = Progress("market.ticks", lambda: 0)
    source = KafkaSource(KafkaLog(stack.bootstrap_servers, ""), "market.ticks", progress, threading.Event())
    staged = StagedSource(source, lambda: Chain({}), progress, None, Counter())
    with pytest.raises(OldState, match="begin anew with --from beginning"):
        staged.build_part("market.log-in", "0", 1_000)  # type: ignore[arg-type]


def test_one_owner_of_a_place(stack: Stack, tmp_path: Path) -> None:
    """It waits for the first process, and nobody takes its place meanwhile; told to stop, it does."""
    place = ("bars", "--process", "1", *_addresses(2))
    with FlowProcess(stack, tmp_path, "", *place) as waiting:
        waiting.until((tmp_path / "state" / "flows" / "bars.1.lock").exists)
        with FlowProcess(stack, tmp_path, "", *place) as process:
            assert process.process.wait(60) == 1
        assert "flow bars (its process 1) is already running on" in process.log.read_text()
        waiting.process.terminate()
        assert waiting.process.wait(15) == 1


def _addresses(count: int) -> tuple[str, str]:
    taken: list[int] = []
    while len(taken) < count:
        taken.append(ports.choose("flow", 0, None, taken))
    return "--addresses", ",".join(f"{ports.HOST}:{port}" for port in taken)
