"""A desk that has traded, its stack up again."""

from __future__ import annotations

import pytest

from flows.stack import Stack


@pytest.fixture(scope="package")
def desk(traded: Stack) -> Stack:
    return traded
