"""The embedded ClickHouse alone, shared by the tests of stored bars."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from flows.stack import Stack, tables


@pytest.fixture(scope="session")
def clickhouse_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """With the landing tables, and no broker."""
    with ExitStack() as running:
        # While it starts alone: the fixture lasts as long as the tests, and others have a broker.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TAPEFLOW_BOOTSTRAP_SERVERS", "127.0.0.1:1")
            stack = running.enter_context(Stack(tmp_path_factory.mktemp("bars")))
        tables.create(stack.settings)
        yield stack
