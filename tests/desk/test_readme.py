"""The README's tapeflow.toml is one, and its flow of one's own is a flow."""

from __future__ import annotations

import re
from pathlib import Path

from flows.comparison import own_stages
from flows.config import Config
from flows.desk import configuration, programs
from flows.running.flow import Flow
from flows.running.flow_options import FlowOptions
from flows.stack.settings import BOOTSTRAP_SERVERS, Settings

_README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_readmes_file_is_well(tmp_path: Path) -> None:
    [text] = re.findall(r"```toml\n(.*?)```", _README, re.DOTALL)
    file = tmp_path / "tapeflow.toml"
    file.write_text(text)
    assert configuration.problems(file) == []
    wanted = programs.wanted(configuration.load(file))
    assert wanted == ["exchange", "audit", "market", "risk", "router", "ingestor-binance"]


def test_the_readmes_flow_can_go_through_the_gate(tmp_path: Path) -> None:
    [text] = re.findall(r"```python\n(.*?get_flow.*?)```", _README, re.DOTALL)
    file = tmp_path / "readme_pairs.py"
    file.write_text(text)
    options = FlowOptions(Settings(tmp_path, external={BOOTSTRAP_SERVERS: "127.0.0.1:1"}), Config.load())
    found, given = own_stages.find(str(file), options)
    assert found == Flow("pairs", "market.ticks", ("bars", "features", "signals"))
    assert given == options
