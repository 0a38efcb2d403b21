"""A desk as an operator runs it: deployed once, it goes on through what happens to it."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
from itertools import islice

import psutil
import pytest

from flows import journal
from flows.desk import deployed
from flows.stack import ports
from tests.desk.desk_at import DeskAt, until
from tests.desk.ticking import STRATEGY

FILE = (
    STRATEGY
    + """\
[venues.binance]
symbols = ["BTCUSDT"]
stream_url = "ws://127.0.0.1:{port}"
rest_url = "http://127.0.0.1:{port}"
frames = "frames"
tick_files = "ticks"

[groups]
pairs = ["BTC-USDT", "ETH-USDT"]

[[limits]]
account = "main"
venue = "binance"
instrument = "BTC-USDT"
max_order_quantity = "1"
max_position = "1"
max_order_notional = "100000"
max_gross_notional = "100000"
max_price_age_s = 60

[exchange]
listen = "127.0.0.1:{port}"
symbols = ["BTCUSDT"]

[flows.market]
[flows.risk]
[router]
"""
)
ALL = ("exchange", "market", "risk", "router", "ingestor-binance")


@pytest.mark.timeout(900)
def test_a_desk_from_its_file_to_its_end(desk: DeskAt) -> None:
    desk.write(FILE.format(port=ports.choose("exchange", 0, None, ())))
    said = desk.well("deploy")
    assert "limits of main for BTC-USDT at binance: said to the log" in said
    assert "account main trades nothing yet" in said
    # The terminal in which it was deployed is gone.
    assert desk.states() == dict.fromkeys(ALL, "runs")
    assert "router: runs already" in desk.shown("deploy")
    assert "said to the log" not in desk.shown("deploy", "risk")

    _keeps_no_secret(desk)
    _is_not_changed_by_accident(desk)
    _says_how_it_does(desk)
    _follows_its_log(desk)
    _runs_as_another_number_of_processes(desk)
    _takes_another_file(desk)
    _goes_on_after_a_crash(desk)
    _stays_stopped(desk)
    _comes_back_after_a_power_cut(desk)
    _takes_back_what_does_not_start(desk)

    supervisor = desk.supervisor.identity()
    assert supervisor is not None
    desk.well("undeploy", "--all")
    assert desk.states() == {}
    assert not supervisor.alive()


def _keeps_no_secret(desk: DeskAt) -> None:
    secret = desk.environment["TAPEFLOW_VENUE_SECRET"].encode()
    assert [file for file in desk.data_dir.rglob("*") if file.is_file() and secret in file.read_bytes()] == []
    assert desk.places.folder.stat().st_mode & 0o077 == 0


def _is_not_changed_by_accident(desk: DeskAt) -> None:
    assert "bars would write market.bars, as market does" in desk.refused("deploy", "bars")
    other = desk.refused("deploy", "market", TAPEFLOW_TOPIC_PREFIX="other.")
    assert "was deployed with services.topic_prefix" in other
    other = desk.refused("restart", "market", TAPEFLOW_KAFKA_CLIENT_ID="other")
    assert "TAPEFLOW_KAFKA_CLIENT_ID is not what it was" in other


def _says_how_it_does(desk: DeskAt) -> None:
    until("ticks flow", lambda: (desk.programs()["market"].records_per_s or 0) > 0)
    found = desk.programs()
    market = found["market"]
    assert (market.state, market.engine, market.restarts, market.dead_letters) == ("running", "rust", 0, 0)
    assert market.lag_s < 30
    assert market.snapshot_age_s < 30
    assert market.resident_bytes > 10 << 20
    # One group is one partition: the other three have no record.
    assert sorted(bool(offset) for offset in market.positions["market.ticks"].values()) == [False] * 3 + [True]
    assert found["ingestor-binance"].records_per_s is not None
    assert list((desk.folder / "frames").glob("*.frames"))
    with journal.open(desk.folder / "ticks", ("BTC-USDT", "binance")) as ticks:
        assert len(ticks.ticks) > 0
    assert "market " in desk.shown("status")
    assert "spawned: 'market'" in desk.shown("logs", "desk")
    desk.shown("logs", "market")


def _follows_its_log(desk: DeskAt) -> None:
    words = [sys.executable, "-m", "flows.cli", "logs", "desk", "--follow", "--lines", "1"]
    following = subprocess.Popen(words, env=desk.environment, stdout=subprocess.PIPE, text=True)
    assert following.stdout
    try:
        assert following.stdout.readline(), "the newest line"
        desk.shown("restart", "risk")
        # Others may come first: a program is said to run some seconds after its start.
        assert any("risk" in line for line in islice(following.stdout, 20))
    finally:
        following.send_signal(signal.SIGINT)
        following.communicate(timeout=20)


def _runs_as_another_number_of_processes(desk: DeskAt) -> None:
    for processes in (2, 1):
        desk.shown("scale", "market", str(processes))
        owner = psutil.Process(desk.pid("market"))
        members = [child for child in owner.children(recursive=True) if "--process" in child.cmdline()]
        assert len(members) == (processes if processes > 1 else 0)
        until("ticks flow", lambda: (desk.programs()["market"].records_per_s or 0) > 0)


def _takes_another_file(desk: DeskAt) -> None:
    wider = FILE.replace('max_position = "1"', 'max_position = "2"')
    (desk.folder / "wider.toml").write_text(wider.format(port=_exchange_port(desk)))
    assert "limits of main for BTC-USDT at binance: said to the log" in desk.shown(
        "deploy", "risk", "--config", "wider.toml"
    )
    assert "limits of main for BTC-USDT at binance: said to the log" in desk.shown("deploy", "risk")


def _exchange_port(desk: DeskAt) -> str:
    found = re.search(r"ws://127.0.0.1:(\d+)", (desk.folder / "tapeflow.toml").read_text())
    assert found
    return found[1]


def _goes_on_after_a_crash(desk: DeskAt) -> None:
    before = desk.pid("market")
    os.kill(before, signal.SIGKILL)
    until("market is started again", lambda: desk.programs()["market"].restarts == 1)
    until("it works", lambda: (desk.programs()["market"].records_per_s or 0) > 0)
    assert desk.pid("market") != before


def _stays_stopped(desk: DeskAt) -> None:
    desk.shown("stop", "risk")
    assert desk.states()["risk"] == "stopped"
    assert "risk: stays stopped" in desk.shown("deploy")
    assert desk.states()["risk"] == "stopped"
    desk.shown("restart", "risk")
    assert desk.states()["risk"] == "runs"


def _comes_back_after_a_power_cut(desk: DeskAt) -> None:
    desk.lose_power()
    assert set(desk.states().values()) == {"down"}
    assert desk.here("status").returncode == 1
    with (desk.data_dir / "state" / "flows" / "risk.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # What cannot start now holds nobody up.
        assert "not all runs yet: risk" in desk.refused("deploy")
        until("all others run", lambda: sorted(desk.states().values()) == ["down", *["runs"] * 4], seconds=20)
    until("risk is tried again", lambda: desk.states() == dict.fromkeys(ALL, "runs"))


def _takes_back_what_does_not_start(desk: DeskAt) -> None:
    before = deployed.read(desk.places).programs["market"]
    refused = desk.refused("deploy", "market", "--set", "features.ema_fast=13")
    assert "market does not start: ema_fast was 12 when the snapshot was taken" in refused
    assert deployed.read(desk.places).programs["market"] == before
    until("it runs as before", lambda: desk.programs()["market"].state == "running")


def test_bad_input_is_one_line_and_leaves_nothing(desk: DeskAt) -> None:
    desk.write(FILE.format(port=1))
    (desk.folder / "key").write_text("test-key\ntest-secret\n")
    (desk.folder / "key").chmod(0o644)
    for words, said in {
        ("deploy", "router", "--set", "router.key_file=key"): "others can read",
        ("deploy", "nonsense"): "there is no flow nonsense",
        ("deploy", "none/flow.py"): "none: there is no file",
        ("deploy", "market", "--config", "none.toml"): "none.toml: No such file",
        ("deploy", "market", "--set", "flows.market.wrokers=2"): "did you mean workers?",
        ("stop", "market"): "market is not deployed",
        ("restart", "--all", "market"): "name what it is for",
        ("scale", "market", "2"): "market is not deployed",
        ("logs", "market"): "no logs",
    }.items():
        assert said in desk.refused(*words)
    assert not desk.data_dir.exists()


def test_a_broker_that_is_away(desk: DeskAt) -> None:
    refused = desk.refused("deploy", "market", TAPEFLOW_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert "the broker at 127.0.0.1:1 does not answer" in refused
    assert not desk.data_dir.exists()


def test_a_clickhouse_that_is_away(desk: DeskAt) -> None:
    refused = desk.refused("deploy", "audit", TAPEFLOW_CLICKHOUSE_URL="http://user:pa55word@127.0.0.1:1/default")
    assert "ClickHouse at http://127.0.0.1:1/default does not answer" in refused
    assert desk.states() == {}
    assert desk.supervisor.identity() is None


def test_a_port_that_is_taken(desk: DeskAt) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        desk.write(FILE.format(port=taken.getsockname()[1]))
        assert "is taken: choose another port in [exchange] listen" in desk.refused("deploy")
    assert not desk.data_dir.exists()
