"""The example of `docs/journal.md` does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journal.tick_bytes import tick, write_part

_PAGE = Path(__file__).parents[2] / "docs" / "journal.md"


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = _PAGE.read_text().partition("## Tick files")[2]
    example = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert example is not None
    folder = tmp_path / "ticks"
    folder.mkdir()
    (folder / "symbols.jsonl").write_text('{"id":1,"name":"BTC-USDT","venue":"binance"}\n')
    write_part(folder, 0, tick(1, 7) + tick(2, 8) + tick(3, 11))
    monkeypatch.chdir(tmp_path)
    # The page tells what this gives; it is asked for here by the same words.
    said = re.search(r"file\.gaps\(\) +# (.*)", example[1])
    assert said is not None
    names: dict[str, object] = {}
    exec(compile(example[1].replace("file.gaps()", "gaps = file.gaps()"), str(_PAGE), "exec"), names)
    assert repr(names["gaps"]) == said[1]
