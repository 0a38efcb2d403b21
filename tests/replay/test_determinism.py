"""Same input, same outputs: however it is cut, whoever computes, and wherever it was saved and taken up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.contracts.codec import encode
from flows.contracts.registry import SchemaIds
from flows.kernels.stage import Entry
from tests.operator_records import wide_open
from tests.parity.recorded import ticks as recorded_ticks
from tests.recordings import recording
from tests.replay.chains import MARKET, RISK, Cut, Made, entries, run
from tests.synthetic_ticks import messages

_TICKS = 4_000
# Sparse, so that there are minutes for strategies to warm up in.
_PER_SECOND = 25
_ENGINES = st.sampled_from(["rust", "python"])
_IDS = SchemaIds.embedded()


@cache
def _ticks() -> Sequence[Entry]:
    garbled = [(b"BTC-USDT", b"not a record"), (b"BTC-USDT", b"\0\0")]
    stream = messages(_TICKS, seed=5, instruments=("BTC-USDT", "ETH-USDT"), per_second=_PER_SECOND)
    return entries("market.ticks", chain(islice(stream, _TICKS // 2), garbled, stream))


@cache
def _inbox() -> Sequence[Entry]:
    """An account that may trade, and what the signals of `_ticks` say to it."""
    commands = [(b"main", encode(command, _IDS)) for command in wide_open(("BTC-USDT", "ETH-USDT"))]
    said = [(key, value) for topic, _, key, value, _ in _undisturbed(MARKET)["signals"] if topic == "risk.inbox"]
    return entries("risk.inbox", [*commands, *said])


@cache
def _undisturbed(stages: tuple[str, ...]) -> Made:
    return run(stages, _input(stages))


def _input(stages: tuple[str, ...]) -> Sequence[Entry]:
    return _ticks() if stages == MARKET else _inbox()


def test_there_is_something_to_compare() -> None:
    for stage, made in {**_undisturbed(MARKET), **_undisturbed(RISK)}.items():
        assert len(made) > 20, stage
    topics = [made[0] for made in _undisturbed(RISK)["risk"]]
    assert topics.count("execution.orders") > 10
    assert [made[0] for made in _undisturbed(MARKET)["bars"]].count("ops.dead_letters") == 2


@pytest.mark.parametrize("stages", [MARKET, RISK], ids=["market", "risk"])
@pytest.mark.parametrize("engine", ["rust", "python"])
@pytest.mark.parametrize("batch_size", [1, 7, 1_000, None])
def test_any_batch_size(stages: tuple[str, ...], engine: str, batch_size: int | None) -> None:
    engines = dict.fromkeys(stages, engine)
    assert run(stages, _input(stages), engines=engines, batch_size=batch_size) == _undisturbed(stages)


def _cuts(stages: tuple[str, ...]) -> st.SearchStrategy[list[Cut]]:
    engines: st.SearchStrategy[Mapping[str, str]] = st.fixed_dictionaries(dict.fromkeys(stages, _ENGINES))
    return st.lists(st.builds(Cut, st.integers(0, len(_input(stages)) - 1), engines), max_size=6)


@pytest.mark.parametrize("stages", [MARKET, RISK], ids=["market", "risk"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
@given(data=st.data())
def test_saved_and_taken_up_anywhere_by_any_engine(stages: tuple[str, ...], data: st.DataObject) -> None:
    cuts = data.draw(_cuts(stages))
    batch_size = data.draw(st.sampled_from([7, 1_000, None]))
    assert run(stages, _input(stages), batch_size=batch_size, cuts=cuts) == _undisturbed(stages)


def test_saved_after_each_record() -> None:
    """Every record is the last one before a snapshot, and the first one after."""
    few = _ticks()[1_000:1_400]
    other = {"rust": "python", "python": "rust"}
    engine, cuts = "rust", []
    for position in range(1, len(few)):
        engine = other[engine]
        cuts.append(Cut(position, dict.fromkeys(MARKET, engine)))
    assert run(MARKET, few, cuts=cuts) == run(MARKET, few)


@pytest.mark.parametrize("name", ["binance/spot/btcusdt_20240808.gz", "binance/usdm/btcusdt_20240808.gz"])
def test_a_recording(name: str) -> None:
    records = islice(recorded_ticks(recording(name)), 12_000)
    tape = entries("market.ticks", [(b"BTC-USDT", encode(record, _IDS)) for record in records])
    expected = run(MARKET, tape)
    assert len(expected["bars"]) > 20
    cuts = [Cut(position, dict.fromkeys(MARKET, "python")) for position in (len(tape) // 2,)]
    cuts += [Cut(len(tape) // 2 + 500, {})]
    assert run(MARKET, tape, batch_size=997, cuts=cuts) == expected
