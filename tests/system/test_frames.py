"""With a frame log nothing that was received is missing from the topics or stands there twice, whatever was killed."""

from __future__ import annotations

import itertools
import json
import random
import re
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

from flows.contracts import topics as contract
from flows.contracts.records import BookDelta, BookSnapshot, Gap, Heartbeat, Trade
from flows.journal.tick import Flag
from flows.stack import Stack, topics
from flows.stack.errors import StackError
from flows.stack.settings import Settings
from tests.log_of import read
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import BINARY, Ingestor, records_of
from tests.system.router_process import Logs, logs_of_their_own, wait_for
from tests.tapeflow_command import tapeflow


@pytest.fixture
def logs(stack: Stack) -> Iterator[Logs]:
    with logs_of_their_own(stack) as made:
        yield made


def check(settings: Settings, frames: Path) -> dict[str, Any]:
    """What the ingestor finds when it derives the topics again."""
    command = [str(BINARY), "check", "--frames", str(frames)]
    command += ["--bootstrap-servers", settings.bootstrap_servers, "--topic-prefix", settings.topic_prefix]
    answer = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert answer.stdout, answer.stderr.decode()
    findings = dict(json.loads(answer.stdout))
    differing = [findings[what] for what in ("missing", "surplus", "different", "other_memories")]
    assert (answer.returncode == 0) == (sum(differing) == 0)
    return findings


def origins(settings: Settings, topic: str) -> dict[tuple[int, bytes], list[tuple[int, int]]]:
    """The origins in each partition, by run, in the partition's order; every record has one."""
    name, partitions = f"{settings.topic_prefix}{topic}", contract.load()[topic].partitions
    options = {"group.id": "test", "enable.partition.eof": True, "auto.offset.reset": "earliest"}
    consumer = Consumer({**settings.kafka(), **options})
    found: dict[tuple[int, bytes], list[tuple[int, int]]] = defaultdict(list)
    try:
        consumer.assign([TopicPartition(name, index, 0) for index in range(partitions)])
        ended = 0
        while ended < partitions:
            message = consumer.poll(10)
            assert message is not None, f"{name} cannot be read"
            if message.error() is not None:
                ended += 1
                continue
            frame = dict(message.headers() or [])["frame"]
            assert isinstance(frame, bytes)
            origin = (int.from_bytes(frame[8:16], "big"), int.from_bytes(frame[16:], "big"))
            found[message.partition() or 0, frame[:8]].append(origin)
    finally:
        consumer.close()
    return found


def count_origins(settings: Settings) -> tuple[int, int]:
    """How many records stand in both topics, and how many of them not behind the one before them."""
    written = turned = 0
    for topic in ("market.ticks", "ops.dead_letters"):
        for of_partition in origins(settings, topic).values():
            turned += sum(before >= after for before, after in itertools.pairwise(of_partition))
            written += len(of_partition)
    return written, turned


def assert_whole(settings: Settings, frames: Path, runs: int, at_least: int = 500) -> None:
    findings = check(settings, frames)
    assert findings["first"] is None, findings
    assert findings["runs"] == runs
    assert findings["equal"] > at_least
    assert count_origins(settings) == (findings["equal"], 0)
    trades = [tick.trade_id for tick in records_of(settings, "market.ticks") if isinstance(tick, Trade)]
    assert len(set(trades)) == len(trades)


