"""The checker of a chaos round finds what it is there to find, each on a small log with one fault."""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace
from typing import Any, cast
from zlib import crc32

from flows.contracts.codec import decode, encode
from flows.contracts.records import Trade
from tests.chaos import checker
from tests.chaos.log import Entry, Log
from tests.chaos.witness import Operator
from tests.log_of import Written
from tests.operator_records import wide_open
from tests.parity.twins import IDS
from tests.replay.chains import MARKET, entries, run
from tests.synthetic_ticks import messages

_TICKS = list(islice(messages(3_000, seed=2, instruments=("BTC-USDT",), per_second=25), 3_000))


def _topic(values: list[bytes], partition: int = 1) -> list[Entry]:
    return [Entry(Written(partition, offset, b"key", value), decode(value, IDS)) for offset, value in enumerate(values)]


def _derived() -> Log:
    made = run(MARKET, entries("market.ticks", _TICKS))
    return {"market.bars": _topic([value for topic, _, _, value, _ in made["bars"] if topic == "market.bars"])}


def _seen(log: Log) -> dict[str, dict[tuple[str, int, int], int]]:
    return {
        name: {(name, one.at.partition, one.at.offset): crc32(one.at.value) for one in found}
        for name, found in log.items()
    }


def _trades(*positions: int) -> Log:
    trades = [value for _, value in _TICKS if isinstance(decode(value, IDS), Trade)]
    return {"market.ticks": _topic([trades[position] for position in positions])}


def test_a_record_that_vanished_or_changed() -> None:
    log = _derived()
    assert list(checker.nothing_vanished(log, _seen(log))) == []
    shorter = {"market.bars": log["market.bars"][:-1]}
    assert "vanished" in next(checker.nothing_vanished(shorter, _seen(log)))
    first, second, *rest = (entry.at.value for entry in log["market.bars"])
    swapped = {"market.bars": _topic([second, first, *rest])}
    assert "changed" in next(checker.nothing_vanished(swapped, _seen(log)))


def test_a_record_that_stands_twice() -> None:
    log = _derived()
    assert list(checker.origins_increase(log)) == []
    values = [entry.at.value for entry in log["market.bars"]]
    assert len(list(checker.origins_increase({"market.bars": _topic([*values, values[-1]])}))) == 1


def test_a_record_that_is_missing_or_too_many() -> None:
    log = _derived()
    assert list(checker.as_undisturbed(log, log)) == []
    holed = {"market.bars": [*log["market.bars"][:5], *log["market.bars"][6:]]}
    assert "record 5" in next(checker.as_undisturbed(holed, log))
    assert "not there" in next(checker.as_undisturbed(log, {"market.bars": log["market.bars"][:-1]}))


def test_a_trade_that_stands_twice_or_nowhere() -> None:
    here = _trades(0, 1, 2)
    first = cast(Trade, here["market.ticks"][0].record).trade_id
    step = cast(Trade, here["market.ticks"][1].record).trade_id - first
    # The synthetic market counts trades by ticks: their ids have holes, as after a cut without its Gap.
    assert step > 1
    assert "no Gap" in next(checker.ticks_without_holes(here))
    assert "a second time" in next(checker.ticks_without_holes(_trades(0, 0)))


def test_a_command_that_was_lost_or_doubled() -> None:
    said = [encode(command, IDS) for command in wide_open(["BTC-USDT"])]
    operator = cast(Operator, cast(Any, SimpleNamespace(acknowledged=["test"], unknown=[])))
    assert list(checker.commands_once({"risk.inbox": _topic(said[:1])}, operator)) == []
    assert "2 times" in next(checker.commands_once({"risk.inbox": _topic(said)}, operator))
    assert "0 times" in next(checker.commands_once({"risk.inbox": []}, operator))
    doubtful = cast(Operator, cast(Any, SimpleNamespace(acknowledged=[], unknown=["test"])))
    assert list(checker.commands_once({"risk.inbox": []}, doubtful)) == []
    assert "2 times" in next(checker.commands_once({"risk.inbox": _topic(said)}, doubtful))


def test_an_order_that_nobody_reports_or_the_venue_has_alone() -> None:
    nothing: Log = {"risk.inbox": [], "execution.orders": []}
    assert list(checker.orders_once(nothing, [])) == []
    stray = {"client_order_id": "tf-1", "fills": [], "status": "FILLED"}
    assert "no report tells of" in next(checker.orders_once(nothing, [stray]))
