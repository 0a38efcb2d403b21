"""Explanations of a log made by real flows: what stopped a signal, repeated reports, and logs that were cut."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from flows.contracts.codec import decode, encode
from flows.contracts.records import Control, Decision, New, OrderStatus, Origin, Rollout, Verdict
from flows.contracts.registry import SchemaIds
from flows.operator_commands import Limits, limits, opening
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.execution_reports import report_of
from tests.flow_process import FlowProcess
from tests.log_of import cut, read, write
from tests.synthetic_ticks import INSTRUMENTS, START_NS, messages

PREFIX = "explained."
_TICKS = 16_000
# Sparse, so that there are minutes for strategies to warm up in.
_PER_SECOND = 25
_STOPPED = INSTRUMENTS[1]
_IDS = SchemaIds.embedded()
# Passes through bars and features; an explanation looks past it.
_ROLLOUT = Rollout(
    origin=None,
    stage="signals",
    rust_percent=100,
    rust_keys=[],
    python_keys=[],
    operator="test",
    reason="test",
    event_ns=START_NS,
)


@pytest.fixture(scope="module")
def settings(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A market that the flows have worked through, with limits that stop every order of one instrument."""
    settings = replace(stack.settings, topic_prefix=PREFIX)
    topics.create(settings)
    ticks = [(b"BTC-USDT", b"not a record"), *messages(_TICKS, seed=7, per_second=_PER_SECOND)]
    # By the key of an instrument each: in every partition that has ticks.
    for number, instrument in enumerate(INSTRUMENTS):
        ticks.insert(_TICKS // 2 + number, (instrument.encode(), encode(_ROLLOUT, _IDS)))
    write(settings, "market.ticks", ticks)
    write(settings, "risk.inbox", [(b"main", encode(command, _IDS)) for command in _opening()])
    folder = tmp_path_factory.mktemp("explained")
    for flow in ("market", "risk"):
        with FlowProcess(stack, folder, PREFIX, flow, "--until-end") as process:
            process.ended()
    return settings


def _opening() -> Iterator[Control]:
    yield opening("main", "test", log_id="0badcafe")
    for instrument in INSTRUMENTS:
        notional = "0.01" if instrument == _STOPPED else "100000"
        yield limits("main", "test", "binance", instrument, Limits("10", "1000", notional, "10000000", 1e6))


def explain(settings: Settings, *words: str, prefix: str = PREFIX) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", "explain", *words, "--data-dir", str(settings.data_dir)]
    environment = {**settings.environment(), "TAPEFLOW_TOPIC_PREFIX": prefix}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)


def _explained(settings: Settings, *words: str) -> dict[str, Any]:
    run = explain(settings, *words, "--format", "json")
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _orders(settings: Settings) -> list[tuple[tuple[int, int], New]]:
    """With partition and offset."""
    return [((one.partition, one.offset), decode(one.value, _IDS)) for one in read(settings, "execution.orders")]


def _decisions(settings: Settings, instrument: str) -> list[Decision]:
    decoded = (decode(one.value, _IDS) for one in read(settings, "risk.decisions"))
    return [decision for decision in decoded if decision.instrument == instrument]


