"""Reports on a long tape: how long each takes without rollups, and with them.

`make bench BENCH=reports`; TAPE_ROWS=10000000 for a shorter one. Of each report the time from asking to the last byte
of all sections, the best of three, beside the processor time that ClickHouse took for it: on a machine that others use
as well only the second tells. Needs 8 GB of disk for 100 million rows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from flows.connectors import clickhouse
from flows.reports.asked import Asked
from flows.reports.catalogue import REPORTS, Report
from flows.reports.run import make
from flows.stack import tables
from flows.stack.clickhouse import ClickHouse
from flows.stack.ports import choose
from flows.stack.settings import CLICKHOUSE_URL, Settings
from tests.bench.tape import Tape, lay

ROWS = int(os.environ.get("TAPE_ROWS", 100_000_000))
ROUNDS = 3
TARGET_S = 2.0


def test_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape = Tape(ROWS)
    hour = Asked(from_ns=(tape.end_s - 3_600) * 1_000_000_000 + 1, to_ns=tape.end_s * 1_000_000_000 - 1)
    with server(tmp_path) as (settings, process):
        with monkeypatch.context() as patch:
            # Neither projections nor indices.
            patch.setattr(tables.files, "ROLLUPS", tmp_path)
            tables.create(settings)
        begin_s = time.monotonic()
        with clickhouse.client(settings.clickhouse_url) as client:
            lay(client, tape)
            rows, stored = client.query(
                "SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'default'"
            ).result_rows[0]
        print(f"\n{rows:,} rows, {stored / 1e9:.1f} GB, laid in {time.monotonic() - begin_s:.0f} s")
        before = {report.name: taken(settings, process, report, Asked(), rounds=1) for report in REPORTS}
        tables.create(settings)
        added_s = wait_for_rollups(settings)
        print(f"rollups of what is there: {added_s:.0f} s")
        slowest_s = 0.0
        print(f"{'report':<14}{'without':>17}{'with':>17}{'last hour':>17}   wall and processor seconds")
        for report in REPORTS:
            whole, last = (taken(settings, process, report, asked, ROUNDS) for asked in (Asked(), hour))
            slowest_s = max(slowest_s, whole[0], last[0])
            shown = "".join(f"{wall_s:>8.2f} /{cpu_s:>7.2f}" for wall_s, cpu_s in (before[report.name], whole, last))
            print(f"{report.name:<14}{shown}")
        print(f"slowest report: {slowest_s:.2f} s, target {TARGET_S:.0f} s")


@contextmanager
def server(folder: Path) -> Iterator[tuple[Settings, psutil.Process]]:
    """An embedded ClickHouse alone: no report asks the broker."""
    service = ClickHouse(folder / "clickhouse", folder / "log", choose("clickhouse", 0, None, ()))
    service.prepare()
    process = subprocess.Popen(service.command())
    try:
        while not service.ready():
            assert process.poll() is None, "ClickHouse did not start"
            time.sleep(0.1)
        yield Settings(folder, external={CLICKHOUSE_URL: service.url}), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()
        # pytest keeps temporary folders for a while; this one is too large for that.
        shutil.rmtree(folder / "clickhouse")


def taken(
    settings: Settings, process: psutil.Process, report: Report, asked: Asked, rounds: int
) -> tuple[float, float]:
    """Wall seconds, and processor seconds of ClickHouse, of the best round."""
    found = []
    for _ in range(rounds):
        begin_s, cpu_s = time.monotonic(), sum(process.cpu_times()[:2])
        make(settings, report, asked)
        found.append((time.monotonic() - begin_s, sum(process.cpu_times()[:2]) - cpu_s))
    return min(found)


def wait_for_rollups(settings: Settings) -> float:
    begin_s = time.monotonic()
    with clickhouse.client(settings.clickhouse_url) as client:
        while client.query("SELECT count() FROM system.mutations WHERE NOT is_done").result_rows != [(0,)]:
            time.sleep(0.5)
    return time.monotonic() - begin_s
