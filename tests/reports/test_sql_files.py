"""The files of `sql/`: how they open, and that their columns are the schemas' own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from flows.connectors import clickhouse
from flows.contracts.topics import load
from flows.reports.asked import Asked
from flows.reports.catalogue import REPORTS, Section
from flows.stack import Stack, files

FILES = sorted(file for file in files.LANDING_TABLES.parent.rglob("*.sql"))
SECTIONS = [section for report in REPORTS for section in report.sections]
PARAMETERS = {name: str(value) for name, value in Asked().parameters("").items()} | {"at_ns": "0"}
# Of a name that a view gives another meaning than the landing tables do.
OWN_MEANING = {
    ("bars_from_trades", "equal"),
    ("order_events", "price"),
    ("risk_checks", "name"),
    ("risk_checks", "limit"),
    ("risk_stops", "limit"),
}


@pytest.fixture(scope="module")
def client(stack: Stack) -> Iterator[Client]:
    with clickhouse.client(stack.clickhouse_url) as connected:
        yield connected


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_file_opens_with_grain_source_and_the_reason_of_its_order(file: Path) -> None:
    said = "\n".join(line for line in file.read_text().splitlines() if line.startswith("--"))
    for word in ("Grain: ", "Source: ", "ORDER BY: "):
        assert re.search(rf"^-- {word}", said, re.MULTILINE), word
    assert max(map(len, file.read_text().splitlines())) <= 130 or file.parent.name == "landing"


def test_every_report_has_its_files_and_every_file_its_report() -> None:
    assert {section.name for section in SECTIONS} == {file.stem for file in files.REPORTS.glob("*.sql")}


def bare(kind: str) -> str:
    """Without what only says how it is stored."""
    found = re.fullmatch(r"(?:LowCardinality|Nullable)\((.*)\)", kind)
    return bare(found[1]) if found else kind


def columns(client: Client, what: str) -> dict[str, str]:
    """Names and types, without Nullable and LowCardinality."""
    described = client.query(f"DESCRIBE TABLE {what}", parameters=PARAMETERS).result_rows
    return {row[0]: bare(row[1]) for row in described}


def call(view: str) -> str:
    """The view, with its parameters where it has some."""
    names = sorted(set(re.findall(r"\{(\w+):", (files.VIEWS / f"{view}.sql").read_text())))
    return f"{view}({', '.join(f'{name} = 0' for name in names)})" if names else view


def assert_of_the_schemas(client: Client, name: str, found: dict[str, str]) -> None:
    """What is called as a column of the landing tables is of its type; times, money and counts are exact."""
    schemas: dict[str, set[str]] = {}
    for topic in load().values():
        for column, kind in columns(client, topic.table).items():
            schemas.setdefault(column, set()).add(kind)
    for column, kind in found.items():
        if column.endswith("_ns"):
            assert kind in ("DateTime64(9, 'UTC')", "Int64"), (column, kind)
        if kind.startswith("Float"):
            assert column.endswith(("_bps", "_ratio", "_ms")), (column, kind)
        if column in schemas and (name, column) not in OWN_MEANING and not kind.startswith(("UInt", "Int")):
            # A sum of money is wider than its parts.
            is_money = kind.startswith("Decimal") and any(one.startswith("Decimal") for one in schemas[column])
            assert is_money or kind in schemas[column], (column, kind, schemas[column])


@pytest.mark.parametrize("view", sorted(file.stem for file in files.VIEWS.glob("*.sql")))
def test_a_views_columns_are_the_schemas_own(client: Client, view: str) -> None:
    assert_of_the_schemas(client, view, columns(client, call(view)))


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_reports_columns_are_the_schemas_own(client: Client, section: Section) -> None:
    assert_of_the_schemas(client, section.name, columns(client, f"({section.sql})"))
