"""Tick files that a running ingestor writes, read by `flows.journal` while they grow."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from flows import journal
from flows.contracts.records import Quote
from flows.stack import Stack
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import BINARY, Ingestor, records_of
from tests.system.router_process import Logs, logs_of_their_own, wait_for

SYMBOL = ("BTC-USDT", "binance")


@pytest.fixture
def logs(stack: Stack) -> Iterator[Logs]:
    with logs_of_their_own(stack) as made:
        yield made


def test_ticks_are_the_quotes_of_the_log_and_go_on_after_a_kill(logs: Logs, tmp_path: Path) -> None:
    folder, frames = tmp_path / "ticks", tmp_path / "frames"
    options = ("--tick-files", str(folder), "--tick-files-keep", "1GiB", "--frames", str(frames))
    with Exchange("--venue", "binance") as exchange:
        with Ingestor(logs.settings, exchange, tmp_path, *options) as ingestor:
            wait_for("ticks", lambda: (folder / "1.00000000.ticks").exists())
            with journal.open(folder, SYMBOL) as file:
                followed = len(file.ticks)
                for new in file.follow(timeout_s=20):
                    followed += len(new)
                    if followed > 100:
                        break
                assert followed == len(file.ticks) > 100
            with pytest.raises(AssertionError, match="another process writes to"):
                Ingestor(logs.settings, exchange, tmp_path, *options[:2]).__enter__()
            ingestor.stop()
        with journal.open(folder, SYMBOL) as file:
            first = file.ticks.copy()
        quotes = [record for record in records_of(logs.settings, "market.ticks") if isinstance(record, Quote)]
        assert len(first) == len(quotes)
        for name, values in (("bid", [q.bid_price for q in quotes]), ("ask", [q.ask_price for q in quotes])):
            assert np.array_equal(first[name], (np.array(values, float) / 1e9).astype("f4"))
        assert first["timestamp_ns"].tolist() == [quote.receive_ns for quote in quotes]
        assert first["source"].tolist() == [journal.Source.BINANCE] * len(first)

        with Ingestor(logs.settings, exchange, tmp_path, *options) as killed:
            wait_for("more ticks", lambda: len(ticks_of(folder)) > len(first) + 20)
            time.sleep(0.1)
            killed.kill()
    whole = ticks_of(folder)
    assert whole["sequence"].tolist() == list(range(len(whole)))
    resumed = np.flatnonzero(whole["flags"] & journal.Flag.RESUMED)
    assert resumed.tolist() == [len(first)]
    assert_rebuilt(whole, frames, tmp_path / "again")


def assert_rebuilt(written: np.ndarray, frames: Path, folder: Path) -> None:  # type: ignore[type-arg]
    """What the frame log makes again is what was written, and what the kill kept from the files."""
    command = [str(BINARY), "ticks", "--frames", str(frames), "--tick-files", str(folder)]
    rebuilt = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    again = ticks_of(folder)
    assert (rebuilt["runs"], rebuilt["ticks"], rebuilt["torn_end"]) == (2, len(again), None)
    assert len(again) >= len(written)
    # Whole bytes: a side that is missing is a NaN, which equals nothing.
    assert again[: len(written)].tobytes() == written.tobytes()
    assert again["sequence"].tolist() == list(range(len(again)))
    refused = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert "holds tick files already" in refused.stderr


def ticks_of(folder: Path) -> np.ndarray:  # type: ignore[type-arg]
    """All parts' ticks."""
    with journal.open(folder, SYMBOL, part=0) as file:
        return np.concatenate([ticks for _, ticks in file.history()])
