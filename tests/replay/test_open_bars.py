"""The bars that are open in a running flow, asked for on the command line: those of the log up to the offset told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows import open_bars, stretch
from flows._native import SchemaIds
from flows.config import Config
from flows.contracts.records import Bar
from flows.engine.partial_bars import partial_bars
from flows.errors import StageRestoreError
from flows.open_bars import OpenBars
from flows.rollout.engine import PythonEngine
from flows.running import saved_state
from flows.running.flow_options import FlowOptions
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests import log_of
from tests.flow_process import FlowProcess
from tests.log_of import Written
from tests.parity.twins import IDS, batch, entry
from tests.synthetic_ticks import messages

CONFIG = """
[bars]
intervals_ns = [1_000_000_000, 60_000_000_000]
series = [{ name = "time:5m:of:1m" }, { name = "volume:1000000" }, { name = "time:1h@mid" }]
"""
INSTRUMENTS = ("BTC-USDT", "ETH-USDT")
PREFIX = "open."
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "bars.md").read_text()
COMMAND = re.search(r"^\$ tapeflow (bars partial .*)$", PAGE, re.MULTILINE)[1].split()  # type: ignore[index]
"""As the page has it."""


class Market:
    """Ticks in a log, a flow that has taken the first of them, and ticks behind those."""

    def __init__(self, settings: Settings, folder: Path, config: Path) -> None:
        self.config = Config.load(config)
        self.options = FlowOptions(replace(settings, data_dir=folder), self.config)
        self.written = log_of.read(settings, "market.ticks")

    def open_now(self, to: str = "end", options: FlowOptions | None = None) -> dict[int, OpenBars]:
        options = options or self.options
        asked = stretch.find(options.services, "market.ticks", stretch.Asked("beginning", to))
        return {found.partition: found for found in open_bars.find(options, asked)}

    def by_kernel(self, partition: int, end: int) -> list[Bar]:
        """Of all records from the beginning, by the plain Python engine."""
        rows = [one for one in self.written if one.partition == partition and one.offset < end]
        stage = PythonEngine("bars", self.config.json("bars"), SchemaIds.embedded(), {})
        if rows:
            stage.process(_batch(rows))
        return partial_bars(self.config.json("bars"), IDS, stage.snapshot())


def _batch(rows: list[Written]) -> Any:
    told = [replace(entry("market.ticks", one.offset, one.value), partition=one.partition) for one in rows]
    return batch([replace(one, origin=(one.partition, one.offset, 0)) for one in told])


@pytest.fixture(scope="module")
def market(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Market:
    folder = tmp_path_factory.mktemp("open")
    config = folder / "tapeflow.toml"
    config.write_text(CONFIG)
    settings = replace(stack.settings, topic_prefix=PREFIX)
    topics.create(settings)
    # Without the heartbeats at the end, which would close all of them.
    ticks = list(messages(6_000, seed=5, instruments=INSTRUMENTS))[: -len(INSTRUMENTS)]
    log_of.write(settings, "market.ticks", ticks[:4_000])
    with FlowProcess(stack, folder, settings.topic_prefix, "bars", "--config", str(config)) as flow:
        saved = replace(settings, data_dir=folder)
        flow.until(lambda: sum(state[0] for state in saved_state.saved(saved, "bars").values()) == 4_000)
        # It runs on, and the command reads its store meanwhile.
        log_of.write(settings, "market.ticks", ticks[4_000:5_000])
        shown = _tapeflow(stack, folder, *COMMAND, "--json", "--config", str(config))
        assert flow.process.poll() is None
    log_of.write(settings, "market.ticks", ticks[5_000:])
    made = Market(settings, folder, config)
    _is_the_kernels(made, [json.loads(line) for line in shown.splitlines()])
    return made


def _tapeflow(stack: Stack, folder: Path, *words: str) -> str:
    environment = {
        **os.environ,
        "TAPEFLOW_BOOTSTRAP_SERVERS": stack.bootstrap_servers,
        "TAPEFLOW_TOPIC_PREFIX": PREFIX,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flows.cli", *words, "--data-dir", str(folder)]
    run = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return run.stdout


def _is_the_kernels(market: Market, shown: list[dict[str, Any]]) -> None:
    """What the command showed of the running flow are the log's bars before the offset behind the one that it told."""
    (place,) = {(one["origin"]["partition"], one["origin"]["offset"]) for one in shown}
    partition, last = place
    expected = [bar for bar in market.by_kernel(partition, last + 1) if bar.instrument == "BTC-USDT"]
    assert [(one["series"], one["open_ns"], one["trade_count"]) for one in shown] == [
        (bar.series, bar.open_ns, bar.trade_count) for bar in expected
    ]
    assert {one["series"] for one in shown} == {"", "time:5m:of:1m", "volume:1000000", "time:1h@mid"}


def test_they_are_those_of_the_log_behind_what_was_saved(market: Market) -> None:
    found = market.open_now()
    assert sum(one.end for one in found.values()) == len(market.written)
    busy = [one for one in found.values() if one.end]
    assert all(one.flow == "bars" and 0 < one.begin < one.end for one in busy)
    for one in found.values():
        assert one.bars == market.by_kernel(one.partition, one.end)
    assert {bar.instrument for one in busy for bar in one.bars} == set(INSTRUMENTS)


def test_the_page_shows_what_the_command_says(stack: Stack, market: Market) -> None:
    said = _tapeflow(stack, market.options.services.data_dir, *COMMAND).splitlines()
    shown = PAGE.partition(" ".join(["$ tapeflow", *COMMAND]))[2].partition("```")[0].split("\n")[1:-1]
    forms = [re.sub(r"\\?[0-9][0-9,.]*", "[0-9,.]+", re.escape(line)) for line in shown]
    assert len(said) == 6, "where it is, and as many bars"
    assert len(forms) == 3
    assert all(re.fullmatch(form, line) for form, line in zip(forms, said, strict=False)), said


def test_they_do_not_depend_on_what_was_saved(market: Market, tmp_path: Path) -> None:
    elsewhere = replace(market.options, services=replace(market.options.services, data_dir=tmp_path))
    found = market.open_now(options=elsewhere)
    assert {one.flow for one in found.values()} == {None}
    assert [one.bars for one in found.values()] == [one.bars for one in market.open_now().values()]


def test_they_stand_as_they_stood_at_an_offset(market: Market) -> None:
    # Before what was saved: a state of later is of no use.
    found = market.open_now(to="700")
    for one in found.values():
        assert (one.flow, one.begin) == ((None, 0) if one.end else (one.flow, one.begin))
        assert one.bars == market.by_kernel(one.partition, one.end)
    assert {one.end for one in found.values()} <= {0, 700}


def test_a_state_of_another_configuration_is_refused(market: Market) -> None:
    other = replace(market.options, config=Config({**Config.load().stages, "bars": {"intervals_ns": [1_000_000_000]}}))
    with pytest.raises(StageRestoreError, match="flow bars runs with another one, give that with --config"):
        market.open_now(options=other)
