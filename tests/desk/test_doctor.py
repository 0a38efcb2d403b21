"""`tapeflow doctor`: all is well, or what must be done, with exit code 1."""

from __future__ import annotations

import json

from tests.desk.desk_at import DeskAt
from tests.desk.test_deploy import FILE


def found(desk: DeskAt, *words: str, code: int, **environment: str) -> dict[str, list[str]]:
    """What was said, by level."""
    done = desk.run("doctor", "--format", "json", *words, **environment)
    assert done.returncode == code, f"{done.stdout}{done.stderr}"
    said: dict[str, list[str]] = {}
    for one in json.loads(done.stdout):
        said.setdefault(one["level"], []).append(f"{one['what']}: {one['said']}")
    return said


def test_a_machine_that_is_well(desk: DeskAt) -> None:
    desk.write(FILE.format(port=1).split("[exchange]")[0] + "[flows.market]\n")
    said = found(desk, code=0)
    assert "must" not in said
    assert any(line.startswith("programs: 2 can be deployed: market, ingestor-binance") for line in said["well"])
    assert any(line.startswith("tables: all ") for line in said["well"])
    assert any(line.startswith("topics: 9 are not there yet") for line in said["note"])
    assert not desk.data_dir.exists()


def test_what_must_be_done(desk: DeskAt) -> None:
    desk.write("[flows.market]\nwrokers = 2\n[ruoter]\n")
    away = {"TAPEFLOW_BOOTSTRAP_SERVERS": "127.0.0.1:1", "TAPEFLOW_CLICKHOUSE_URL": "http://u:pa55@127.0.0.1:1/default"}
    must = found(desk, code=1, **away)["must"]
    assert [line.split(":")[0] for line in must] == ["broker", "clickhouse", "configuration", "configuration"]
    assert "did you mean workers?" in must[2]
    assert "pa55" not in str(must)
