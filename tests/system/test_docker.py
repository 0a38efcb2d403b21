"""Redpanda and ClickHouse as `infra/compose.yaml` starts them: what the embedded stack stands in for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer

from flows.connectors import clickhouse
from flows.contracts import topics as contract
from flows.stack import ports, tables, topics
from flows.stack.settings import Settings

pytestmark = pytest.mark.docker

COMPOSE = Path(__file__).parents[2] / "infra"
SERVICES = ("redpanda", "clickhouse")
PORTS = ("REDPANDA_KAFKA_PORT", "REDPANDA_REGISTRY_PORT", "CLICKHOUSE_PORT")


def require_docker() -> None:
    import docker
    from docker.errors import DockerException

    try:
        docker.from_env(timeout=5).ping()
    except DockerException:
        missing = "no Docker engine here: the path against Redpanda and ClickHouse in containers was not run"
        pytest.skip(missing, allow_module_level=True)


# Once for the whole file: one line says what did not run.
require_docker()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The environment of a user whose services are those containers."""
    from testcontainers.compose import DockerCompose

    taken: list[int] = []
    for name in PORTS:
        taken.append(ports.choose(name, 0, None, taken))
    chosen = {name: str(port) for name, port in zip(PORTS, taken, strict=True)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in chosen.items():
            patch.setenv(name, value)
        patch.setenv("COMPOSE_PROJECT_NAME", f"tapeflow-test-{os.getpid()}")
        with DockerCompose(COMPOSE, compose_file_name="compose.yaml", services=list(SERVICES), wait=True):
            kafka, registry, http = taken
            patch.setenv("TAPEFLOW_BOOTSTRAP_SERVERS", f"127.0.0.1:{kafka}")
            patch.setenv("SCHEMA_REGISTRY_URL", f"http://127.0.0.1:{registry}")
            patch.setenv("TAPEFLOW_CLICKHOUSE_URL", f"http://tapeflow:tapeflow@127.0.0.1:{http}/tapeflow")
            yield Settings.load(tmp_path_factory.mktemp("data"))


def test_topics_and_tables_are_made_once(settings: Settings) -> None:
    every = [topic.name for topic in contract.load().values()]
    assert topics.create(settings) == every
    assert topics.create(settings) == []
    assert len(tables.create(settings)) == len(every)
    assert tables.create(settings) == []


def test_every_topic_carries_a_record(settings: Settings) -> None:
    topics.create(settings)
    every = contract.load().values()
    producer = Producer({**settings.kafka(), "acks": "all", "enable.idempotence": True})
    for topic in every:
        producer.produce(topic.name, topic.name.encode(), b"key")
    assert producer.flush(20) == 0
    consumer = Consumer({**settings.kafka(), "group.id": "test", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic.name for topic in every])
    arrived = set()
    try:
        while len(arrived) < len(every):
            message = consumer.poll(20)
            assert message is not None
            assert message.error() is None
            arrived.add((message.topic(), message.value()))
    finally:
        consumer.close()
    assert arrived == {(topic.name, topic.name.encode()) for topic in every}


def test_clickhouse_answers(settings: Settings) -> None:
    tables.create(settings)
    with clickhouse.client(settings.clickhouse_url) as client:
        for topic in contract.load().values():
            assert client.command(f"SELECT count() FROM {topic.table}") == 0
