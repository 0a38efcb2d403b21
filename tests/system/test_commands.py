"""The commands as a person types them: what they print, and their exit codes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet
import pytest

from flows import __version__
from flows.cli import COMMANDS
from flows.stack import Stack, state

TAPEFLOW = [sys.executable, "-m", "flows.cli"]
UNBUFFERED = {**os.environ, "PYTHONUNBUFFERED": "1"}


def tapeflow(*words: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*TAPEFLOW, *map(str, words)], capture_output=True, text=True, timeout=60, input=stdin)


def refused(*words: str | Path) -> str:
    """The one line on stderr of a command that fails as foreseen."""
    run = tapeflow(*words)
    assert (run.returncode, run.stdout) == (1, ""), run
    assert run.stderr.count("\n") == 1, run.stderr
    assert run.stderr.startswith("tapeflow: ")
    return run.stderr


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a stack that `tapeflow up` started."""
    folder = tmp_path_factory.mktemp("up") / "data"
    run = tapeflow("up", "--data-dir", folder)
    assert run.returncode == 0, run
    assert "kafka: ready after" in run.stdout
    assert "topics: 9 made, tables: 9 made" in run.stdout
    yield folder
    tapeflow("down", "--data-dir", folder, "--wipe")


def test_version_and_help() -> None:
    assert tapeflow("--version").stdout == f"tapeflow {__version__}\n"
    everything = tapeflow("--help").stdout
    for command in COMMANDS:
        assert command in everything
        assert tapeflow(command, "--help").returncode == 0
    assert tapeflow("no-such-command").returncode == 2


