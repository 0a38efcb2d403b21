"""One log, both engines: the same records, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.stack import Stack
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.log_of import read
from tests.producers import by_source_partition
from tests.replay.conftest import PREFIX

_MARKET = ("market.bars", "market.features", "market.violations", "risk.inbox", "ops.dead_letters")
_RISK = ("risk.decisions", "execution.orders", "ops.dead_letters")


def _again(stack: Stack, settings: Settings, folder: Path, flow: str, *arguments: str, prefix: str) -> Settings:
    with FlowProcess(stack, folder, PREFIX, flow, "--until-end", "--output-prefix", prefix, *arguments) as process:
        process.ended()
    return replace(settings, topic_prefix=prefix)


def _assert_equal(first: Settings, second: Settings, names: tuple[str, ...]) -> None:
    for name in names:
        expected = by_source_partition(read(first, name))
        assert by_source_partition(read(second, name)) == expected, name


def test_there_is_something_to_compare(settings: Settings) -> None:
    for name in (*_MARKET[:-1], *_RISK[:-1]):
        assert len(read(settings, name)) > 20, name
    assert len(read(settings, "ops.dead_letters")) == 2


def test_market_in_python(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    python = _again(stack, settings, tmp_path, "market", "--engine", "python", prefix="twins-python.")
    _assert_equal(settings, python, _MARKET)


def test_market_in_both(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    mixed = _again(stack, settings, tmp_path, "market", "--stage-engine", "features=python", prefix="twins-mixed.")
    _assert_equal(settings, mixed, _MARKET)


def test_risk_in_python(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    python = _again(stack, settings, tmp_path, "risk", "--engine", "python", prefix="twins-risk.")
    for name in _RISK[:2]:
        assert read(python, name) == read(settings, name), name


def test_flows_apart(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    """Bars, features and signals as three flows write what the fused one writes."""
    for flow, names in (("bars", _MARKET[:1]), ("features", _MARKET[1:3]), ("signals", ("risk.inbox",))):
        apart = _again(stack, settings, tmp_path, flow, prefix="twins-apart.")
        _assert_equal(settings, apart, names)


@pytest.mark.parametrize("workers", ["2", "4"])
def test_any_number_of_workers(stack: Stack, settings: Settings, tmp_path: Path, workers: str) -> None:
    prefix = f"twins-{workers}-workers."
    market = _again(stack, settings, tmp_path, "market", "--workers", workers, prefix=prefix)
    _assert_equal(settings, market, _MARKET)
    risk = _again(stack, settings, tmp_path, "risk", "--workers", workers, prefix=prefix)
    for name in _RISK[:2]:
        assert read(risk, name) == read(settings, name), name
