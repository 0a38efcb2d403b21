"""Every record lands once and as itself, whatever is killed meanwhile; and verify sees what does not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.connectors import clickhouse
from flows.contracts.topics import load
from flows.stack import Stack, tables, topics
from flows.stack.settings import Settings
from tests import log_of
from tests.synthetic_ticks import messages

TAPEFLOW = [sys.executable, "-m", "flows.cli"]
CHECKS = Path(__file__).resolve().parents[2] / "sql" / "checks"
IN_TIME_S = 60


class Log:
    """Topics with a prefix of their own on a shared stack, and what audits them."""

    def __init__(self, stack: Stack, prefix: str, folder: Path) -> None:
        self.stack = stack
        self.settings: Settings = replace(stack.settings, topic_prefix=prefix)
        self.status_file = folder / "audit.json"
        self._running: list[subprocess.Popen[str]] = []
        topics.create(self.settings)

    def audit(self, *options: str) -> subprocess.Popen[str]:
        command = [*TAPEFLOW, "run", "audit", "--data-dir", str(self.stack.data_dir), *options]
        started = subprocess.Popen(command, env={**os.environ, **self.settings.environment()}, text=True)
        self._running.append(started)
        return started

    def verify(self, *options: str) -> subprocess.CompletedProcess[str]:
        command = [*TAPEFLOW, "verify", "--data-dir", str(self.stack.data_dir), *options]
        environment = {**os.environ, **self.settings.environment()}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=2 * IN_TIME_S)

    def write(self, count: int, seed: int = 1) -> int:
        return log_of.write(self.settings, "market.ticks", messages(count, seed))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with clickhouse.client(self.settings.clickhouse_url) as client:
            return [tuple(row) for row in client.query(sql).result_rows]

    def landed(self, table: str = "market_ticks") -> int:
        return int(
            self.rows(f"SELECT count() FROM {table} WHERE startsWith(topic, '{self.settings.topic_prefix}')")[0][0]
        )

    def assert_equal(self) -> None:
        """Verify says so, and so does every check that is not about what flows make."""
        compared = self.verify("--wait", str(IN_TIME_S))
        assert compared.returncode == 0, compared.stdout + compared.stderr
        for check in ("offsets_contiguous", "undecodable_have_letters"):
            assert self.rows((CHECKS / f"{check}.sql").read_text().rstrip().rstrip(";")) == []

    def stop(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose services may be taken down."""
    with Stack(tmp_path_factory.mktemp("audit")) as running:
        topics.create(running.settings)
        tables.create(running.settings)
        yield running


