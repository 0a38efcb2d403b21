"""A stage changes its engine between two records, and nobody can tell from what it makes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

import pytest

from flows._native import Batch, PanicException, SchemaIds
from flows.contracts.codec import decode, encode
from flows.contracts.records import DeadLetter, Origin, Rollout
from flows.contracts.registry import SchemaIds as PythonIds
from flows.kernels.emit import Entry
from flows.rollout import engine
from flows.rollout.engine import Engine
from flows.rollout.policy import Policy
from flows.rollout.switch import Switch
from tests.parity.twins import batch
from tests.synthetic_ticks import INSTRUMENTS, messages

RUST_IDS = SchemaIds.embedded()
IDS = PythonIds.embedded()
CONFIG = json.dumps({"intervals_ns": [10**8, 10**9]})
TICKS = 600


def make(name: str) -> Engine:
    return engine.make(name, "bars", CONFIG, RUST_IDS, {})


def switch(configured: str = "rust", made: Callable[[str], Engine] = make) -> Switch:
    return Switch("bars", "market.ticks", configured, made, RUST_IDS, {"ops.dead_letters": 1})


def said(percent: int, rust: Sequence[str] = (), python: Sequence[str] = (), stage: str = "bars") -> bytes:
    return encode(Rollout(None, stage, percent, list(rust), list(python), "test", "test", 1), IDS)


def tape(policies: dict[int, bytes]) -> list[Entry]:
    """Ticks, and before some of them an operator's words."""
    values = list(messages(TICKS, seed=5))
    for at in sorted(policies, reverse=True):
        values.insert(at, (b"bars", policies[at]))
    return [Entry("market.ticks", 1, offset, key, value, (1, offset, 0)) for offset, (key, value) in enumerate(values)]


def run(one: Engine, entries: Sequence[Entry], seed: int | None = None) -> list[tuple[object, ...]]:
    """Outputs of the entries, as one batch or as batches cut at random."""
    dice = random.Random(seed)
    made: list[tuple[object, ...]] = []
    begin = 0
    while begin < len(entries):
        end = begin + (dice.randint(1, 80) if seed else len(entries))
        made += one.process(batch(entries[begin:end])).entries()
        begin = end
    return made


POLICIES = {
    60: said(0),
    150: said(50),
    151: said(50, stage="features"),
    260: said(0, rust=["BTC-USDT"]),
    400: said(100),
    401: said(100, python=["ETH-USDT"]),
    555: said(100),
}
STREAM = tape(POLICIES)
EXPECTED = run(make("rust"), STREAM)


@pytest.mark.parametrize("seed", range(1, 6))
def test_no_output_tells_which_engine_ran(seed: int) -> None:
    one = switch()
    assert run(one, STREAM, seed) == EXPECTED
    assert (one.standing.running, one.standing.policy.everywhere, one.take_letters()) == (("rust",), "rust", [])


def test_engines_run_as_the_policy_says() -> None:
    one = switch()
    seen = []
    for entry in STREAM:
        one.process(batch([entry]))
        if not seen or seen[-1] != one.standing.running:
            seen.append(one.standing.running)
    assert seen == [("rust",), ("python",), ("python", "rust"), ("rust",), ("rust", "python"), ("rust",)]


def test_an_engine_that_no_key_asks_for_is_ended() -> None:
    one = switch("python")
    run(one, tape({9: said(0, rust=INSTRUMENTS)}), 3)
    assert set(one.standing.running) == {"python", "rust"}
    one.snapshot()
    assert one.standing.running == ("rust",)


@pytest.mark.parametrize("cut", [1, 59, 60, 61, 151, 300, 402, 580])
@pytest.mark.parametrize("configured", ["rust", "python"])
def test_it_resumes_by_the_policy_that_it_had(cut: int, configured: str) -> None:
    first, second = switch(), switch(configured)
    made = run(first, STREAM[:cut], 1)
    second.restore(first.snapshot())
    if first.standing.policy.said:
        assert second.standing == first.standing
    else:
        assert second.standing.running == (configured,)
    assert made + run(second, STREAM[cut:], 2) == EXPECTED
    assert second.standing.running == ("rust",)


def test_an_older_word_that_arrives_again_is_not_heard() -> None:
    def passed_on(offset: int, percent: int) -> Entry:
        word = Rollout(Origin(1, offset, 0), "features", percent, [], [], "test", "test", 1)
        return Entry("market.bars", 1, 0, b"features", encode(word, IDS), (1, 0, 0))

    def features(name: str) -> Engine:
        return engine.make(name, "features", "{}", RUST_IDS, {})

    one = Switch("features", "market.bars", "rust", features, RUST_IDS, {"ops.dead_letters": 1})
    for offset, percent in ((5, 0), (9, 100), (5, 0)):
        one.process(batch([passed_on(offset, percent)]))
    assert one.standing.running == ("rust",)


