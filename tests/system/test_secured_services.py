"""Services that ask for TLS and a password: every client of ours gets through with them, and says so without."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.desk.places import Places
from flows.desk.supervisor import Supervisor
from tests.system.secured_services import PASSWORD, Secured, secured_services

_TIMEOUT_S = 180


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    with secured_services(tmp_path_factory.mktemp("secured")) as services:
        yield services


def _tapeflow(variables: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments, "--data-dir", str(folder)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )


def test_the_whole_path(secured: Secured, tmp_path: Path) -> None:
    """Ingestor, flows, router and audit, command line and verify: all programs, through both clients."""
    done = _tapeflow(secured.variables, tmp_path / "desk", "demo", "--duration", "8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "log and ClickHouse are equal" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    for log in (tmp_path / "desk" / "logs").iterdir():
        assert PASSWORD not in log.read_text("utf-8"), log


def test_a_wrong_broker_password(secured: Secured, tmp_path: Path) -> None:
    wrong = {**secured.variables, "TAPEFLOW_KAFKA_SASL_PASSWORD": "wrong-staple"}
    done = _tapeflow(wrong, tmp_path, "run", "market", "--until-end")
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()[-1]
    assert said.startswith("tapeflow: ")
    assert "TAPEFLOW_KAFKA_*" in said
    assert "wrong-staple" not in done.stdout + done.stderr
    _not_deployed(wrong, tmp_path / "desk", "market", "TAPEFLOW_KAFKA_*")


def test_a_wrong_clickhouse_password(secured: Secured, tmp_path: Path) -> None:
    url = secured.variables["TAPEFLOW_CLICKHOUSE_URL"]
    wrong = {**secured.variables, "TAPEFLOW_CLICKHOUSE_URL": url.replace(PASSWORD, "wrong-staple")}
    done = _tapeflow(wrong, tmp_path, "query", "SELECT 1")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "refuses user or password" in done.stderr
    assert "wrong-staple" not in done.stderr
    _not_deployed(wrong, tmp_path / "desk", "audit", "refuses user or password")


def test_an_authority_that_is_not_ours(secured: Secured, tmp_path: Path) -> None:
    """Without it the machine's own authorities count, and none of them knows our services."""
    url = secured.variables["TAPEFLOW_CLICKHOUSE_URL"].partition("?")[0]
    untrusting = {**secured.variables, "TAPEFLOW_CLICKHOUSE_URL": url}
    done = _tapeflow(untrusting, tmp_path, "query", "SELECT 1")
    assert done.returncode == 1
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr.upper().replace(" ", "_")
    assert PASSWORD not in done.stderr


def _not_deployed(wrong: dict[str, str], folder: Path, program: str, said: str) -> None:
    """One line, and nothing runs or is kept."""
    done = _tapeflow(wrong, folder, "deploy", program)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "wrong-staple" not in done.stdout + done.stderr
    assert _tapeflow(wrong, folder, "list").stdout.startswith("nothing is deployed")
    assert not Supervisor(Places(folder)).identity()
