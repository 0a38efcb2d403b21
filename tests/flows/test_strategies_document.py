"""The strategy in docs/strategies.md runs as it stands there, from the configuration that stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from flows.config import Config
from flows.contracts.records import DeadLetter, Signal
from flows.kernels.stage import Stage
from tests.parity.recorded import ticks
from tests.parity.test_strategies_recorded import vectors
from tests.parity.twins import IDS, entry, follow, records
from tests.recordings import recording

DOCUMENT = Path(__file__).parents[2] / "docs" / "strategies.md"


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[number]


def test_the_market_maker_quotes_a_recording(tmp_path: Path) -> None:
    (tmp_path / "tapeflow.toml").write_text(block("toml", 1))
    stage = Stage("signals", Config.load(tmp_path / "tapeflow.toml").stages["signals"], IDS, {})
    signals = [one for one in records(stage.process(vectors()[:200])) if isinstance(one, Signal)]
    assert len(signals) > 5
    assert all(one.half_spread and one.expires_ns for one in signals)


def test_the_example_trades_a_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "breakout.py").write_text(block("python"))
    (tmp_path / "tapeflow.toml").write_text(block("toml"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "breakout", raising=False)
    config = Config.load(tmp_path / "tapeflow.toml")
    outputs = []
    tape = ticks(recording("binance/spot/btcusdt_20240808.gz"))[:20_000]
    entries = [entry("market.ticks", offset, tick) for offset, tick in enumerate(tape)]
    for name, topic in (("bars", "market.bars"), ("features", "market.features"), ("signals", "risk.inbox")):
        outputs = Stage(name, config.stages[name], IDS, {}).process(entries)
        entries = follow(topic, outputs)
    made = records(outputs)
    signals = [one for one in made if isinstance(one, Signal)]
    assert not any(isinstance(one, DeadLetter) for one in made)
    assert len(signals) > 5
    assert all(one.strength > 0 and one.price is not None for one in signals)
