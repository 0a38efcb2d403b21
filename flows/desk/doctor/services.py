"""Broker, ClickHouse and registry: there, and as the contracts say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flows.connectors import reach, schema_ids
from flows.connectors.clickhouse import client, without_secret
from flows.contracts import topics
from flows.contracts.registry import latest
from flows.desk.doctor.finding import Finding, must, note, tried, well
from flows.errors import TapeflowError
from flows.stack import files, tables
from flows.stack.settings import BOOTSTRAP_SERVERS, CLICKHOUSE_URL, REGISTRY_URL, Settings

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client


def look(settings: Settings) -> Iterator[Finding]:
    if BOOTSTRAP_SERVERS in settings.external or settings.running.bootstrap_servers:
        yield from _broker(settings)
    else:
        yield note("broker", f"no stack runs on {settings.data_dir}: `tapeflow deploy` or `tapeflow up` starts one")
    if CLICKHOUSE_URL in settings.external or settings.running.clickhouse_url:
        yield from _clickhouse(settings)
    yield _registry(settings)


def _broker(settings: Settings) -> Iterator[Finding]:
    try:
        counts = reach.partition_counts(settings)
    except TapeflowError as error:
        yield must("broker", str(error))
        return
    yield well("broker", settings.bootstrap_servers)
    missing = [name for name in topics.load() if settings.topic(name) not in counts]
    for topic in topics.load().values():
        found = counts.get(settings.topic(topic.name), topic.partitions)
        if found != topic.partitions:
            yield must(
                "topics",
                f"{settings.topic(topic.name)} has {found} partitions, schemas/topics.toml says {topic.partitions}: "
                "the count is chosen once; use another TAPEFLOW_TOPIC_PREFIX",
            )
    if missing:
        yield note("topics", f"{len(missing)} are not there yet ({', '.join(missing)}): `tapeflow deploy` makes them")
    else:
        yield well("topics", f"all {len(topics.load())} are there")


def _clickhouse(settings: Settings) -> Iterator[Finding]:
    try:
        with client(settings.clickhouse_url) as clickhouse:
            yield well("clickhouse", without_secret(settings.clickhouse_url))
            there = {row[0] for row in clickhouse.query("SHOW TABLES").result_rows}
            landing = sorted(files.LANDING_TABLES.glob("*.sql"))
            for file in landing:
                if file.stem in there:
                    yield from _differs(clickhouse, file)
    except TapeflowError as error:
        yield must("clickhouse", str(error))
        return
    missing = [file.stem for file in landing if file.stem not in there]
    if missing:
        said = f"{len(missing)} are not there yet ({', '.join(missing)}): `tapeflow deploy audit` makes them"
        yield note("tables", said)
    else:
        yield well("tables", f"all {len(landing)} are there")


def _differs(clickhouse: Client, file: Path) -> Iterator[Finding]:
    try:
        tables.compare(clickhouse, file)
    except tables.TableDiffers as error:
        yield must("tables", str(error))


def _registry(settings: Settings) -> Finding:
    """The ids that messages will carry."""

    def ids() -> str:
        found = schema_ids.load()
        external = REGISTRY_URL in settings.external
        place = without_secret(settings.external[REGISTRY_URL]) if external else "schemas/registry.jsonl"
        return f"{len(found.by_subject)} schema ids from {place}, of {len(latest())} subjects"

    return tried("registry", ids)
