"""What views read from projections is what the rows say, however ClickHouse was killed, and whatever landed twice."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from flows.connectors import clickhouse
from flows.errors import TapeflowError
from flows.stack import tables
from flows.stack.clickhouse import ClickHouse
from flows.stack.ports import choose
from flows.stack.settings import CLICKHOUSE_URL, Settings

TICKS = """
INSERT INTO market_ticks (topic, partition, offset, kind, venue, instrument, receive_ns, bid_price, ask_price, stream,
    expected_id, received_id, flags)
WITH {first} + number AS n
SELECT 'market.ticks', 0, n, multiIf(n % 97 = 0, 'Gap', n % 3 = 0, 'Quote', 'Trade'), 'binance', 'BTC-USDT',
    fromUnixTimestamp64Milli(1767225600000 + (n * 7919) % 600000, 'UTC'), 100, 98 + n % 5,
    if(n % 97 = 0, 'trade', ''), 0, n % 11, n % 16
FROM numbers({rows})
"""
MARKS = """
INSERT INTO risk_inbox (topic, partition, offset, kind, account, venue, instrument, receive_ns, origin_partition,
    origin_offset, origin_index, price)
WITH {first} + number AS n
SELECT 'risk.inbox', 0, n, 'Mark', 'main', 'binance', 'BTC-USDT',
    fromUnixTimestamp64Milli(1767225600000 + n * 7, 'UTC'), 0, n, 0, n
FROM numbers({rows})
"""
VIEWS = ("tick_minutes", "mark_minutes", "data_quality")


class Server:
    """An embedded ClickHouse of its own, to be killed."""

    def __init__(self, folder: Path) -> None:
        self._service = ClickHouse(folder / "clickhouse", folder / "log", choose("clickhouse", 0, None, ()))
        self._service.prepare()
        self.settings = Settings(folder, external={CLICKHOUSE_URL: self._service.url})
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._service.command())
        for _ in range(600):
            if self._service.ready():
                return
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.1)
        raise AssertionError("ClickHouse did not start")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.kill()


def rows(client: Client, view: str, projections: int) -> list[tuple[object, ...]]:
    settings = {"optimize_use_projections": projections}
    return sorted(tuple(row) for row in client.query(f"SELECT * FROM {view}", settings=settings).result_rows)


def assert_equal_to_rows(server: Server) -> None:
    with clickhouse.client(server.settings.clickhouse_url) as client:
        for view in VIEWS:
            assert rows(client, view, 1) == rows(client, view, 0), view
        plan = "\n".join(str(row) for row in client.query("EXPLAIN SELECT * FROM tick_minutes").result_rows)
        assert "(minutes)" in plan, plan


def test_a_killed_clickhouse_keeps_both(server: Server) -> None:
    tables.create(server.settings)
    landed = 0
    for seed in range(3):
        stop = threading.Event()

        def land(begin: int, stop: threading.Event = stop) -> None:
            nonlocal landed
            with suppress(TapeflowError), clickhouse.client(server.settings.clickhouse_url) as client:
                for first in range(begin, begin + 2_000_000, 2_000):
                    if stop.is_set():
                        return
                    for insert in (TICKS, MARKS):
                        client.command(insert.format(first=first, rows=2_000))
                    landed += 2_000

        writer = threading.Thread(target=land, args=(10_000_000 * seed,))
        writer.start()
        writer.join(0.5 + random.Random(seed).random())
        server.kill()
        stop.set()
        writer.join()
        server.start()
        assert_equal_to_rows(server)
    assert landed > 0


def test_what_lands_twice_or_is_deleted_counts_as_its_rows_do(server: Server) -> None:
    tables.create(server.settings)
    with clickhouse.client(server.settings.clickhouse_url) as client:
        for _ in range(2):
            client.command(TICKS.format(first=0, rows=5_000), settings={"insert_deduplication_token": "ticks/0/0"})
            client.command(MARKS.format(first=0, rows=5_000), settings={"insert_deduplication_token": "inbox/0/0"})
        assert client.query("SELECT sum(records) FROM tick_minutes").result_rows == [(5_000,)]
        client.command("DELETE FROM market_ticks WHERE offset < 1000")
        client.command("DELETE FROM risk_inbox WHERE offset % 2 = 0")
        assert client.query("SELECT sum(records) FROM tick_minutes").result_rows == [(4_000,)]
    assert_equal_to_rows(server)


def test_tables_of_before_get_their_rollups(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tables.files, "ROLLUPS", tmp_path)
        tables.create(server.settings)
    with clickhouse.client(server.settings.clickhouse_url) as client:
        client.command(TICKS.format(first=0, rows=5_000))
        assert "(minutes)" not in str(client.query("EXPLAIN SELECT * FROM tick_minutes").result_rows)
        tables.create(server.settings)
        client.command("OPTIMIZE TABLE market_ticks FINAL")
    assert_equal_to_rows(server)


def test_a_repeated_or_late_mark_is_not_the_last_one(server: Server) -> None:
    tables.create(server.settings)
    with clickhouse.client(server.settings.clickhouse_url) as client:
        client.command(MARKS.format(first=0, rows=10))
        # What a dying process wrote late: record 3 once more, behind all others.
        client.command(MARKS.format(first=3, rows=1).replace("'risk.inbox', 0, n", "'risk.inbox', 0, 10"))
        assert [float(row[0]) for row in client.query("SELECT price FROM mark_minutes").result_rows] == [9.0]
