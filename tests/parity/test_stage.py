"""Both engines of a stage read, count, refuse and restore alike."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import encode
from flows.contracts.letters import LETTER_BYTES_MAX
from flows.contracts.records import Bar, DeadLetter, Heartbeat, Origin, Rollout, Side, Trade
from flows.errors import StageConfigError, StageRestoreError
from flows.kernels.stage import Output, Stage

from .streams import SECOND, START, passed_on, ticks
from .test_signals import strategy
from .twins import IDS, PARTITIONS, Twins, entry, records

SPOILERS = st.sampled_from(["cut", "longer", "changed", "id"])


@given(st.lists(st.tuples(ticks, SPOILERS, st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=20))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_garbled_messages_are_refused_alike(spoilt: list[tuple[object, str, int, int]]) -> None:
    entries = []
    for number, (record, spoiler, at, byte) in enumerate(spoilt):
        message = bytearray(encode(record, IDS))
        match spoiler:
            case "cut":
                del message[at % len(message) :]
            case "longer":
                message.append(byte)
            case "changed":
                message[at % len(message)] = byte
            case "id":
                message[4] = byte
        entries.append(entry("market.ticks", number, bytes(message)))
    Twins("bars", {}).feed(entries)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_random_bytes_become_dead_letters(messages: list[bytes]) -> None:
    """In a derived topic such bytes name no cause: their letters count on from the last one."""
    outputs = Twins("features", {}).feed(
        [entry("market.bars", number, b"\1" + message) for number, message in enumerate(messages)]
    )
    letters = records(outputs)
    assert [type(letter) for letter in letters] == [DeadLetter] * len(messages)
    assert [letter.value[1:] for letter in letters] == messages
    assert [letter.origin.index for letter in letters] == list(range(len(messages)))


def test_of_what_a_topic_can_hardly_hold_a_letter_keeps_the_beginning() -> None:
    """A letter as long as its message would not fit, and nothing behind it would be written."""
    message = b"\1" + bytes(range(256)) * 4_000
    (letter,) = records(Twins("features", {}).feed([entry("market.bars", 0, message)]))
    assert letter.value == message[:LETTER_BYTES_MAX]
    assert letter.detail.endswith(f"(cut: the first 524288 of {len(message)} bytes)")


def test_what_an_older_version_wrote_is_taken() -> None:
    """A Trade of the first version ends before `flags`, and bears that version's id: a log outlives who wrote it."""
    trades = [
        Trade("binance", "BTC-USDT", -2, -3, at_ns, at_ns, at_ns, number, 100, 1, Side.BUY, "", 0)
        for number, at_ns in enumerate((START, START + 2 * SECOND), 1)
    ]
    new = [encode(trade, IDS) for trade in trades]
    old = [message[:1] + struct.pack(">i", IDS.all_of[Trade.SUBJECT][0]) + message[5:-1] for message in new]
    assert new[0][:5] != old[0][:5]
    config = {"intervals_ns": [SECOND]}

    def made_of(messages: list[bytes]) -> list[Output]:
        entries = [entry("market.ticks", number, message) for number, message in enumerate(messages)]
        return Twins("bars", config).feed(entries)

    assert [type(record) for record in records(made_of(old))] == [Bar]
    assert made_of(old) == made_of(new)
    # Its id says which version it is: neither is read as the other.
    mixed = [old[0] + b"\0", new[0][:-1]]
    assert [letter.reason for letter in records(made_of(mixed))] == ["parse", "parse"]


def test_a_kind_of_another_topic_is_refused() -> None:
    beat = Heartbeat("binance", "BTC-USDT", 1, 1)
    (letter,) = records(Twins("risk", {}).feed([entry("risk.inbox", 0, beat)]))
    assert (letter.reason, letter.detail) == ("unexpected_kind", "a Heartbeat does not belong into this topic")


def test_a_rollout_goes_on_to_the_stage_behind() -> None:
    said = Rollout(None, "signals", 50, ["BTC-USDT"], [], "test", "test", START)
    entries = [entry("market.ticks", 7, said)]
    for stage, topic in (("bars", "market.bars"), ("features", "market.features")):
        (output,) = Twins(stage, {}).feed(entries)
        assert (output.topic, output.partition, output.key) == (topic, 1, b"signals")
        assert records([output]) == [passed_on(7, 0)]
        entries = [entry(topic, 3, output.value)]
    assert Twins("signals", {}).feed(entries) == []
    assert Twins("risk", {}).feed([entry("risk.inbox", 0, said)]) == []


def test_a_rollout_that_was_passed_on_twice_is_dropped_once() -> None:
    """A dying bars flow wrote it late, after its successor had."""
    both = [entry("market.bars", offset, passed_on(7, 0)) for offset in range(2)]
    assert [record.origin for record in records(Twins("features", {}).feed(both))] == [Origin(1, 7, 0)]


BAD_CONFIGS = [
    ("bars", {"intervals_ns": []}),
    ("bars", {"intervals_ns": [SECOND, SECOND]}),
    ("bars", {"intervals_ns": [0]}),
    ("bars", {"lateness_ns": -1}),
    ("bars", {"lateness_ns": "1"}),
    ("bars", {"interval_ns": [SECOND]}),
    ("features", {"ema_fast": 26}),
    ("features", {"rsi": 0}),
    ("features", {"rsi": 1.5}),
    ("features", {"volatility": 10_001}),
    ("signals", {"strategies": [strategy("a", "ema_cross"), strategy("a", "ema_cross")]}),
    ("signals", {"strategies": [strategy("a", "none_such")]}),
    ("signals", {"strategies": [strategy("a", "ema_cross", quantity="-1")]}),
    ("signals", {"strategies": [strategy("a", "ema_cross", account="")]}),
    ("signals", {"strategies": [strategy("a", "ema_cross", parameters={"low": 1})]}),
    ("signals", {"strategies": [strategy("a", "rsi_reversion", parameters={"low": 80})]}),
    ("signals", {"strategies": [{"name": "a"}]}),
    ("risk", {"max_position": 1}),
    ("none_such", {}),
]


@pytest.mark.parametrize(("name", "config"), BAD_CONFIGS, ids=lambda value: json.dumps(value)[:60])
def test_a_wrong_configuration_is_refused_by_both(name: str, config: dict[str, object]) -> None:
    with pytest.raises(StageConfigError):
        Stage(name, config, IDS, PARTITIONS)
    with pytest.raises(StageConfigError):
        RustStage(name, json.dumps(config), RustIds.embedded(), PARTITIONS)


def test_a_python_strategy_asks_for_the_python_engine() -> None:
    config = json.dumps({"strategies": [strategy("mine", "my.module:Mine")]})
    with pytest.raises(StageConfigError, match="run stage signals with the python engine"):
        RustStage("signals", config, RustIds.embedded(), PARTITIONS)


@pytest.mark.parametrize("other", [("features", {}), ("bars", {"intervals_ns": [7 * SECOND]})])
def test_a_state_of_another_stage_or_configuration_is_refused(other: tuple[str, dict[str, object]]) -> None:
    name, config = other
    saved = Stage(name, config, IDS, PARTITIONS).snapshot()
    with pytest.raises(StageRestoreError):
        Stage("bars", {}, IDS, PARTITIONS).restore(saved)
    with pytest.raises(StageRestoreError):
        RustStage("bars", "{}", RustIds.embedded(), PARTITIONS).restore(saved)