def test_the_command_line_answers_at_once() -> None:
    """It loads nothing that takes time: that is for the command which needs it."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flows.cli", "--version"], capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.stderr.splitlines()}
    assert "typer" in loaded
    assert not loaded & {"bytewax", "clickhouse_connect", "confluent_kafka", "fastavro", "numpy", "pandas", "pyarrow"}
    assert "flows._native" not in told.stderr


def test_a_second_up_says_so(up: Path) -> None:
    owner = state.read(up).owner
    assert owner is not None
    again = tapeflow("up", "--data-dir", up)
    assert again.returncode == 0
    assert f"already running on {up} (process {owner.pid})" in again.stdout


def test_status(up: Path) -> None:
    run = tapeflow("status", "--data-dir", up, "--format", "json")
    assert run.returncode == 0
    services = {service["name"]: service for service in json.loads(run.stdout)["services"]}
    assert {name: service["state"] for name, service in services.items()} == dict.fromkeys(
        ("kafka", "clickhouse", "registry"), "up"
    )
    assert services["kafka"]["endpoint"] == state.read(up).bootstrap_servers
    assert "kafka       up" in tapeflow("status", "--data-dir", up).stdout


@pytest.mark.timeout(30)
def test_status_again_and_again(up: Path) -> None:
    command = [*TAPEFLOW, "status", "--watch", "--format", "json", "--data-dir", str(up)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=UNBUFFERED) as watching:
        assert watching.stdout is not None
        looks = [json.loads(watching.stdout.readline()) for _ in range(2)]
        watching.send_signal(signal.SIGINT)
        assert watching.wait(10) == 130
    assert all(service["state"] == "up" for look in looks for service in look["services"])


def test_status_of_a_stopped_service_is_exit_code_1(up: Path) -> None:
    process = state.read(up).services["clickhouse"].process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        run = tapeflow("status", "--data-dir", up)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    assert run.returncode == 1
    assert "clickhouse  not answering" in run.stdout


def test_logs(up: Path) -> None:
    assert "ready after" in tapeflow("logs", "supervisor", "--data-dir", up).stdout
    assert "kafka      | " in tapeflow("logs", "--data-dir", up, "-n", "1").stdout
    assert "there are clickhouse, kafka, supervisor" in refused("logs", "nobody", "--data-dir", up)


@pytest.mark.timeout(30)
def test_logs_follow(up: Path) -> None:
    command = [*TAPEFLOW, "logs", "supervisor", "-f", "-n", "1", "--data-dir", str(up)]
    following = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=UNBUFFERED)
    try:
        assert following.stdout is not None
        assert following.stdout.readline()
        with (up / "logs" / "supervisor.log").open("a") as log:
            log.write("a new line\n")
        assert following.stdout.readline() == "a new line\n"
        following.send_signal(signal.SIGINT)
        assert following.wait(10) == 130
    finally:
        following.kill()


ASKED = (
    "SELECT a, toDecimal64(b, 4) AS b, c "
    "FROM values('a UInt8, b String, c String', (1, '0.50', 'x,y'), (2, '-7', 'z')) ORDER BY a"
)


def test_query_formats(up: Path, tmp_path: Path) -> None:
    assert "│ 1 │ 0.5 │ x,y │" in tapeflow("query", ASKED, "--data-dir", up).stdout
    assert tapeflow("query", ASKED, "--format", "csv", "--data-dir", up).stdout == (
        '"a","b","c"\n1,0.5,"x,y"\n2,-7,"z"\n'
    )
    rows = [{"a": 1, "b": 0.5, "c": "x,y"}, {"a": 2, "b": -7, "c": "z"}]
    assert json.loads(tapeflow("query", ASKED, "--format", "json", "--data-dir", up).stdout) == rows
    file = tmp_path / "rows.parquet"
    assert tapeflow("query", ASKED, "--format", "parquet", "-o", file, "--data-dir", up).stdout == ""
    assert [row["c"] for row in pyarrow.parquet.read_table(file).to_pylist()] == ["x,y", "z"]


def test_a_refused_query_is_clickhouses_own_line(up: Path, tmp_path: Path) -> None:
    kept = tmp_path / "rows.csv"
    kept.write_text("of yesterday")
    assert "Code: 60. Unknown table" in refused("query", "SELECT * FROM nowhere", "-o", kept, "--data-dir", up)
    assert kept.read_text() == "of yesterday"


def test_query_of_a_stopped_stack_reads_its_folder(tmp_path: Path) -> None:
    with Stack(tmp_path):
        made = "CREATE TABLE t ORDER BY a AS SELECT number AS a FROM numbers(10)"
        # Nobody drops a table by a slip.
        assert "READONLY" in refused("query", made, "--data-dir", tmp_path)
        assert tapeflow("query", made, "--write", "--data-dir", tmp_path).returncode == 0
    count = tapeflow("query", "SELECT sum(a) AS s FROM t", "--format", "json", "--data-dir", tmp_path)
    assert json.loads(count.stdout) == [{"s": 45}], count
    assert "Code: 47" in refused("query", "SELECT b FROM t", "--data-dir", tmp_path)
    assert "readonly" in refused("query", "DROP TABLE t", "--data-dir", tmp_path)
    file = tmp_path / "t.parquet"
    table = tapeflow("query", "SELECT min(a) AS a FROM t", "--format", "parquet", "-o", file, "--data-dir", tmp_path)
    assert table.returncode == 0
    assert pyarrow.parquet.read_table(file).to_pylist() == [{"a": 0}]


def test_nothing_there_is_one_line(tmp_path: Path) -> None:
    assert "no stack is running" in refused("query", "SELECT 1", "--data-dir", tmp_path)
    assert "no logs" in refused("logs", "--data-dir", tmp_path)
    assert tapeflow("status", "--data-dir", tmp_path).returncode == 1
    assert "no stack is running" in tapeflow("down", "--data-dir", tmp_path).stdout


def test_what_stops_up_is_one_line(tmp_path: Path) -> None:
    assert "does not exist" in refused("up", "--data-dir", tmp_path / "no" / "folder")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"clickhouse: port {port} on 127.0.0.1 is taken" in refused(
            "up", "--data-dir", tmp_path, "--clickhouse-port", str(port)
        )


@pytest.mark.parametrize(("number", "after"), [(signal.SIGINT, ""), (signal.SIGTERM, "kafka: ready")])
def test_foreground_stops_on_a_signal_at_any_moment(tmp_path: Path, number: signal.Signals, after: str) -> None:
    command = [*TAPEFLOW, "up", "--foreground", "--data-dir", str(tmp_path)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=UNBUFFERED)
    try:
        assert running.stdout is not None
        for line in running.stdout:
            if after in line:
                break
        children = [service.process for service in state.read(tmp_path).services.values() if service.process]
        running.send_signal(number)
        assert running.wait(60) == 0
        assert not any(child.alive() for child in children)
    finally:
        running.kill()


def test_wipe_deletes_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Stack(folder):
        pass
    assert f"wiped {folder}" in tapeflow("down", "--wipe", "--data-dir", folder).stdout
    assert not folder.exists()
