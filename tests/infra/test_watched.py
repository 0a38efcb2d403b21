"""A running desk exports every metric that a rule or a panel names, and ClickHouse answers every panel's SQL."""

from __future__ import annotations

import json
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from flows.connectors import clickhouse
from flows.stack import Stack, ports, topics
from tests.flow_process import FlowProcess
from tests.infra import watched
from tests.infra.watched import INFRA, Question
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import Ingestor
from tests.system.router_process import Logs, Router, wait_for

PREFIX = "watched."
QUESTIONS = [*watched.rules(), *watched.charts()]
# What Prometheus adds by itself.
_OF_PROMETHEUS = {"instance", "job", "le"}
Labels = Mapping[str, set[str]]


def _page(address: str, path: str = "/metrics") -> str:
    with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
        assert answer.status == 200
        text: str = answer.read().decode()
        return text


def _labels(page: str, found: dict[str, set[str]]) -> None:
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found[sample.name] |= set(sample.labels)


@pytest.fixture(scope="module")
def exported(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labels]:
    """Labels by name, of all metrics of a desk that has traded."""
    settings = replace(stack.settings, topic_prefix=PREFIX)
    topics.create(settings)
    folder = tmp_path_factory.mktemp("watched")
    taken: list[int] = []
    for _ in range(6):
        taken.append(ports.choose("metrics", 0, None, taken))
    served = [f"{ports.HOST}:{port}" for port in taken]
    listen = [("--metrics-listen", address) for address in served]
    with ExitStack() as running:
        seeded = ("--start", "immediately", "--venue", "binance", "--symbols", "BTCUSDT")
        exchange = running.enter_context(Exchange(*seeded, *listen[0]))
        book = lambda: [one for one in exchange.control("status")["symbols"] if one["best_ask"]]  # noqa: E731
        wait_for("a book", book)
        running.enter_context(Ingestor(settings, exchange, folder, *listen[1]))
        router = running.enter_context(Router(settings, exchange, folder, *listen[2]))
        for name, option in (("market", listen[3]), ("risk", listen[4]), ("audit", listen[5])):
            running.enter_context(FlowProcess(stack, folder / name, PREFIX, name, *option))
        Logs(settings).new()
        wait_for("an order", lambda: router.status()["sent"] >= 1)

        found: dict[str, set[str]] = defaultdict(set)

        def everything() -> bool:
            for address in served:
                # One that still starts does not answer.
                with suppress(OSError):
                    _labels(_page(address), found)
            return all(question.metrics <= set(found) for question in QUESTIONS)

        # What is missing is each test's to say.
        with suppress(TimeoutError):
            wait_for("every metric", everything, 150)
        assert [_page(address, "/health") for address in served]
        # Rust's programs and Python's alike.
        assert all("process_resident_memory_bytes" in _page(address) for address in served)
        yield found


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
