"""A run without an end says how far it is behind, and goes on saying so while the broker is away."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flows.cli.bar import following
from flows.running.progress import Progress
from flows.stack import ports
from flows.stack.settings import BOOTSTRAP_SERVERS, Settings
from flows.stretch import Stretch


def test_a_broker_that_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = f"{ports.HOST}:{ports.choose('broker', 0, None, ())}"
    settings = Settings(tmp_path, external={BOOTSTRAP_SERVERS: nobody})
    said = ""
    with following(Progress("market.ticks", lambda: 0), Stretch("market.ticks", {0: (0, None)}), "shadow", settings):
        deadline_s = time.monotonic() + 30
        while not said and time.monotonic() < deadline_s:
            time.sleep(0.1)
            said = capsys.readouterr().err
    assert said.startswith(f"shadow: 0 records, unknown how far (the broker at {nobody} does not answer: ")
    assert said.endswith(") behind the log\n")