def test_an_ingestor_that_is_killed_under_load_loses_nothing_that_it_received(logs: Logs, tmp_path: Path) -> None:
    frames, chance = tmp_path / "frames", random.Random(7)
    # Small files: it is killed amid their changes and their compression too.
    options = ("--frames", str(frames), "--frames-file", "32KiB")
    with Exchange("--venue", "binance") as exchange:
        for _ in range(2):
            with Ingestor(logs.settings, exchange, tmp_path, *options) as ingestor:
                wait_for("frames", lambda killed=ingestor: killed.status()["frames"] > 200)
                time.sleep(chance.uniform(0, 0.3))
                ingestor.kill()
            assert check(logs.settings, frames)["surplus"] == 0, "never more than was received"
        with Ingestor(logs.settings, exchange, tmp_path, *options) as last:
            last.wait_for_frames(200)
            wait_for("compressed files", lambda: list(frames.glob("*.frames.zst")))
            assert last.stop() < 5
    assert_whole(logs.settings, frames, runs=3)
    gaps = [tick for tick in records_of(logs.settings, "market.ticks") if isinstance(tick, Gap)]
    assert sum(gap.stream.value == "connection" for gap in gaps) == 2


def assert_nothing_is_lost(settings: Settings, frames: Path) -> None:
    """Also of what is not kept: each number between two trades' is a trade's, or in a gap that names it."""
    findings = check(settings, frames)
    assert findings["first"] is None, findings
    assert findings["equal"] > 200
    assert count_origins(settings)[1] == 0
    ticks = records_of(settings, "market.ticks")
    there = [tick.trade_id for tick in ticks if isinstance(tick, Trade)]
    told = [tick for tick in ticks if isinstance(tick, Gap) and tick.stream.value == "trade"]
    missing = set(range(min(there), max(there))) - set(there)
    assert missing == {number for gap in told for number in range(gap.expected_id or 0, gap.received_id or 0)}
    assert len(set(there)) == len(there)


def test_it_can_be_left_alone_for_longer_than_its_files_are_kept(logs: Logs, tmp_path: Path) -> None:
    """Killed when its run's first files are long deleted, it plays the last ones: nothing is lost or there twice."""
    frames = tmp_path / "frames"
    options = ("--frames", str(frames), "--frames-file", "64KiB", "--frames-keep", "256KiB")

    def firsts() -> list[int]:
        return sorted(int(file.name.partition(".")[0]) for file in frames.glob("0*.frames*"))

    with Exchange("--venue", "binance", "--speed", "10") as exchange:
        for _ in range(2):
            with Ingestor(logs.settings, exchange, tmp_path, *options) as ingestor:
                # The run's own first files: those of the one before go sooner.
                begun = firsts()[-1]
                wait_for("files that are deleted", lambda begun=begun: firsts()[0] > begun + 600)
                ingestor.kill()
            findings = check(logs.settings, frames)
            assert findings["surplus"] == findings["different"] == findings["other_memories"] == 0, findings
            assert findings["memories"] > 0
        with Ingestor(logs.settings, exchange, tmp_path, *options) as last:
            last.wait_for_frames(100)
            assert last.stop() < 5
    played = re.search(r"Recovered { frames: (\d+)", last.log.read_text())
    assert played is not None
    # Its run's beginning is gone: what is kept has a place at which it goes on.
    assert 0 < int(played[1]) <= findings["frames"]
    assert_nothing_is_lost(logs.settings, frames)


