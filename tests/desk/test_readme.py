"""The README's tapeflow.toml is one."""

from __future__ import annotations

import re
from pathlib import Path

from flows.desk import configuration, programs

_ROOT = Path(__file__).parents[2]


def test_the_readmes_file_is_well(tmp_path: Path) -> None:
    [text] = re.findall(r"```toml\n(.*?)```", (_ROOT / "README.md").read_text(), re.DOTALL)
    file = tmp_path / "tapeflow.toml"
    file.write_text(text)
    assert configuration.problems(file) == []
    wanted = programs.wanted(configuration.load(file))
    assert wanted == ["exchange", "audit", "market", "risk", "router", "ingestor-binance"]