def test_every_order_is_derived_again_bit_for_bit(settings: Settings) -> None:
    orders = [order for _, order in _orders(settings)]
    assert len(orders) > 10
    for order in (orders[0], orders[len(orders) // 2], orders[-1]):
        found = _explained(settings, order.client_order_id)
        assert found["rederivation"]["verdict"] == "identical"
        # Nothing has reported: there is no router in this test.
        assert found["notes"] == ["no report ends this order: it is still at work, or the router is down"]


def test_why_not_names_the_failed_check(settings: Settings) -> None:
    stopped = _decisions(settings, _STOPPED)
    assert stopped
    assert {decision.verdict for decision in stopped} == {Verdict.REJECTED}
    one = stopped[0]
    run = explain(settings, "--why-not", _STOPPED.replace("-", ""), "--at", str(one.event_ns), "--within", "0.5")
    assert run.returncode == 0, run.stderr
    assert "1 signal, 0 became orders, 1 did not" in run.stdout
    (line,) = (line for line in run.stdout.splitlines() if "stopped by" in line)
    assert "stopped by order_notional: measured " in line
    assert line.endswith(", limit 0.01")


def test_why_not_counts_every_signal_of_the_time(settings: Settings) -> None:
    every = [decision for instrument in INSTRUMENTS for decision in _decisions(settings, instrument)]
    first, last = min(one.event_ns for one in every), max(one.event_ns for one in every)
    within_s = str((last - first) // 10**9 + 1)
    for instrument in INSTRUMENTS[:2]:
        found = _explained(settings, "--why-not", instrument, "--at", str(first), "--within", within_s)
        decided = [one["decision"]["record"]["origin"] for signal in found["signals"] for one in signal["decisions"]]
        expected = [asdict(one.origin) for one in _decisions(settings, instrument)]
        assert sorted(decided, key=lambda origin: origin["offset"]) == expected


def test_without_a_signal_the_features_are_shown(settings: Settings) -> None:
    assert any(isinstance(decode(one.value, _IDS), Rollout) for one in read(settings, "market.features"))
    quiet_ns = min(one.event_ns for one in _decisions(settings, INSTRUMENTS[0])) - 1_500_000_000
    found = _explained(settings, "--why-not", INSTRUMENTS[0], "--at", str(quiet_ns), "--within", "1")
    assert found["signals"] == []
    assert [link["record"]["instrument"] for link in found["features"]] == [INSTRUMENTS[0]] * len(found["features"])
    second = next(link["record"] for link in found["features"] if link["record"]["interval_ns"] == 10**9)
    assert quiet_ns - 2_000_000_000 <= second["close_ns"] <= quiet_ns
    assert {one["kind"] for one in found["strategies"]} == {"ema_cross", "rsi_reversion"}
    text = explain(settings, "--why-not", INSTRUMENTS[0], "--at", str(quiet_ns), "--within", "1").stdout
    assert "no strategy gave a signal" in text


def test_a_repeated_report_shows_once(settings: Settings) -> None:
    """A restarted router writes what it does not know to be written; its number says that it is the same."""
    place, order = _orders(settings)[2]
    half = order.quantity // 2
    part = report_of(order, Origin(*place, 0), OrderStatus.PARTIALLY_FILLED, half, half)
    rest = report_of(order, Origin(*place, 1), OrderStatus.FILLED, order.quantity - half, order.quantity)
    other = replace(part, client_order_id=order.client_order_id + "0", venue_order_id="77001")
    write(settings, "risk.inbox", [(b"main", encode(report, _IDS)) for report in (part, other, part, rest)])
    found = _explained(settings, "77000")
    assert found["client_order_id"] == order.client_order_id
    assert [report["record"]["status"] for report in found["reports"]] == ["partially_filled", "filled"]
    assert found["notes"] == []
    # The other's client id is longer, and of no order.
    assert explain(settings, "77001").returncode == 2
    place, order = _orders(settings)[3]
    again = encode(report_of(order, Origin(*place, 0), OrderStatus.FILLED, order.quantity, order.quantity), _IDS)
    write(settings, "risk.inbox", [(b"main", again)])
    run = explain(settings, "77000")
    assert run.returncode == 2
    assert "2 orders have the venue id 77000: " in run.stderr
    assert f"{order.client_order_id} ({order.instrument})" in run.stderr


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        ("python", "cannot be made with them, or has no state to save: ValueError: "),
        ("rust", "is a Python class; run stage signals with the python engine"),
    ],
)
def test_stages_that_cannot_run_are_told(settings: Settings, tmp_path: Path, engine: str, told: str) -> None:
    """What the log says is shown all the same."""
    config = tmp_path / "own.toml"
    config.write_text(
        '[[strategies]]\nname = "mine"\nkind = "tests.flows.own_strategy:EveryNth"\naccount = "main"\n'
        'venue = "binance"\ninstrument = "*"\ninterval_ns = 1_000_000_000\nquantity = "1"\nparameters = { nth = "x" }\n'
    )
    _, order = _orders(settings)[0]
    run = explain(settings, order.client_order_id, "--engine", engine, "--config", str(config))
    assert run.returncode == 2, run.stdout + run.stderr
    assert "Risk checks" in run.stdout
    assert run.stderr == ""
    last = run.stdout.splitlines()[-1]
    assert last.startswith("  could not be derived again: ")
    assert told in last


def test_missing_topics_are_told(settings: Settings) -> None:
    run = explain(settings, "last", prefix="nowhere.")
    assert run.returncode == 2
    assert "topic nowhere.execution.orders does not exist" in run.stderr
    assert run.stderr.count("\n") == 1


def test_an_empty_log_is_told(settings: Settings) -> None:
    topics.create(replace(settings, topic_prefix="nothing."))
    run = explain(settings, "last", prefix="nothing.")
    assert run.returncode == 2
    assert "execution.orders is empty" in run.stderr


def test_a_cut_log_is_told(settings: Settings) -> None:
    """Last: it cuts the log of this file. What is still there is shown; what is needed and gone is named."""
    _, order = _orders(settings)[-1]
    signal = order.signal
    cut(settings, "market.ticks", signal.partition, 1)
    run = explain(settings, order.client_order_id)
    assert run.returncode == 2
    assert f"market.ticks[{signal.partition}] begins at offset 1" in run.stdout
    assert "Risk checks" in run.stdout
    cut(settings, "market.ticks", signal.partition, signal.offset + 1)
    run = explain(settings, order.client_order_id)
    assert (run.returncode, run.stdout) == (2, "")
    assert f"the log now begins at {signal.offset + 1}: it is outside retention" in run.stderr
    assert run.stderr.count("\n") == 1


def test_ids_and_times_are_read_as_written() -> None:
    from flows import times

    moment_ns = 1_723_161_600_123_456_789
    assert times.iso(moment_ns) == "2024-08-09T00:00:00.123456789Z"
    for text in ("2024-08-09T00:00:00.123456789", "2024-08-09 02:00:00.123456789+02:00", str(moment_ns)):
        assert times.parse(text) == moment_ns
    assert times.parse("2024-08-09") == moment_ns - 123_456_789
