"""Who watches decides whether anything is read; what cannot be read is said."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from flows.ui import live
from flows.ui.live import Live

_TIMEOUT_S = 20.0


def test_nothing_is_read_while_nobody_watches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_LINGER_S", 0.0)
    stop = threading.Event()
    shown = Live(tmp_path, stop)
    shown.start()
    time.sleep(1.5)
    assert shown.clickhouse.asked_s is None
    assert (shown.clickhouse.fault, shown.log.fault) == ("", "")
    with shown.watching((("binance", "BTC-USDT"), 0)):
        deadline_s = time.monotonic() + _TIMEOUT_S
        while not (shown.clickhouse.fault and shown.log.fault):
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        faults = [source["fault"] for source in json.loads(shown.parts((("", ""), 0))["head"])["sources"]]
    assert faults[0].startswith(f"no ClickHouse: no stack is running on {tmp_path}")
    assert faults[1].startswith(f"no broker: no stack is running on {tmp_path}")
    shown.stop()
    assert stop.is_set()


def test_a_defect_ends_the_page_instead_of_hiding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: object, _tape: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("flows.ui.state.State.read", broken)
    stop = threading.Event()
    shown = Live(tmp_path, stop)
    shown.start()
    with shown.watching((("", ""), 0)):
        assert stop.wait(_TIMEOUT_S)
    assert isinstance(shown.failure, ZeroDivisionError)
