"""A user's strategy class runs in the python engine, and its state is saved with the stage's."""

from __future__ import annotations

from typing import Any

import pytest

from flows.contracts.records import DeadLetter, Mark, Signal
from flows.errors import StageConfigError, StageRestoreError
from flows.kernels.stage import Entry, Stage
from tests.parity.plain_bar import plain_bar
from tests.parity.twins import IDS, entry, follow, records

OWN: dict[str, Any] = {
    "name": "mine",
    "kind": "tests.flows.own_strategy:EveryNth",
    "account": "main",
    "venue": "binance",
    "instrument": "BTC-USDT",
    "interval_ns": 1_000_000_000,
    "quantity": "0.001",
    "parameters": {"nth": 3},
}


def signals(**changes: Any) -> Stage:
    return Stage("signals", {"strategies": [OWN | changes]}, IDS, {})


def vectors(count: int = 7) -> list[Entry]:
    """Of bars that close at 100, 101, ..."""
    bars = [entry("market.bars", number, plain_bar(number, 100 + number)) for number in range(count)]
    return follow("market.features", Stage("features", {}, IDS, {}).process(bars))


def closes(made: list[Any]) -> list[int]:
    """At which prices it gave signals."""
    return [one.reference_price for one in records(made) if isinstance(one, Signal)]


def test_it_trades_and_goes_on_from_its_state() -> None:
    first = signals()
    made = first.process(vectors()[:4])
    second = signals()
    second.restore(first.snapshot())
    made += second.process(vectors()[4:])
    kinds = [type(record) for record in records(made)]
    assert kinds == [Mark, Mark, Mark, Signal, Mark, Mark, Mark, Signal, Mark]
    signal = records(made)[3]
    assert (signal.strategy, signal.quantity, signal.price, signal.reference_price) == ("mine", 7, None, 102)


def test_it_is_fed_before_it_is_heard() -> None:
    """The warm-up goes on from the saved state, too."""
    parameters = {"nth": 2, "warm_up": 4}
    assert closes(signals(parameters=parameters | {"warm_up": 0}).process(vectors())) == [101, 103, 105]
    first, second = signals(parameters=parameters), signals(parameters=parameters)
    made = first.process(vectors()[:3])
    second.restore(first.snapshot())
    assert closes(made + second.process(vectors()[3:])) == [105]


def test_bars_that_it_does_not_act_at_count_all_the_same() -> None:
    assert closes(signals(parameters={"nth": 2, "only_below": 105}).process(vectors())) == [101, 103]


def test_what_it_withholds_is_written_down() -> None:
    made = signals(parameters={"nth": 2, "not_below": 103}).process(vectors())
    assert closes(made) == [103, 105]
    (letter,) = (one for one in records(made) if isinstance(one, DeadLetter))
    assert (letter.stage, letter.reason, letter.source) == ("signals", "withheld", "market.features")
    assert letter.detail == ("strategy mine withholds a signal on binance BTC-USDT: the price is too low to sell")


@pytest.mark.parametrize("kind", ["no.such.module:Mine", "tests.flows.own_strategy:Missing", "plain"])
def test_a_class_that_is_not_there_is_told_before_the_first_bar(kind: str) -> None:
    with pytest.raises(StageConfigError, match=r"strategies\.mine\.kind"):
        signals(kind=kind)


@pytest.mark.parametrize(
    ("cls", "advice"),
    [
        ("OldShape", "has on_features, which is now called generate_signals; rename it and inherit"),
        ("HalfShape", "has no should_execute, risk_check, snapshot, restore; flows.kernels.strategy.Strategy"),
    ],
)
def test_a_class_of_another_shape_is_told_what_to_do(cls: str, advice: str) -> None:
    with pytest.raises(StageConfigError, match=advice):
        signals(kind=f"tests.flows.faulty_strategies:{cls}")


@pytest.mark.parametrize("parameters", [{}, {"nth": "many"}, {"nth": 1, "warm_up": -1}])
def test_parameters_that_it_does_not_take_are_told_before_the_first_bar(parameters: dict[str, Any]) -> None:
    with pytest.raises(StageConfigError, match=r"strategies\.mine\."):
        signals(parameters=parameters)


def test_a_state_that_it_does_not_take_up_is_told() -> None:
    first = signals()
    first.process(vectors())
    with pytest.raises(StageRestoreError, match="the snapshot cannot be read"):
        signals(kind="rsi_reversion", parameters={}).restore(first.snapshot())