@pytest.fixture
def log(own_stack: Stack, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    made = Log(own_stack, request.node.name.removeprefix("test_")[:40] + ".", tmp_path)
    try:
        yield made
    finally:
        made.stop()
        with clickhouse.client(own_stack.clickhouse_url) as client:
            for topic in load().values():
                client.command(f"TRUNCATE TABLE {topic.table}")


def until(done: Callable[[], bool], seconds: float = IN_TIME_S) -> None:
    deadline_s = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline_s, f"not within {seconds} s"
        time.sleep(0.1)


def told(log: Log) -> tuple[int | None, int, int]:
    """What is left of market.ticks, rows, and positions of all partitions, by the audit's own word."""
    status, topic = json.loads(log.status_file.read_text()), "market.ticks"
    rows, positions = status["rows"].get(topic, 0), status["positions"].get(topic, {})
    return (status["lag"] or {}).get(topic), rows, sum(positions.values())


def test_everything_lands_and_the_audit_ends_when_told(log: Log) -> None:
    written = log.write(30_000)
    audit = log.audit("--status-file", str(log.status_file))
    until(lambda: log.landed() == written)
    log.assert_equal()
    # In one word of its own: an earlier one may know of nothing to do yet.
    until(lambda: log.status_file.exists() and told(log) == (0, written, written))
    audit.send_signal(signal.SIGTERM)
    assert audit.wait(IN_TIME_S) == 0


def test_kill_minus_9_of_the_audit_loses_and_doubles_nothing(log: Log) -> None:
    dice = random.Random(9)
    for seed in range(5):
        audit = log.audit()
        log.write(15_000, seed)
        time.sleep(dice.uniform(0.3, 2.5))
        audit.kill()
        audit.wait()
    log.audit()
    log.assert_equal()


def test_kill_minus_9_of_clickhouse_loses_and_doubles_nothing(log: Log) -> None:
    log.audit()
    dice = random.Random(8)
    for seed in range(4):
        log.write(15_000, seed)
        time.sleep(dice.uniform(0.1, 1.0))
        process = log.stack.process("clickhouse")
        if process:
            process.kill()
    log.assert_equal()


def test_the_audit_waits_for_clickhouse_and_stops_while_it_waits(log: Log) -> None:
    written = log.write(20_000)
    audit = log.audit("--status-file", str(log.status_file))
    until(lambda: log.landed() == written)
    log.stack.take_down("clickhouse")
    log.write(20_000, seed=2)
    until(lambda: "does not answer" in (json.loads(log.status_file.read_text())["waiting_for"] or ""))
    assert log.verify().returncode == 2
    audit.send_signal(signal.SIGTERM)
    assert audit.wait(IN_TIME_S) == 0
    log.audit()
    time.sleep(1)
    log.stack.bring_up("clickhouse")
    log.assert_equal()


def test_two_audits_at_once_double_nothing(log: Log) -> None:
    audits = [log.audit(), log.audit()]
    for seed in range(4):
        log.write(10_000, seed)
        time.sleep(0.7)
    log.assert_equal()
    assert [audit.poll() for audit in audits] == [None, None]


def test_what_cannot_land_is_in_the_dead_letters_once(log: Log) -> None:
    log_of.write(log.settings, "market.ticks", [(b"BTC-USDT", b"garbage"), (b"BTC-USDT", b""), *messages(100)])
    log_of.write(log.settings, "market.bars", [(b"BTC-USDT", b"\0\0\0\x12\x67")])
    for _ in range(2):
        audit = log.audit()
        log.assert_equal()
        audit.kill()
        audit.wait()
        # As if killed between the letters and the rows: the letters are found in the log.
        with clickhouse.client(log.settings.clickhouse_url) as client:
            client.command("TRUNCATE TABLE market_ticks")
    log.audit()
    log.assert_equal()
    letters = log.rows(
        "SELECT source, reason, value, origin_offset IS NULL FROM ops_dead_letters ORDER BY source, value"
    )
    assert letters == [
        ("market.bars", "unknown_schema", "\0\0\0\x12\x67", 1),
        ("market.ticks", "parse", "", 0),
        ("market.ticks", "parse", "garbage", 0),
    ]


def test_a_token_without_its_rows_does_not_stop_the_audit(log: Log) -> None:
    """ClickHouse notes a token before the rows: a crash in between leaves a token that answers for nothing."""
    name = log.settings.topic("market.ticks")
    with clickhouse.client(log.settings.clickhouse_url) as client:
        for partition in range(4):
            client.command(
                f"INSERT INTO market_ticks (topic, partition, offset) SELECT 'elsewhere', {partition}, 0",
                settings={"insert_deduplication_token": f"{name}/{partition}/0"},
            )
        log.write(1000)
        log.audit()
        until(lambda: log.landed() > 0)
        client.command("DELETE FROM market_ticks WHERE topic = 'elsewhere'")
    log.assert_equal()


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("DELETE FROM market_ticks WHERE {at}", "missing"),
        ("INSERT INTO market_ticks SELECT * FROM market_ticks WHERE {at}", "doubled"),
        ("ALTER TABLE market_ticks UPDATE reason = 'forged' WHERE {at}", "values"),
        ("ALTER TABLE market_ticks UPDATE price = price + toDecimal128('0.000000001', 18) WHERE {at}", "values"),
    ],
)
def test_verify_names_the_first_differing_position(log: Log, damage: str, kind: str) -> None:
    log.write(8_000)
    log.audit()
    log.assert_equal()
    name = log.settings.topic("market.ticks")
    [(partition, last)] = log.rows(f"SELECT partition, max(offset) FROM market_ticks WHERE topic = '{name}' "
                                   "GROUP BY partition ORDER BY 2 DESC LIMIT 1")  # fmt: skip
    offset = last - 100
    at = f"topic = '{name}' AND partition = {partition} AND offset IN ({offset}, {last})"
    with clickhouse.client(log.settings.clickhouse_url) as client:
        client.command(damage.format(at=at), settings={"mutations_sync": 2})
    compared = log.verify("--topic", "market.ticks", "--format", "json")
    assert compared.returncode == 1, compared.stderr
    report = json.loads(compared.stdout)
    differing = [found for found in report["partitions"] if found["difference"]]
    assert [found["partition"] for found in differing] == [partition]
    assert (differing[0]["difference"]["kind"], differing[0]["difference"]["offset"]) == (kind, offset)
    shown = log.verify("--topic", "market.ticks")
    assert shown.returncode == 1
    assert f"offset {offset}: " in shown.stdout
    assert log.verify("--topic", "market.bars").returncode == 0


def test_verify_sees_rows_that_the_log_does_not_have(log: Log) -> None:
    log.write(100)
    audit = log.audit()
    log.assert_equal()
    audit.kill()
    name = log.settings.topic("market.ticks")
    with clickhouse.client(log.settings.clickhouse_url) as client:
        client.command(f"INSERT INTO market_ticks (topic, partition, offset) VALUES ('{name}', 2, 999)")
    compared = log.verify("--format", "json")
    differences = [found["difference"] for found in json.loads(compared.stdout)["partitions"] if found["difference"]]
    assert [(found["kind"], found["offset"]) for found in differences] == [("extra", 999)]


def test_a_log_that_was_made_anew_is_not_taken_for_the_old_one(log: Log) -> None:
    name = log.settings.topic("market.ticks")
    with clickhouse.client(log.settings.clickhouse_url) as client:
        client.command(f"INSERT INTO market_ticks (topic, partition, offset) VALUES ('{name}', 2, 999)")
    audit = log.audit()
    assert audit.wait(IN_TIME_S) == 1
