"""`tapeflow replay`: a stretch of the log once more, into topics, into files, or only counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import fastavro
import pyarrow.parquet
import pytest

from flows.connectors.log_ends import LogEnds
from flows.contracts.codec import decode
from flows.contracts.partition import partition_of
from flows.contracts.records import Bar
from flows.contracts.registry import SchemaIds
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.log_of import cut, read, write
from tests.producers import by_source_partition
from tests.replay.conftest import PREFIX
from tests.synthetic_ticks import messages
from tests.tapeflow_command import tapeflow

_IDS = SchemaIds.embedded()
_BTC = partition_of(b"BTC-USDT", 4)


def bars(settings: Settings, prefix: str = PREFIX) -> list[Bar]:
    return [decode(written.value, _IDS) for written in read(settings, "market.bars", prefix)]


def test_all_of_it_into_topics(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    done = tapeflow(stack, tmp_path, PREFIX, "replay", "market", "--to-topics", "replayed.")
    assert done.returncode == 0, done.stderr
    again = replace(settings, topic_prefix="replayed.")
    for name in ("market.bars", "market.features", "market.violations", "risk.inbox", "ops.dead_letters"):
        assert by_source_partition(read(again, name)) == by_source_partition(read(settings, name)), name


def test_topics_are_never_written_twice(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    assert tapeflow(stack, tmp_path, PREFIX, "replay", "bars", "--to-topics", "twice.").returncode == 0
    again = tapeflow(stack, tmp_path, PREFIX, "replay", "bars", "--to-topics", "twice.")
    assert again.returncode == 1
    assert "twice.market.bars holds records already" in again.stderr
    live = tapeflow(stack, tmp_path, PREFIX, "replay", "bars", "--to-topics", PREFIX)
    assert live.returncode == 1
    assert "where the live flows write" in live.stderr


def test_a_stretch_has_the_state_of_then(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    """Bars caused by offsets 1,000 to 1,999 of one partition are the ones that stand in the log."""
    arguments = ["--from", "1000", "--to", "2000", "--partition", str(_BTC)]
    done = tapeflow(stack, tmp_path, PREFIX, "replay", "bars", *arguments, "--to-files", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    found = pyarrow.parquet.read_table(tmp_path / "out" / "market.bars.Bar.parquet").to_pylist()
    wanted = [bar for bar in bars(settings) if bar.origin.partition == _BTC and 1_000 <= bar.origin.offset < 2_000]
    assert len(wanted) > 5
    assert [(row["close"], int(row["notional"]), row["vwap"]) for row in found] == [
        (bar.close, bar.notional, bar.vwap) for bar in wanted
    ]


def test_one_symbol_as_avro(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    arguments = ["--symbol", "BTC-USDT", "--to-files", str(tmp_path / "out"), "--format", "avro"]
    done = tapeflow(stack, tmp_path, PREFIX, "replay", "market", *arguments)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out" / "market.bars.Bar.avro").open("rb") as file:
        closes = [record["close"] for record in fastavro.reader(file)]
    assert closes == [bar.close for bar in bars(settings) if bar.instrument == "BTC-USDT"]
    assert (tmp_path / "out" / "risk.inbox.Signal.avro").exists()
    again = tapeflow(stack, tmp_path, PREFIX, "replay", "market", *arguments)
    assert again.returncode == 1
    assert "holds avro files already" in again.stderr


def test_by_time(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    nothing = tapeflow(stack, tmp_path, PREFIX, "replay", "bars", "--from", now)
    assert nothing.returncode == 0, nothing.stderr
    assert nothing.stdout.endswith("nothing\n"), nothing.stdout
    everything = tapeflow(stack, tmp_path, PREFIX, "replay", "bars", "--from", "2024-01-01", "--to", now)
    assert f"{len(bars(settings)):,} market.bars" in everything.stdout


def test_a_log_whose_beginning_is_gone(stack: Stack, tmp_path: Path) -> None:
    """As after retention: what is left can be replayed, with a word about it; what is gone cannot."""
    settings = replace(stack.settings, topic_prefix="cut.")
    topics.create(settings)
    write(settings, "market.ticks", messages(2_000, seed=7, per_second=25))
    held = LogEnds(settings).read(["market.ticks"])["market.ticks"][_BTC]
    cut(settings, "market.ticks", _BTC, 100)

    whole = tapeflow(stack, tmp_path, "cut.", "replay", "bars", "--partition", str(_BTC))
    assert whole.returncode == 0, whole.stderr
    assert f"market.ticks[{_BTC}] begins at offset 100 now" in whole.stderr
    assert whole.stdout.startswith(f"{held - 100:,} records of market.ticks")
    outside = tapeflow(stack, tmp_path, "cut.", "replay", "bars", "--partition", str(_BTC), "--from", "99")
    assert outside.returncode == 1
    assert f"market.ticks[{_BTC}] holds offsets 100 to {held - 1}, not 99" in outside.stderr
    shadow = tapeflow(stack, tmp_path, "cut.", "shadow", "bars", "--candidate", "rust", "--baseline", "rust")
    assert shadow.returncode == 0, shadow.stderr
    assert f"market.ticks[{_BTC}] begins at offset 100 now" in shadow.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "yesterday"], "yesterday is no place in the log"),
        (["--from", "999999"], "holds offsets 0 to"),
        (["--from", "500", "--to", "400"], "would end at 400, before it begins at 500"),
        (["--partition", "9"], "market.ticks has no partition 9: they are 0 to 3"),
        (["--to-topics", "x.", "--to-files", "x"], "choose one of them"),
    ],
)
def test_what_cannot_be_meant(
    stack: Stack, settings: Settings, tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = tapeflow(stack, tmp_path, PREFIX, "replay", "bars", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
