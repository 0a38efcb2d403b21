"""Prometheus itself reads the rules, answers every panel of a running desk, and raises an alert when a program dies."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping

import pytest
import yaml

from tests.infra import prometheus, watched
from tests.infra.prometheus import Prometheus
from tests.infra.running_desk import RunningDesk
from tests.infra.watched import INFRA
from tests.system.router_process import wait_for

FOLDER = INFRA / "prometheus"
_DOWN = "TapeflowProgramDown"


def _promtool(*words: str) -> str:
    told = subprocess.run(
        [prometheus.program("promtool"), *words], cwd=FOLDER, capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def test_the_configurations_are_good() -> None:
    said = _promtool("check", "config", "prometheus.yml", "kubernetes.yml")
    assert said.count(f"{len(list(watched.rules()))} rules found") == 2


def test_each_alert_fires_when_it_should() -> None:
    assert "SUCCESS" in _promtool("test", "rules", "rules_test.yml")


def test_each_alert_has_its_row() -> None:
    rows = {
        row["name"]: row["promql_expr_test"] for row in yaml.safe_load((FOLDER / "rules_test.yml").read_text())["tests"]
    }
    assert list(rows) == [question.where for question in watched.rules()]
    for name, checks in rows.items():
        assert all(f'ALERTS{{alertname="{name}", alertstate="firing"}}' in check["expr"] for check in checks)
        assert [bool(check["exp_samples"]) for check in checks] == [False, True], f"{name}: quiet first, then firing"


@pytest.fixture(scope="module")
def watching(
    desk: RunningDesk, exported: Mapping[str, set[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """It watches a desk that exports every metric already."""
    with prometheus.running(tmp_path_factory.mktemp("prometheus"), list(desk.addresses.values())) as started:
        yield started


def test_every_panel_is_answered(watching: Prometheus) -> None:
    def unanswered() -> set[str]:
        return {question.expr for question in watched.charts() if not watching.query(question.expr)}

    wait_for("something for every panel", lambda: not unanswered())


def test_every_rule_is_evaluated(watching: Prometheus) -> None:
    wait_for("the rules", lambda: all(rule["health"] != "unknown" for rule in watching.rules()))
    assert {rule["name"]: rule.get("lastError") for rule in watching.rules()} == {
        question.where: None for question in watched.rules()
    }


def test_a_killed_program_raises_its_alert_until_it_is_back(watching: Prometheus, desk: RunningDesk) -> None:
    # The others may be pending now and then: on a busy machine an answer can take longer than the second it has.
    address = desk.addresses["ingestor"]
    wait_for("its answer", lambda: address not in _states(watching))
    desk.ingestor.kill()
    wait_for("the alert", lambda: _states(watching).get(address) == "firing")
    desk.start_ingestor()
    wait_for("its end", lambda: address not in _states(watching))


def _states(watching: Prometheus) -> dict[str, str]:
    """Of TapeflowProgramDown, by the instance that it names in its summary."""
    (rule,) = (rule for rule in watching.rules() if rule["name"] == _DOWN)
    states = {alert["labels"]["instance"]: alert["state"] for alert in rule["alerts"]}
    assert all(
        f"{alert['labels']['instance']} does not answer" == alert["annotations"]["summary"] for alert in rule["alerts"]
    )
    return states
