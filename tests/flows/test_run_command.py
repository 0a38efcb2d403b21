"""`tapeflow run`: stops on Ctrl-C and resumes, once per data folder, ours or a user's own file."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flows.config import Config
from flows.running import own_flow, runner
from flows.running.flow_options import BadOption, FlowOptions
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.log_of import read, write
from tests.synthetic_ticks import messages

PREFIX = "command."

_OWN = """
from flows.running.flow import Flow
from flows.running.wiring import Wiring

def get_flow(options):
    return Wiring(Flow("own", "market.ticks", ("bars",)), options).flow
"""


@pytest.fixture(scope="module")
def settings(stack: Stack) -> Settings:
    settings = replace(stack.settings, topic_prefix=PREFIX)
    topics.create(settings)
    write(settings, "market.ticks", messages(3_000, seed=21))
    return settings


def test_interrupted_and_resumed(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    with FlowProcess(stack, tmp_path, PREFIX, "bars") as process:
        process.until(lambda: process.done("market.ticks") == 3_012)
        with FlowProcess(stack, tmp_path, PREFIX, "bars", "--until-end") as second:
            assert second.process.wait(30) == 1
            assert "flow bars is already running" in second.log.read_text()
        assert process.interrupt() < 10
    bars = read(settings, "market.bars")
    assert bars
    with FlowProcess(stack, tmp_path, PREFIX, "bars", "--until-end") as process:
        process.ended()
    with FlowProcess(stack, tmp_path, PREFIX, "bars", "--until-end", "--from", "beginning") as process:
        process.ended()
    # What stands in the outputs is not written again, from the saved state or without it.
    assert read(settings, "market.bars") == bars


def test_own_file(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(_OWN)
    with FlowProcess(stack, tmp_path, PREFIX, str(file), "--until-end", "--output-prefix", "own.") as process:
        process.ended()
    assert read(settings, "market.bars", "own.")


def test_a_wiped_log_is_told(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    """The saved offsets belong to another log: going on would skip or repeat records."""
    with FlowProcess(stack, tmp_path, PREFIX, "bars", "--until-end", "--output-prefix", "wiped.") as process:
        process.ended()
    empty = replace(stack.settings, topic_prefix="empty.")
    topics.create(empty)
    with FlowProcess(stack, tmp_path, "empty.", "bars", "--until-end", "--output-prefix", "wiped.") as process:
        assert process.process.wait(30) == 1
        last = process.log.read_text().splitlines()[-1]
    assert last.startswith("tapeflow: empty.market.ticks[")
    assert "was the log wiped or cut?" in last


def test_a_missing_topic_is_told(stack: Stack, tmp_path: Path) -> None:
    with FlowProcess(stack, tmp_path, "nowhere.", "bars", "--until-end") as process:
        assert process.process.wait(60) == 1
        assert "topic nowhere.market.ticks does not exist" in process.log.read_text()


def test_no_such_flow(settings: Settings) -> None:
    options = FlowOptions(settings, Config.load())
    with pytest.raises(own_flow.NoFlow, match=r"nothing\.py is no Python file"):
        own_flow.load("nothing.py", options)


@pytest.mark.parametrize(
    ("flow", "option"), [("audit", "--until-end"), ("audit", "--workers=2"), ("bars", "--flush-ms=5")]
)
def test_an_option_without_effect_is_refused(flow: str, option: str) -> None:
    command = [sys.executable, "-m", "flows.cli", "run", flow, option]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 1
    assert told.stderr == f"tapeflow: {option.split('=')[0]} does nothing for flow {flow}: leave it out\n"


def test_no_such_engine(settings: Settings) -> None:
    options = FlowOptions(settings, Config.load())
    with pytest.raises(BadOption, match="no engine java for bars"):
        options.with_engines("rust", {"bars": "java"})
    with pytest.raises(BadOption, match="no stage candles"):
        options.with_engines("rust", {"candles": "rust"})


def test_state_that_cannot_be_kept(settings: Settings, tmp_path: Path) -> None:
    from flows import bars

    (tmp_path / "file").write_text("")
    with pytest.raises(runner.StateUnusable, match=r"Not a directory|File exists"):
        runner.run(bars.get_flow(FlowOptions(settings, Config.load())), tmp_path / "file" / "state")
