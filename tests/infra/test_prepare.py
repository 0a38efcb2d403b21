"""What the prepare job does, on a broker, a ClickHouse and a registry that run elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from flows.connectors.clickhouse import client
from flows.contracts import topics as contract
from flows.desk import configuration, limits
from flows.stack import Stack
from tests.infra.test_compose import INFRA

_PREFIX = "prepared."
_CONFIG = INFRA / "desk" / "tapeflow.toml"


def _run(stack: Stack, folder: Path, *words: str) -> str:
    services = {
        "TAPEFLOW_BOOTSTRAP_SERVERS": stack.bootstrap_servers,
        "TAPEFLOW_CLICKHOUSE_URL": stack.clickhouse_url.replace("http://", "http://default:@"),
        "SCHEMA_REGISTRY_URL": stack.registry_url,
        "TAPEFLOW_TOPIC_PREFIX": _PREFIX,
        "TAPEFLOW_DATA_DIR": str(folder),
    }
    told = subprocess.run(
        [sys.executable, *words], env={**os.environ, **services}, capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def test_prepared_once(stack: Stack, tmp_path: Path) -> None:
    said = _run(stack, tmp_path, "-m", "flows.cli", "up")
    assert "nothing to start" in said
    assert f"topics: {len(contract.load())} made" in said
    assert "default:" not in said, "the output of a job is kept: no user and password in it"
    assert not (tmp_path / "stack.json").exists()
    assert "topics: 0 made" in _run(stack, tmp_path, "-m", "flows.cli", "up")
    with client(stack.clickhouse_url) as clickhouse:
        assert clickhouse.command("EXISTS TABLE market_ticks") == 1

    script = str(INFRA / "desk" / "limits.py")
    settings = replace(stack.settings, topic_prefix=_PREFIX)
    wanted = configuration.load(_CONFIG).desired
    lines = _run(stack, tmp_path, script, str(_CONFIG)).splitlines()
    assert sum(line.endswith(": said to the log") for line in lines) == len(wanted.limits)
    assert "account main trades nothing yet" in lines[-1]
    assert limits.unopened(settings, wanted) == ["main"], "money is not put at risk by a job"
    assert _run(stack, tmp_path, script, str(_CONFIG), "--open") == "opened account main\n"
    assert _run(stack, tmp_path, script, str(_CONFIG), "--open") == ""
    assert limits.unopened(settings, wanted) == []
