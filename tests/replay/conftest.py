"""A log that flows have worked through, for tests that go over it again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.contracts.codec import encode
from flows.contracts.registry import SchemaIds
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.log_of import write
from tests.operator_records import wide_open
from tests.synthetic_ticks import INSTRUMENTS, messages

PREFIX = "twins."
TICKS = 16_000
# Sparse, so that there are minutes for strategies to warm up in.
_PER_SECOND = 25


@pytest.fixture(scope="session")
def settings(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A market that the fused flow in Rust has worked through, and risk after it."""
    settings = replace(stack.settings, topic_prefix=PREFIX)
    topics.create(settings)
    garbled = [(b"BTC-USDT", b"not a record"), (b"BTC-USDT", b"\0\0")]
    write(settings, "market.ticks", [*messages(TICKS, seed=7, per_second=_PER_SECOND), *garbled])
    write(
        settings, "risk.inbox", [(b"main", encode(command, SchemaIds.embedded())) for command in wide_open(INSTRUMENTS)]
    )
    folder = tmp_path_factory.mktemp("twins")
    for flow in ("market", "risk"):
        with FlowProcess(stack, folder, PREFIX, flow, "--until-end") as process:
            process.ended()
    return settings