def test_what_a_broker_never_took_is_written_when_it_is_back_or_at_the_next_start(tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    # So long does the producer wait for the broker; otherwise five minutes.
    impatient = {"TAPEFLOW_KAFKA_DELIVERY_TIMEOUT_MS": "2000"}
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        with Exchange("--venue", "binance") as exchange:
            # Far fewer files may be kept than are needed meanwhile.
            options = ("--frames", str(frames), "--frames-file", "32KiB", "--frames-keep", "96KiB")
            with Ingestor(stack.settings, exchange, tmp_path, *options, environment=impatient) as ingestor:
                wait_for("trades", lambda: ingestor.status()["records"]["Trade"] > 3)
                stack.take_down("kafka")
                wait_for("the producer's end", lambda: "frames are kept meanwhile" in ingestor.log.read_text())
                gave_up = ingestor.status()["frames"]
                wait_for("frames", lambda: ingestor.status()["frames"] > gave_up + 100)
                assert ingestor.status()["unacknowledged"] > 0
                stack.bring_up("kafka")
                # Not until nothing is on its way: the market goes on.
                ingestor.wait_for_frames(gave_up + 100, seconds=90)
                stack.take_down("kafka")
                before = ingestor.status_from_now_on()["frames"]
                wait_for("frames that cannot be written", lambda: ingestor.status()["frames"] > before + 500)
                received = ingestor.status()["frames"] - before
                ingestor.kill()
            stack.bring_up("kafka")
            assert check(stack.settings, frames)["missing"] >= received
            with Ingestor(stack.settings, exchange, tmp_path, "--frames", str(frames)) as second:
                second.wait_for_frames(50)
                assert second.stop() < 5
        assert_nothing_is_lost(stack.settings, frames)


def test_a_frame_log_is_replayed_and_played(stack: Stack, logs: Logs, tmp_path: Path) -> None:
    """What its flows make of it, and what another ingestor hears of it, is what was made and heard then."""
    frames, prefix = tmp_path / "frames", logs.settings.topic_prefix
    with (
        Exchange("--venue", "binance") as exchange,
        Ingestor(logs.settings, exchange, tmp_path, "--frames", str(frames)) as ingestor,
    ):
        ingestor.wait_for_frames(300)
        assert ingestor.stop() < 5
    replays = {"live": [], "frames": ["--frames", str(frames)]}
    for name, options in replays.items():
        done = tapeflow(stack, tmp_path, prefix, "replay", "market", *options, "--to-topics", f"{prefix}{name}.")
        assert done.returncode == 0, done.stderr
    for topic in ("market.bars", "market.features", "risk.inbox"):
        made = [read(logs.settings, topic, f"{prefix}{name}.") for name in replays]
        assert [(one.partition, one.value) for one in made[0]] == [(one.partition, one.value) for one in made[1]], topic
    wrong = tapeflow(stack, tmp_path, prefix, "replay", "bars", "--frames", str(tmp_path))
    assert wrong.returncode == 1
    assert "has no run of an ingestor" in wrong.stderr
    with logs_of_their_own(stack) as again, Exchange("--frames", str(frames), "--speed", "max") as played:
        assert played.venue == "binance"
        with Ingestor(again.settings, played, tmp_path) as second:
            second.wait_for_frames(ingestor.status()["frames"])
        heard, then = ([_said(tick) for tick in records_of(one.settings, "market.ticks")] for one in (again, logs))
    assert [said for said in heard if said] == [said for said in then if said]
    assert len(heard) > 300


def _said(tick: Any) -> Any:
    """What the venue said, without when it was heard; nothing of what the ingestor says by itself.

    That is also the top beside a delta: it is there once the snapshot is, which comes by another connection.
    """
    if isinstance(tick, Gap | Heartbeat | BookSnapshot):
        return None
    if isinstance(tick, BookDelta):
        top = dict.fromkeys(("bid_price", "bid_quantity", "ask_price", "ask_quantity"))
        tick = replace(tick, **top, flags=tick.flags & ~(Flag.CROSSED | Flag.LOCKED))
    return replace(tick, receive_ns=0)


def make_anew(settings: Settings) -> None:
    """The topics that an ingestor writes, as a broker has them that lost everything."""
    written = [contract.load()[name] for name in ("market.ticks", "ops.dead_letters")]
    topics.remove(settings, written)
    # The broker says so before it is done.
    wait_for("topics to be made", lambda: _made(settings))


def _made(settings: Settings) -> bool:
    try:
        return len(topics.create(settings)) == 2
    except StackError:
        return False


def test_a_broker_that_lost_what_it_had_acknowledged_gets_it_again(stack: Stack, logs: Logs, tmp_path: Path) -> None:
    """After a power cut, say. Here it lost all: empty topics take the place of those that were written."""
    frames = tmp_path / "frames"
    options = ("--frames", str(frames), "--frames-file", "64KiB")

    def run(count: int) -> str:
        with Ingestor(logs.settings, exchange, tmp_path, *options) as ingestor:
            ingestor.wait_for_frames(count)
            assert ingestor.stop() < 5
        return ingestor.log.read_text()

    with Exchange("--venue", "binance", "--speed", "10") as exchange, logs_of_their_own(stack) as other:
        run(1_000)
        found = check(logs.settings, frames)
        assert (found["first"], found["memories"] > 0) == (None, True), "it goes on where all was acknowledged"
        make_anew(logs.settings)
        assert "it is written again" in run(100)
        assert_whole(logs.settings, frames, runs=2)
        # Another log, which never had any of it: nobody mends that by writing.
        with pytest.raises(AssertionError, match=rf'topic prefix "{other.settings.topic_prefix}": what it lacks there'):
            Ingestor(other.settings, exchange, tmp_path, *options).__enter__()
        # That run began behind records that are not kept.
        make_anew(logs.settings)
        with pytest.raises(AssertionError, match=r"Were the topics deleted\? Write what is kept into empty topics"):
            Ingestor(logs.settings, exchange, tmp_path, *options).__enter__()


def test_a_broker_that_loses_its_state_under_a_running_ingestor_ends_it_with_both_offsets(
    logs: Logs, tmp_path: Path
) -> None:
    frames = tmp_path / "frames"
    with (
        Exchange("--venue", "binance", "--speed", "10") as exchange,
        Ingestor(logs.settings, exchange, tmp_path, "--frames", str(frames)) as ingestor,
    ):
        ingestor.wait_for_frames(1_000)
        make_anew(logs.settings)
        assert ingestor.process.wait(timeout=60) == 1
    told = re.search(
        r"put a record at offset (\d+), where it had acknowledged others up to (\d+)", ingestor.log.read_text()
    )
    assert told is not None, ingestor.log.read_text()
    assert int(told[1]) < int(told[2])
    findings = check(logs.settings, frames)
    assert findings["missing"] > 100, "what the error says to look with names what is lost"
    # The topics hold records behind the hole: the next start would not see it.
    with Exchange("--venue", "binance") as exchange:
        seen = re.escape(f"had acknowledged offsets up to {told[2]}, and went on at {told[1]}.")
        with pytest.raises(AssertionError, match=seen):
            Ingestor(logs.settings, exchange, tmp_path, "--frames", str(frames)).__enter__()
        (frames / "lost_by_broker.json").unlink()
        with Ingestor(logs.settings, exchange, tmp_path, "--frames", str(frames)) as again:
            again.wait_for_frames(100)
            assert again.stop() < 5


def test_a_full_disk_ends_it_with_its_name_and_nothing_is_lost(logs: Logs, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    options = ("--frames", str(frames), "--frames-file", "64KiB")
    with Exchange("--venue", "binance") as exchange:
        with Ingestor(logs.settings, exchange, tmp_path, *options, full_disk=True) as ingestor:
            ingestor.wait_for_frames(100)
            ingestor.fill_the_disk(32 << 10)
            assert ingestor.process.wait(timeout=30) == 1
            assert "no room on the disk for the 65536 bytes of" in ingestor.log.read_text()
        assert check(logs.settings, frames)["surplus"] == 0, "all before is readable"
        with Ingestor(logs.settings, exchange, tmp_path, *options) as second:
            second.wait_for_frames(100)
            assert second.stop() < 5
    assert_whole(logs.settings, frames, runs=2, at_least=200)


def test_a_folder_in_use_is_refused_and_its_user_goes_on(logs: Logs, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    with (
        Exchange("--venue", "binance") as exchange,
        Ingestor(logs.settings, exchange, tmp_path, "--frames", str(frames)) as first,
    ):
        wait_for("trades", lambda: first.status()["records"]["Trade"] > 0)
        with pytest.raises(AssertionError, match="in use by another process"):
            Ingestor(logs.settings, exchange, tmp_path, "--frames", str(frames)).__enter__()
        count = first.status()["frames"]
        wait_for("more frames", lambda: first.status()["frames"] > count + 50)
