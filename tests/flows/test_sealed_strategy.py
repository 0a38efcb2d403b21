"""A strategy that goes wrong is muted where it went wrong; the others and the desk go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.contracts.codec import decode
from flows.contracts.records import DeadLetter, Mark, Origin, Signal, SignalsState, StageState
from flows.kernels.stage import Stage
from tests.flows.test_own_strategy import OWN, vectors
from tests.parity.twins import IDS, entry, records

FAULTS = {
    "Raises": "KeyError: <object object at 0x...>, in fault at faulty_strategies.py:",
    "Exits": "SystemExit: 1, in fault at faulty_strategies.py:",
    "NeverEnds": "Overrun: more than 1000000 steps for one bar, in fault at faulty_strategies.py:",
    "HidesThatItNeverEnds": "Overrun: more than 1000000 steps for one bar",
    "SwitchesTheCountOff": "Overrun: its steps were not counted to the end: it called sys.settrace",
    "NotANumber": "the intent's strength is not finite",
    "NotAPrice": "the intent's price is a float",
    "TooLarge": "the intent's quantity does not fit 64 bits",
    "NotAStep": "the quote's price_step is a float",
    "NoText": "the intent's reason is no UTF-8",
    "NoList": "generate_signals gave a Intent, not a list",
    "NoIntent": "generate_signals: an item of the list gave a Looks, not a Intent",
    "CannotCheck": "risk_check gave a bool, not a str",
}


def stage(cls: str, **changes: Any) -> Stage:
    """The faulty one first, so that the other comes after its fault."""
    faulty = OWN | {"name": "faulty", "kind": f"tests.flows.faulty_strategies:{cls}", "parameters": {}} | changes
    good = OWN | {"name": "good", "parameters": {"nth": 1}}
    return Stage("signals", {"strategies": [faulty, good]}, IDS, {})


def of(name: str, made: list[Any]) -> list[int]:
    return [one.reference_price for one in records(made) if isinstance(one, Signal) and one.strategy == name]


@pytest.mark.parametrize(("cls", "why"), FAULTS.items())
def test_it_is_muted_and_the_others_go_on(cls: str, why: str) -> None:
    given = vectors()
    made = stage(cls).process(given)
    assert of("faulty", made) == [100, 101], "nothing of the bar at which it went wrong"
    assert of("good", made) == [100, 101, 102, 103, 104, 105, 106]
    assert sum(isinstance(one, Mark) for one in records(made)) == 7
    (letter,) = (one for one in records(made) if isinstance(one, DeadLetter))
    assert letter.detail.startswith(f"strategy faulty is muted on binance BTC-USDT: {why}")
    assert (letter.stage, letter.reason, letter.source) == ("signals", "muted", "market.features")
    assert letter.value == given[2].value
    assert letter.origin is not None
    assert (letter.origin.partition, letter.origin.offset) == given[2].origin[:2]


@pytest.mark.parametrize("cls", ["Raises", "NeverEnds"])
def test_a_replay_mutes_it_at_the_same_record(cls: str) -> None:
    """However the log is cut: through a saved state, and again from the beginning."""
    given, whole = vectors(), stage(cls)
    expected = whole.process(given)
    for cut in (2, 3, 5):
        first, second = stage(cls), stage(cls)
        made = first.process(given[:cut])
        second.restore(first.snapshot())
        made += second.process(given[cut:])
        assert made == expected
        assert second.snapshot() == whole.snapshot()


def test_it_stays_muted_until_it_has_another_version() -> None:
    given, first = vectors(), stage("Raises")
    first.process(given[:4])
    state = decode(first.snapshot(), IDS)
    assert isinstance(state, StageState)
    kernel = decode(state.kernel, IDS)
    assert isinstance(kernel, SignalsState)
    assert [one.strategy for one in kernel.strategies] == ["good"]
    assert [(one.strategy, one.bars, bool(one.muted)) for one in kernel.standings] == [
        ("faulty", 3, True),
        ("good", 4, False),
    ]
    same, mended = stage("Raises"), stage("Raises", version="2")
    for one in (same, mended):
        one.restore(first.snapshot())
    assert of("faulty", same.process(given[4:])) == []
    assert of("faulty", mended.process(given[4:])) == [104, 105], "it begins anew: the third bar is the last again"


def test_another_instrument_is_not_muted() -> None:
    both = stage("Raises", instrument="*")
    assert of("faulty", both.process(vectors())) == [100, 101]
    ether = []
    for offset, one in enumerate(vectors(), 100):
        vector = replace(decode(one.value, IDS), instrument="ETH-USDT", origin=Origin(1, offset, 0))
        ether.append(entry("market.features", offset, vector))
    assert of("faulty", both.process(ether)) == [100, 101]
