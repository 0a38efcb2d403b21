"""A running desk exports every metric that a rule or a panel names, and ClickHouse answers every panel's SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import promql_parser
import pytest
import yaml

from flows.connectors import clickhouse
from flows.stack import Stack
from tests.flow_process import FlowProcess
from tests.infra import watched
from tests.infra.watched import INFRA, Question

QUESTIONS = watched.questions()
# What Prometheus adds by itself.
_OF_PROMETHEUS = {"instance", "job", "le"}
Labels = Mapping[str, set[str]]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.where)
def test_is_exported(exported: Labels, question: Question) -> None:
    promql_parser.parse(question.expr)
    assert question.metrics <= set(exported)
    known = set().union(*(exported[name] for name in question.metrics)) | _OF_PROMETHEUS
    assert question.labels <= known, f"{question.where}: {question.labels - known}"


def test_every_metric_of_ours_is_looked_at(exported: Labels) -> None:
    asked = {name for question in QUESTIONS for name in question.metrics}
    ours = {name.removesuffix("_count").removesuffix("_sum") for name in exported if name.startswith("tapeflow_")}
    assert {name for name in ours if name not in asked and f"{name}_bucket" not in asked} <= {
        # Prometheus counts what it needs of these itself.
        *(name for name in ours if name.endswith("_created")),
        "tapeflow_exchange_lines_total",
        "tapeflow_exchange_open_orders",
        "tapeflow_exchange_playing",
        "tapeflow_exchange_queued_messages",
        "tapeflow_exchange_skipped_messages_total",
        "tapeflow_exchange_stream_clients",
        "tapeflow_exchange_unreadable_lines_total",
        "tapeflow_ingestor_acknowledged_total",
    }


@pytest.mark.parametrize(("where", "sql"), list(watched.statements()), ids=lambda value: str(value)[:40])
def test_clickhouse_answers(stack: Stack, exported: Labels, where: str, sql: str) -> None:
    with clickhouse.client(stack.clickhouse_url) as client:
        client.query(sql)


def test_every_alert_says_what_to_do() -> None:
    names = set()
    for group in yaml.safe_load((INFRA / "prometheus" / "rules.yml").read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("critical", "warning")
            assert len(rule["annotations"]["description"]) > 20
            names.add(rule["alert"])
    assert len(names) == sum(1 for _ in watched.rules())


def test_dashboards_are_provisioned() -> None:
    provisioned = yaml.safe_load((INFRA / "grafana/provisioning/datasources/desk.yaml").read_text())
    known = {source["uid"] for source in provisioned["datasources"]}
    uids = set()
    for file in (INFRA / "grafana" / "dashboards").glob("*.json"):
        board = json.loads(file.read_text())
        uids.add(board["uid"])
        places = [tuple(panel["gridPos"].values()) for panel in board["panels"]]
        assert len(set(places)) == len(places)
        assert {panel["datasource"]["uid"] for panel in board["panels"]} <= known
    assert len(uids) == len(list((INFRA / "grafana" / "dashboards").glob("*.json")))


def test_an_address_that_cannot_be_served(stack: Stack, tmp_path: Path) -> None:
    with FlowProcess(stack, tmp_path, "", "bars", "--metrics-listen", "nowhere") as process:
        assert process.process.wait(60) == 1
    assert "--metrics-listen nowhere is no address" in process.log.read_text()
