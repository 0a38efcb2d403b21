"""A desk of its own against the session's services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.stack import Stack
from tests.desk.desk_at import DeskAt


@pytest.fixture
def desk(stack: Stack, tmp_path: Path) -> Iterator[DeskAt]:
    with DeskAt.on(stack, tmp_path, f"{tmp_path.name}.") as made:
        yield made