class Failing:
    """Rust's engine until its turn has come."""

    def __init__(self, calls: int, fail: Callable[[Batch], Batch]) -> None:
        self._engine = make("rust")
        self._calls = calls
        self._fail = fail

    def process(self, records: Batch) -> Batch:
        self._calls -= 1
        return self._fail(records) if self._calls < 0 else self._engine.process(records)

    def snapshot(self) -> bytes:
        return self._engine.snapshot()

    def restore(self, state: bytes) -> None:
        self._engine.restore(state)


def panic(_records: Batch) -> Batch:
    raise PanicException("index out of bounds: the len is 3")


def raise_error(_records: Batch) -> Batch:
    raise ValueError("unexpected")


def make_nothing(_records: Batch) -> Batch:
    return Batch.of([])


def failing(calls: int, fail: Callable[[Batch], Batch]) -> Callable[[str], Engine]:
    return lambda name: Failing(calls, fail) if name == "rust" else make(name)


@pytest.mark.parametrize("fail", [panic, raise_error])
@pytest.mark.parametrize("calls", [0, 1, 4, 7])
def test_python_takes_over_what_rust_fails_at(
    fail: Callable[[Batch], Batch], calls: int, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tape({})
    one = switch(made=failing(calls, fail))
    assert run(one, plain, 1) == run(make("rust"), plain)
    assert one.standing.running == ("python",)
    (letter,) = one.take_letters()
    (_, _, _, key, value, origin, _) = letter.entries()[0]
    record = decode(value, IDS)
    assert isinstance(record, DeadLetter)
    assert (record.stage, record.reason, record.source, key) == (
        "bars-engine",
        "engine_fallback",
        "market.ticks",
        b"market.ticks",
    )
    assert record.origin == Origin(*origin)
    assert "the rust engine of bars on market.ticks[1] failed at records caused by offsets" in record.detail
    assert ("PanicException: index out of bounds" in record.detail) == (fail is panic)
    assert record.detail in capsys.readouterr().err


@pytest.mark.parametrize("fail", [panic, make_nothing])
def test_python_takes_over_where_both_run(fail: Callable[[Batch], Batch]) -> None:
    stream = tape({100: said(50)})
    one = switch(made=failing(6, fail))
    assert run(one, stream, 1) == run(make("rust"), stream)
    assert one.standing.running == ("python",)
    assert len(one.take_letters()) == 1


def test_python_takes_up_a_state_that_rust_panics_at() -> None:
    class NotRestoring(Failing):
        def restore(self, state: bytes) -> None:
            raise PanicException("overflow")

    plain = tape({})
    first = switch()
    made = run(first, plain[:300], 1)
    second = switch(made=lambda name: NotRestoring(10**9, panic) if name == "rust" else make(name))
    second.restore(first.snapshot())
    assert made + run(second, plain[300:], 2) == run(make("rust"), plain)
    (letter,) = second.take_letters()
    assert decode(letter.entries()[0][4], IDS).origin.partition == 1


def test_a_partition_that_fell_back_stays_with_python_until_the_next_word() -> None:
    one = switch(made=failing(2, panic))
    run(one, tape({})[:300], 1)
    resumed = switch()
    resumed.restore(one.snapshot())
    assert (resumed.standing.running, bool(resumed.standing.fallen)) == (("python",), True)
    resumed.process(batch([Entry("market.ticks", 1, 900, b"bars", said(100), (1, 900, 0))]))
    assert (resumed.standing.running, resumed.standing.fallen) == (("rust",), None)


def test_what_has_no_rust_engine_stays_with_python() -> None:
    """A strategy of the user's own, for one."""

    def refuse(name: str) -> Engine:
        if name == "rust":
            return engine.make("rust", "bars", '{"none_such": 1}', RUST_IDS, {})
        return make(name)

    one = switch("python", refuse)
    stream = tape({50: said(100)})
    assert run(one, stream, 1) == run(make("rust"), stream)
    assert "could not start: StageConfigError" in (one.standing.fallen or "")


def test_percentages_are_stable() -> None:
    """By a documented hash: these may never change, or a restart would move keys."""
    keys = ("BTC-USDT", "ETH-USDT", "SOL-USDT", "main")
    in_rust = {
        percent: [key for key in keys if Policy(percent).engine_of(key) == "rust"] for percent in (0, 25, 75, 100)
    }
    assert in_rust == {0: [], 25: ["ETH-USDT", "SOL-USDT"], 75: ["BTC-USDT", "ETH-USDT", "SOL-USDT"], 100: list(keys)}
    for key in (f"{number}-USDT" for number in range(200)):
        moved = [Policy(percent).engine_of(key) == "rust" for percent in range(101)]
        assert moved == sorted(moved), "a higher percentage only adds keys to Rust"
    shares = sum(Policy(30).engine_of(f"{number}-USDT") == "rust" for number in range(2_000))
    assert 500 < shares < 700
