"""`defaults.toml` says what the kernels do by default."""

from pathlib import Path

import pytest

from flows._native import SchemaIds, Stage
from flows.config import DEFAULTS, STAGES, BadConfig, Config


@pytest.mark.parametrize("stage", STAGES)
def test_defaults_are_the_kernels(stage: str) -> None:
    """A kernel's state holds its configuration, so equal states are equal configurations."""
    ids = SchemaIds.embedded()
    written = Stage(stage, Config.load(DEFAULTS).json(stage), ids, {})
    assert written.snapshot() == Stage(stage, "{}", ids, {}).snapshot()


def test_single_keys_change(tmp_path: Path) -> None:
    file = tmp_path / "tapeflow.toml"
    file.write_text("[features]\nrsi = 7\n")
    stages = Config.load(file).stages
    assert stages["features"]["rsi"] == 7
    assert stages["features"]["ema_fast"] == Config.load(DEFAULTS).stages["features"]["ema_fast"]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tapeflow.toml"
    file.write_text("[feature]\nrsi = 7\n")
    with pytest.raises(BadConfig, match="feature is no table of it"):
        Config.load(file)
    with pytest.raises(BadConfig, match="No such file"):
        Config.load(tmp_path / "none.toml")
