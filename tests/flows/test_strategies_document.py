"""The strategy in docs/strategies.md runs as it stands there, from the configuration that stands there."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

import pytest

from flows.config import Config
from flows.contracts.records import DeadLetter, FeatureVector, Signal
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


def test_the_example_reads_features_of_its_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the page reads them: it buys in a trend alone."""
    first = "        highest = "
    assert first in block("python")
    reading = textwrap.indent(block("python", 1), " " * 8)
    (tmp_path / "trending.py").write_text(block("python").replace(first, f"{reading}{first}"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "trending", raising=False)
    (tmp_path / "tapeflow.toml").write_text(block("toml").replace("breakout:", "trending:"))
    config = Config.load(tmp_path / "tapeflow.toml").stages
    own = [{"name": "adx_5", "indicator": "adx", "parameters": {"timeperiod": 5}}]
    tape = ticks(recording("binance/spot/btcusdt_20240808.gz"))[:20_000]
    bars = Stage("bars", config["bars"], IDS, {}).process(
        [entry("market.ticks", offset, tick) for offset, tick in enumerate(tape)]
    )
    made = Stage("features", {**config["features"], "own": own}, IDS, {}).process(follow("market.bars", bars))
    vectors = [one for one in records(made) if isinstance(one, FeatureVector)]
    trending = {one.origin.offset for one in vectors if one.own and one.own[0].value >= 25}
    outputs = records(Stage("signals", config["signals"], IDS, {}).process(follow("market.features", made)))
    signals = [one for one in outputs if isinstance(one, Signal)]
    assert not any(isinstance(one, DeadLetter) for one in outputs)
    assert len(signals) > 2
    assert {one.origin.offset for one in signals} <= trending
    assert len(trending) < len(vectors)
