"""`tapeflow demo` on a recording: ClickHouse holds the file's own numbers, and either engine writes the same log."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.connectors import clickhouse
from flows.reports.asked import Asked
from flows.reports.catalogue import REPORTS
from flows.reports.run import make
from flows.stack import Stack
from tests.recordings import candles, messages, recording
from tests.reports import worked_out
from tests.reports.agreement import assert_says
from tests.reports.whole_log import Log

CAPTURES = {"binance": "binance/spot/btcusdt_20240808.gz", "binance_usdm": "binance/usdm/btcusdt_20240808.gz"}
TAPEFLOW = [sys.executable, "-m", "flows.cli"]


@dataclass(frozen=True)
class Done:
    """A demo that has run, its stack up again."""

    capture: Path
    output: str
    stack: Stack

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with clickhouse.client(self.stack.clickhouse_url) as client:
            return [tuple(row) for row in client.query(sql).result_rows]


@pytest.fixture(scope="module", params=sorted(CAPTURES))
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    capture = recording(CAPTURES[request.param])
    data_dir = tmp_path_factory.mktemp("demo")
    command = [*TAPEFLOW, "demo", "--capture", str(capture), "--speed", "max", "--data-dir", str(data_dir)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stdout + run.stderr
    with Stack(data_dir) as stack:
        yield Done(capture, run.stdout, stack)


def milliseconds(column: str) -> str:
    return f"toUnixTimestamp64Milli({column})"


def test_every_trade_is_the_files_own(done: Done) -> None:
    landed = done.rows(
        f"SELECT trade_id, price, quantity, {milliseconds('event_ns')}, {milliseconds('publish_ns')}, aggressor "
        "FROM market_ticks WHERE kind = 'Trade' ORDER BY partition, offset"
    )
    assert landed == [
        (data["t"], Decimal(data["p"]), Decimal(data["q"]), data["T"], data["E"], "sell" if data["m"] else "buy")
        for kind, data in messages(done.capture)
        if kind == "trade"
    ]


def test_every_quote_is_the_files_own(done: Done) -> None:
    landed = done.rows(
        "SELECT update_id, bid_price, bid_quantity, ask_price, ask_quantity "
        "FROM market_ticks WHERE kind = 'Quote' ORDER BY partition, offset"
    )
    assert landed == [
        (data["u"], *(Decimal(data[name]) for name in "bBaA"))
        for kind, data in messages(done.capture)
        if kind == "bookTicker"
    ]


def test_every_depth_event_is_the_files_own(done: Done) -> None:
    landed = done.rows(
        f"SELECT first_update_id, final_update_id, previous_update_id, {milliseconds('publish_ns')}, bids, asks "
        "FROM market_ticks WHERE kind = 'BookDelta' ORDER BY partition, offset"
    )

    def levels(side: list[list[str]]) -> list[tuple[Decimal, ...]]:
        return [tuple(Decimal(text) for text in level) for level in side]

    expected = [
        (data["U"], data["u"], data.get("pu"), data["E"], levels(data["b"]), levels(data["a"]))
        for kind, data in messages(done.capture)
        if kind == "depth"
    ]
    assert [(*row[:4], *([tuple(level.values()) for level in side] for side in row[4:])) for row in landed] == expected


def test_bars_equal_bars_worked_out_from_the_file(done: Done) -> None:
    for interval_ms in (1_000, 5_000, 60_000):
        landed = done.rows(
            f"SELECT {milliseconds('open_ns')}, open, high, low, close, volume, notional, buy_volume, trade_count "
            f"FROM market_bars WHERE interval_ns = {interval_ms * 1_000_000} ORDER BY open_ns"
        )
        expected = [
            (bar.open_ms, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.notional, bar.buy_volume,
             bar.trade_count)
            for bar in candles(done.capture, interval_ms)
        ]  # fmt: skip
        # The recording ends within an interval: nothing says that its last bar is over.
        assert landed == expected[: len(landed)]
        assert len(expected) - len(landed) <= 1


def test_the_books_top_is_the_venues_own(done: Done) -> None:
    """At the same update id; the data's README counts 2 exceptions in both spot files together, none in futures."""
    compared = done.rows(
        "SELECT count(), countIf((d.bid_price, d.bid_quantity, d.ask_price, d.ask_quantity) != "
        "(q.bid_price, q.bid_quantity, q.ask_price, q.ask_quantity)) "
        "FROM market_ticks d JOIN market_ticks q ON d.final_update_id = q.update_id "
        "WHERE d.kind = 'BookDelta' AND q.kind = 'Quote' AND d.bid_price IS NOT NULL"
    )
    ((events, different),) = compared
    assert events > 500
    assert different <= 2


def test_every_check_returns_no_row(done: Done) -> None:
    for file in sorted((Path(__file__).resolve().parents[2] / "sql" / "checks").glob("*.sql")):
        assert done.rows(file.read_text().rstrip().rstrip(";")) == [], file.stem


def test_every_report_says_what_the_logs_records_say(done: Done) -> None:
    log = Log(done.stack.settings)
    for report in REPORTS:
        for section, answer in make(done.stack.settings, report, Asked()).answers.items():
            # This recording has neither gaps nor dead letters: tests/reports has.
            expected = getattr(worked_out, section.name, lambda _log: [])
            assert_says(answer, expected(log))


def test_the_other_engine_writes_the_same_log(done: Done) -> None:
    data_dir = str(done.stack.data_dir)
    for flow in ("market", "risk"):
        again = [*TAPEFLOW, "run", flow, "--engine", "python", "--output-prefix", "again.", "--until-end"]
        config = str(done.stack.data_dir / "state" / "tapeflow.toml")
        subprocess.run([*again, "--config", config, "--data-dir", data_dir], check=True, timeout=240)
    for topic in ("market.bars", "market.features", "risk.decisions", "execution.orders"):
        assert values(done.stack, "again." + topic) == values(done.stack, topic), topic
    inbox = [value for value in values(done.stack, "risk.inbox") if kind_of(value) in ("Signal", "Mark")]
    assert values(done.stack, "again.risk.inbox") == sorted(inbox)


def kind_of(message: bytes) -> str:
    from flows.contracts.registry import SchemaIds

    return SchemaIds.embedded().by_id[int.from_bytes(message[1:5], "big")].rpartition(".")[2]


def values(stack: Stack, topic: str) -> list[bytes]:
    """All values of a topic, sorted: partitions have no order among each other."""
    from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

    consumer = Consumer({**stack.settings.kafka(), "group.id": "none", "enable.auto.commit": False})
    partitions = list(consumer.list_topics(topic, timeout=10).topics[topic].partitions)
    ends = {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in partitions}
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
    found: list[bytes] = []
    while len(found) < sum(ends.values()):
        # It waits for all of the thousand, or as long as it may.
        for message in consumer.consume(1000, timeout=0.2):
            assert message.error() is None
            found.append(message.value() or b"")
    consumer.close()
    return sorted(found)
