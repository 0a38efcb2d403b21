"""Audit: rows per second from the log to ClickHouse, beside the same columns straight through clickhouse-connect.

`make bench BENCH=audit`. The peer's rows are ready in memory before its time begins: no log is read, nothing decoded,
and it need not know what has landed before. Broker, ClickHouse and audit share this machine.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
from clickhouse_connect.driver.client import Client

from flows._native import landing_table
from flows.connectors import clickhouse
from flows.stack import Stack, tables, topics
from tests import log_of
from tests.synthetic_ticks import messages

ROWS = 600_000
DISTINCT = 20_000
PEER_BLOCK = 100_000
ROUNDS = 3


def test_audit(tmp_path: Path) -> None:
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        tables.create(stack.settings)
        ticks = list(messages(DISTINCT))
        written = log_of.write(stack.settings, "market.ticks", itertools.islice(itertools.cycle(ticks), ROWS))
        with clickhouse.client(stack.clickhouse_url) as client:
            audits = [audit(stack, client, written) for _ in range(ROUNDS)]
            raw = best(raw_blocks(client), lambda block: insert_raw(client, block), client)
            arrow = best(arrow_blocks(client), lambda block: client.insert_arrow("peer", block), client)
    rate, cpu_us, resident_mb = max(audits)
    rates = ", ".join(f"{each[0]:,.0f}" for each in audits)
    print(f"\n{written:,} records of market.ticks; audit {rates} rows/s in {ROUNDS} rounds")
    print(f"audit process: {cpu_us:.1f} us of CPU a row, {resident_mb:.0f} MB resident")
    print(f"clickhouse-connect: raw RowBinary {raw:,.0f} rows/s, insert_arrow {arrow:,.0f} rows/s")
    print(f"audit: {rate:,.0f} rows/s, clickhouse-connect insert_arrow {arrow:,.0f}, ratio {rate / arrow:.2f}")


def audit(stack: Stack, client: Client, written: int) -> tuple[float, float, float]:
    """Rows/s, microseconds of CPU a row, and resident MB, from the first block that lands to the last."""
    client.command("TRUNCATE TABLE market_ticks")
    command = [sys.executable, "-m", "flows.cli", "run", "audit", "--data-dir", str(stack.data_dir)]
    process = subprocess.Popen(command, env={**os.environ, **stack.settings.environment()})
    try:
        first = first_s = 0.0
        cpu_s = 0.0
        watched = psutil.Process(process.pid)
        while True:
            landed, now_s = int(client.query("SELECT count() FROM market_ticks").result_rows[0][0]), time.monotonic()
            if landed and not first:
                first, first_s, cpu_s = landed, now_s, sum(watched.cpu_times()[:2])
            if landed == written:
                rows = written - first
                used_s = sum(watched.cpu_times()[:2]) - cpu_s
                return rows / (now_s - first_s), used_s / rows * 1e6, watched.memory_info().rss / 1e6
            time.sleep(0.02)
    finally:
        process.terminate()
        process.wait()


def best(blocks: list[object], insert: Callable[[object], object], client: Client) -> float:
    """Rows/s of the best round into an empty table of the same definition."""
    rates = []
    for _ in range(ROUNDS):
        client.command("DROP TABLE IF EXISTS peer")
        client.command("CREATE TABLE peer AS market_ticks")
        start_s = time.monotonic()
        for block in blocks:
            insert(block)
        rates.append(client.query("SELECT count() FROM peer").result_rows[0][0] / (time.monotonic() - start_s))
    return max(rates)


def raw_blocks(client: Client) -> list[object]:
    return [client.raw_query(sql, fmt="RowBinary") for sql in selects()]


def arrow_blocks(client: Client) -> list[object]:
    return [client.query_arrow(sql) for sql in selects()]


def insert_raw(client: Client, block: object) -> None:
    assert isinstance(block, bytes)
    client.raw_insert("peer", column_names=columns(), insert_block=block, fmt="RowBinary")


def selects() -> Iterable[str]:
    names = ", ".join(f"`{name}`" for name in columns())
    for first in range(0, ROWS, PEER_BLOCK):
        yield f"SELECT {names} FROM market_ticks ORDER BY topic, partition, offset LIMIT {PEER_BLOCK} OFFSET {first}"


def columns() -> list[str]:
    return landing_table("market.ticks")[1]
