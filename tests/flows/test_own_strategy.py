"""A user's strategy class runs in the python engine, and its state is saved with the stage's."""

from __future__ import annotations

from typing import Any

import pytest

from flows.contracts.records import Mark, Signal
from flows.errors import StageConfigError
from flows.kernels.stage import Stage
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


def test_it_trades_and_goes_on_from_its_state() -> None:
    bars = [entry("market.bars", number, plain_bar(number, 100 + number)) for number in range(7)]
    vectors = follow("market.features", Stage("features", {}, IDS, {}).process(bars))
    first = signals()
    made = first.process(vectors[:4])
    second = signals()
    second.restore(first.snapshot())
    made += second.process(vectors[4:])
    kinds = [type(record) for record in records(made)]
    assert kinds == [Mark, Mark, Mark, Signal, Mark, Mark, Mark, Signal, Mark]
    signal = records(made)[3]
    assert (signal.strategy, signal.quantity, signal.price, signal.reference_price) == ("mine", 7, None, 102)


@pytest.mark.parametrize("kind", ["no.such.module:Mine", "tests.flows.own_strategy:Missing", "plain"])
def test_a_class_that_is_not_there_is_told_before_the_first_bar(kind: str) -> None:
    with pytest.raises(StageConfigError, match=r"strategies\.mine\.kind"):
        signals(kind=kind)
