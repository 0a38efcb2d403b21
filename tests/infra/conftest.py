"""One desk for all tests of what watches it."""

from __future__ import annotations

import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flows.stack import Stack
from tests.infra import running_desk, watched
from tests.infra.running_desk import RunningDesk
from tests.system.router_process import wait_for


@pytest.fixture(scope="package")
def desk(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with running_desk.running(stack, tmp_path_factory.mktemp("watched")) as desk:
        yield desk


@pytest.fixture(scope="package")
def exported(desk: RunningDesk) -> Mapping[str, set[str]]:
    """Labels by name, of all its metrics."""
    found: dict[str, set[str]] = defaultdict(set)

    def everything() -> bool:
        for address in desk.addresses.values():
            # One that still starts does not answer.
            with suppress(OSError):
                _labels(_page(address), found)
        return all(question.metrics <= set(found) for question in watched.questions())

    # What is missing is each test's to say.
    with suppress(TimeoutError):
        wait_for("every metric", everything, 150)
    assert [_page(address, "/health") for address in desk.addresses.values()]
    # Rust's programs and Python's alike.
    assert all("process_resident_memory_bytes" in _page(address) for address in desk.addresses.values())
    return found


def _page(address: str, path: str = "/metrics") -> str:
    with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
        assert answer.status == 200
        text: str = answer.read().decode()
        return text


def _labels(page: str, found: dict[str, set[str]]) -> None:
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found[sample.name] |= set(sample.labels)
