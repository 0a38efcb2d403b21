"""The stack lives and dies with its owner, restarts what dies, and says in one line what is wrong."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer

from flows.connectors import clickhouse
from flows.stack import Stack, folder, ports, state, topics
from flows.stack.errors import AlreadyRunning, DiskFull, FolderUnusable, PortTaken, ServiceFailed
from flows.stack.failure import reason_of
from flows.stack.health import check
from flows.stack.process import Identity, Process
from flows.stack.settings import Settings

# How soon clients of this project ask again: rust_ingest/tapelog/src/config.rs.
AS_OUR_CLIENTS = {
    "enable.idempotence": True,
    "linger.ms": 0,
    "retry.backoff.ms": 20,
    "retry.backoff.max.ms": 500,
    "reconnect.backoff.ms": 50,
    "reconnect.backoff.max.ms": 1000,
}


def wait_until(done: Callable[[], bool], timeout_s: float = 90) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def well(stack: Stack) -> bool:
    return all(service.well for service in check(stack.settings))


def written_and_read(stack: Stack, value: bytes) -> list[bytes]:
    """Writes one record to `ops.dead_letters`, and reads that topic from its beginning."""
    producer = Producer({**stack.settings.kafka(), "acks": "all", "log_level": 0})
    producer.produce("ops.dead_letters", value)
    assert producer.flush(60) == 0
    consumer = Consumer({**stack.settings.kafka(), "group.id": str(time.time()), "auto.offset.reset": "earliest"})
    consumer.subscribe(["ops.dead_letters"])
    found: list[bytes] = []
    try:
        while value not in found:
            message = consumer.poll(60)
            assert message is not None
            assert message.error() is None
            found.append(message.value())
    finally:
        consumer.close()
    return found


def test_a_life_with_accidents(tmp_path: Path) -> None:
    """Both services are killed, the stack is stopped and started again: ports stay, and nothing is lost."""
    said: list[str] = []
    with Stack(tmp_path, report=said.append) as stack:
        topics.create(stack.settings)
        assert written_and_read(stack, b"first") == [b"first"]
        with clickhouse.client(stack.clickhouse_url) as client:
            client.command("CREATE TABLE kept (a Int32) ORDER BY a")
            client.command("INSERT INTO kept VALUES (1)")
        endpoints = (stack.bootstrap_servers, stack.clickhouse_url, stack.registry_url)
        for service in ("kafka", "clickhouse"):
            process = stack.process(service)
            assert process is not None
            os.kill(process.pid, signal.SIGKILL)
        # By the supervisor's own word: who looks on a busy machine may see them well before and after.
        wait_until(lambda: all(any(f"{service}: died" in line for line in said) for service in ("kafka", "clickhouse")))
        wait_until(lambda: well(stack))
        assert written_and_read(stack, b"second") == [b"first", b"second"]
        assert "kafka: died (ended by SIGKILL); starts again in 0.25 s" in said
        stack.take_down("clickhouse")
        with pytest.raises(clickhouse.ClickHouseUnavailable), clickhouse.client(stack.clickhouse_url):
            pass
        stack.bring_up("clickhouse")
    with Stack(tmp_path) as stack:
        assert (stack.bootstrap_servers, stack.clickhouse_url, stack.registry_url) == endpoints
        assert written_and_read(stack, b"third") == [b"first", b"second", b"third"]
        with clickhouse.client(stack.clickhouse_url) as client:
            assert client.command("SELECT sum(a) FROM kept") == 1


def test_clients_outlive_the_brokers_restart(tmp_path: Path) -> None:
    """Every client that writes while the broker goes down and comes up again gets its records in.

    librdkafka forgets its last broker when that one, on its way down, names none (its issue 5301): then one client in
    thirty never wrote again. So many of them here.
    """
    with Stack(tmp_path) as stack:
        topics.create(stack.settings)
        settings = {**stack.settings.kafka(), **AS_OUR_CLIENTS, "log_level": 0}
        producers = [Producer(settings) for _ in range(40)]
        done = threading.Event()

        def write() -> None:
            # One record each at a time: librdkafka sends no further one behind five that have no answer yet, and asks
            # its socket without rest until the answer comes. Forty such clients left the broker no processor at all.
            while not done.wait(0.1):
                for number, producer in enumerate(producers):
                    if not len(producer):
                        producer.produce("market.ticks", b"a record", partition=number % 4)
                    producer.poll(0)

        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(2)
        stack.take_down("kafka")
        stack.bring_up("kafka")
        done.set()
        writer.join()
        deadline = time.monotonic() + 60
        waiting = [producer.flush(max(0.1, deadline - time.monotonic())) for producer in producers]
        assert not any(waiting), f"records that clients still hold: {waiting}"
        for producer in producers:
            producer.purge()


def test_all_die_with_their_owner_and_the_next_start_clears_up(tmp_path: Path) -> None:
    # As a desk's supervisor runs it, with one log for all that it says.
    log, data_dir = tmp_path / "said", tmp_path / "data"
    command = [sys.executable, "-m", "flows.stack.daemon", str(data_dir), "0", "0", "0"]
    with log.open("w") as file:
        owner = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: state.read(data_dir).ready)
        # Without its time a line is the one for `tapeflow up`.
        assert all(re.match(r"\d{4}-\d\d-\d\dT", line) for line in log.read_text().splitlines())
        assert "ready after" in log.read_text()
        with pytest.raises(AlreadyRunning, match=f"process {owner.pid}"):
            Stack(data_dir).start()
        services = [service.process for service in state.read(data_dir).services.values()]
        assert len(services) == 2
    finally:
        owner.kill()
        owner.wait()
    wait_until(lambda: not any(service is not None and service.alive() for service in services))
    assert Settings.load(data_dir).running == state.State()
    said: list[str] = []
    with Stack(data_dir, report=said.append) as stack:
        assert well(stack)
    assert f"the former owner, process {owner.pid}, ended without stopping the stack: clearing up" in said


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server((ports.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"kafka: port {port} on 127.0.0.1 is taken"):
            Stack(tmp_path, kafka_port=port).start()
    assert not (tmp_path / "kafka").exists()


def test_a_remembered_port_that_is_taken_gives_way(tmp_path: Path) -> None:
    with socket.create_server((ports.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        chosen = ports.choose("kafka", 0, port, [])
    assert chosen != port
    assert ports.choose("kafka", 0, chosen, []) == chosen


@pytest.mark.parametrize(
    ("path", "reason"),
    [("missing/folder", "missing does not exist"), ("file", "it is a file"), ("file/folder", "file does not exist")],
)
def test_an_unusable_folder_is_named(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable, match=reason):
        Stack(tmp_path / path).start()


def test_a_full_disk_is_told_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(1 << 40, 1 << 40, 5 << 20))
    with pytest.raises(DiskFull, match="5 MB free"):
        Stack(tmp_path).start()


def test_a_service_that_cannot_start_leaves_none_running(tmp_path: Path) -> None:
    (tmp_path / "kafka" / "log").mkdir(parents=True)
    (tmp_path / "kafka" / "log" / "meta.properties").write_text("version=7\n")
    stack = Stack(tmp_path)
    with pytest.raises(ServiceFailed, match="kafka did not start") as raised:
        stack.start()
    assert "\n" not in str(raised.value)
    assert state.read(tmp_path).owner is None
    # The lock is free again.
    state.Lock(tmp_path).release()


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ("java.io.IOException: No space left on device", 1, "the disk is full"),
        ("Address already in use", 1, "its port is taken"),
        ("ERROR something else\nand more", 3, "exit code 3: ERROR something else"),
    ],
)
def test_why_a_process_ended_is_one_line(tmp_path: Path, said: str, code: int, reason: str) -> None:
    log = tmp_path / "log"
    log.write_text("No space left on device, said an earlier run\n")
    ended = Process.start("test", [sys.executable, "-c", f"print({said!r}); raise SystemExit({code})"], log)
    ended.wait(10)
    assert reason_of(ended).startswith(reason)
    assert "\n" not in reason_of(ended)


def test_a_process_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(99)"
    process = Process.start("deaf", [sys.executable, "-c", code], tmp_path / "log")
    wait_until(lambda: "ready" in (tmp_path / "log").read_text())
    assert process.stop(grace_s=0.2) == -signal.SIGKILL


def test_a_process_id_used_again_is_another_process() -> None:
    this = Identity.of_this_process()
    assert this.alive()
    assert not Identity(this.pid, this.started_s - 10).alive()


def test_wipe_leaves_what_is_not_ours(tmp_path: Path) -> None:
    for name in ("kafka", "logs", "frames"):
        (tmp_path / name).mkdir()
    (tmp_path / "thesis.txt").touch()
    assert folder.wipe(tmp_path) == ["thesis.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
