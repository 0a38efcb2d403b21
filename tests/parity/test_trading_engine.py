"""The trading engine: both twins make the same, one record at a time or all in one call, also from a snapshot on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.config import Config
from flows.contracts import topics
from flows.contracts.codec import encode
from flows.contracts.partition import partition_of
from flows.contracts.records import (
    Bar,
    BookDelta,
    Cancel,
    Command,
    Control,
    DeadLetter,
    Decision,
    FeatureVector,
    Level,
    Mark,
    New,
    Quote,
    Rollout,
    Side,
    Signal,
    Trade,
    Verdict,
)
from flows.engine import Batch, EngineBroken, EngineInputError, Events, TradingEngine, batch_of
from flows.errors import StageConfigError, StageRestoreError
from flows.kernels.stage import Stage
from tests import synthetic_ticks

from .streams import SECOND, START, garbage, mostly, ticks
from .test_risk import controls, opening, reports
from .test_signals import strategy
from .twins import IDS

ENGINES = ("rust", "python")
# Other counts than the declared ones, so that placement by key is seen to follow them.
PARTITIONS = {"market.ticks": 3, "risk.inbox": 2, "ops.dead_letters": 3}
CONFIG = Config(
    {
        "bars": {"intervals_ns": [SECOND // 4, SECOND], "lateness_ns": 0},
        "features": {"ema_fast": 1, "ema_slow": 2, "rsi": 1, "volatility": 2},
        "signals": {
            "strategies": [
                strategy("cross", "ema_cross", interval_ns=SECOND // 4),
                strategy("slow cross", "ema_cross", account="other"),
                strategy("reversion", "rsi_reversion", account="other", parameters={"low": 40, "high": 60}),
                strategy("perpetual", "rsi_reversion", venue="binance_usdm", quantity="0.002"),
                strategy("maker", "market_making", parameters={"price_step": "0.01", "volatility": 2}),
            ]
        },
        "risk": {},
    }
)

Row = tuple[str, int, int, bytes, bytes, tuple[int, int, int]]


def made(engine: str, config: Config = CONFIG, threads: int = 1) -> TradingEngine:
    return TradingEngine(config, engine=engine, partitions=PARTITIONS, threads=threads)


def row(record: Any, partition: int) -> Row:
    """As a batch takes it; the partition counts where its key says none."""
    topic = topics.of_subject(getattr(record, "SUBJECT", ""))
    if topic is None:
        message = record if isinstance(record, bytes) else encode(record, IDS)
        return "market.ticks", partition, -1, b"", message, (-1, -1, 0)
    return topic.name, -1, -1, b"", encode(record, IDS), (-1, -1, 0)


def told(events: Events) -> list[tuple[Any, ...]]:
    return [(one.topic, one.partition, one.offset, one.key, one.value, one.origin) for one in events]


def trade(at_ns: int, price: int, **changes: Any) -> Trade:
    plain = Trade(
        "binance", "BTC-USDT", -2, -3, START + at_ns, START + at_ns, START + at_ns, 1, price, 5, Side.BUY, "", 0
    )
    return replace(plain, **changes)


@st.composite
def tapes(draw: st.DrawFn) -> tuple[list[Row], set[int]]:
    """Rows of both topics, garbage too, and the positions at which the engines swap their states."""
    words = st.one_of(ticks, ticks, ticks, ticks, controls, reports)
    drawn = draw(st.lists(st.tuples(mostly(words, garbage, 25), st.integers(0, 2)), min_size=20, max_size=80))
    opened = opening() if draw(st.booleans()) else []
    rows = [row(record, 0) for record in opened] + [row(*one) for one in drawn]
    return rows, draw(st.sets(st.integers(0, 80), max_size=4))


@given(tapes())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_twins_agree_at_once_one_by_one_and_resumed(drawn: tuple[list[Row], set[int]]) -> None:
    rows, swaps = drawn
    whole = {engine: made(engine) for engine in ENGINES}
    expected, other = (told(whole[engine].execute_ticks(Batch.placed(rows))) for engine in ENGINES)
    assert other == expected
    one, language = made("python"), "python"
    stepped = []
    for position, (topic, partition, offset, _, message, _) in enumerate(rows):
        if position in swaps:
            state = one.snapshot()
            language = "rust" if language == "python" else "python"
            one = made(language)
            one.restore(state)
        if topic == "risk.inbox":
            stepped += told(one.execute_report(message))
        else:
            stepped += told(one.execute_tick(message, partition=partition, offset=offset))
    assert stepped == expected
    assert one.snapshot() == whole["rust"].snapshot() == whole["python"].snapshot()


@given(tapes())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_held_inbox_in_the_same_order_makes_the_same(drawn: tuple[list[Row], set[int]]) -> None:
    rows, _ = drawn
    own = made("rust")
    expected, given_rows = [], []
    for one in rows:
        next_offsets = [own.next_offset("risk.inbox", partition) for partition in range(2)]
        events = told(own.execute_ticks(Batch.placed([one])))
        expected += events
        if one[0] == "risk.inbox":
            (partition,) = (p for p in range(2) if own.next_offset("risk.inbox", p) != next_offsets[p])
            given_rows.append((one[0], partition, next_offsets[partition], *one[3:]))
        else:
            given_rows.append(one)
        entered = [event for event in events if event[0] == "risk.inbox"]
        given_rows += [(*event[:5], (-1, -1, 0)) for event in entered]
    for engine in ENGINES:
        held = made(engine)
        events = told(held.execute_ticks(Batch.placed(given_rows), hold_inbox=True))
        assert sorted(_without_offset(events), key=repr) == sorted(_without_offset(expected), key=repr)
        assert held.snapshot() == own.snapshot()


@given(tapes(), st.integers(0, 80), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_how_many_threads_run_shows_in_nothing(drawn: tuple[list[Row], set[int]], cut: int, is_held: bool) -> None:
    """In no event, no snapshot, and no refusal: of a batch with a misplaced record in it nothing is taken."""
    # Whichever their key, all over the partitions: by key both instruments would stand in one.
    rows = [(one[0], at % 3 if one[0] == "market.ticks" else -1, *one[2:]) for at, one in enumerate(drawn[0])]
    refused = [*rows[:cut], bad("market.ticks", 1, -2, GOOD), *rows[cut:]]
    whole, before, behind = (Batch.placed(part) for part in (refused, rows[:cut], rows[cut:]))
    found = []
    for engine, threads in (("python", 1), ("rust", 1), ("rust", 2), ("rust", 3), ("rust", 8)):
        one = made(engine, threads=threads)
        events = told(one.execute_ticks(before, hold_inbox=is_held))
        with pytest.raises(EngineInputError) as raised:
            one.execute_ticks(whole, hold_inbox=is_held)
        error = raised.value
        place = (error.index, error.topic, error.partition, error.offset, error.problem)
        half = one.snapshot()
        one.restore(half)
        events += told(one.execute_ticks(behind, hold_inbox=is_held))
        found.append((events, place, half, one.snapshot()))
    assert found[1:] == found[:1] * 4


@pytest.mark.parametrize("is_held", [False, True])
def test_orders_of_many_symbols_come_in_the_order_of_their_ticks(is_held: bool) -> None:
    """More ticks than a thread hands over at once, and reports and commands between them."""
    names = [f"S{number}-USDT" for number in range(7)]
    commands = [record for record in opening() if isinstance(record, Control)]
    limits = [replace(one, instrument=name) for one in commands if one.command is Command.LIMITS for name in names]
    rows = [row(record, 0) for record in (*commands, *limits)]
    for at, tick in enumerate(zigzag(160)):
        rows += [row(replace(tick, instrument=name), 0) for name in names]
        rows += [row(limits[at % len(limits)], 0)] * (at % 50 == 0)
    whole = Batch.placed(rows)
    found = []
    for engine, threads in (("python", 1), ("rust", 1), ("rust", 2), ("rust", 3), ("rust", 8)):
        one = made(engine, threads=threads)
        found.append((told(one.execute_ticks(whole, hold_inbox=is_held)), one.snapshot()))
    assert found[1:] == found[:1] * 4
    events, state = found[0]
    assert set(state["market.ticks"]) == {0, 1, 2}, "else nothing ran side by side"
    decided = {origin.partition for topic, *_, origin in events if topic == "risk.decisions"}
    assert decided == (set() if is_held else {0, 1})
    assert len({key for topic, _, _, key, *_ in events if topic == "market.features"}) == len(names)


def _without_offset(events: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(*event[:2], *event[3:]) for event in events]


@pytest.mark.parametrize("engine", ENGINES)
def test_events_are_told_in_the_order_in_which_they_happen(engine: str) -> None:
    """Bars, features, then each record as it enters the inbox with what risk makes of it."""
    one = made(engine)
    commands = [record for record in opening() if isinstance(record, Control)]
    for command in commands:
        assert not one.execute_control(command)
    wave = [100, 101, 102, 101, 100, 101, 103]
    events: list[Any] = []
    for number, price in enumerate(wave):
        events += one.execute_tick(trade(number * SECOND // 4, price))
    kinds = [type(event.record) for event in events]
    assert kinds[:3] == [Bar, FeatureVector, Mark]
    inbox = partition_of(b"main", 2)
    marks = [event for event in events if event.topic == "risk.inbox" and event.partition == inbox]
    first = sum(command.account == "main" for command in commands)
    assert [event.offset for event in marks] == list(range(first, first + len(marks)))
    assert all(event.offset is None for event in events if event.topic != "risk.inbox")
    home = partition_of(b"BTC-USDT", 3)
    assert {event.origin.partition for event in events if event.topic == "market.bars"} == {home}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_operators_kill_stops_a_backtest(engine: str) -> None:
    """Signals pass, and their orders are open; a kill cancels them, and later signals are rejected."""
    one = made(engine)
    commands = [record for record in opening() if isinstance(record, Control)]
    one.execute_ticks(batch_of(commands))
    events = one.execute_ticks(batch_of(list(zigzag(12))))
    (first, *_) = events.records(New)
    accepted = [decision for decision in events.records(Decision) if decision.verdict is Verdict.ACCEPTED]
    assert first.client_order_id == accepted[0].client_order_id
    cancels = one.execute_control(replace(commands[0], command=Command.KILL, log_id=None)).records(Cancel)
    assert first.client_order_id in [cancel.client_order_id for cancel in cancels]
    later = one.execute_ticks(batch_of(list(zigzag(12, begin=20)))).records(Decision)
    mine = [decision for decision in later if decision.account == "main"]
    assert mine
    assert all(decision.verdict is Verdict.REJECTED for decision in mine)


def zigzag(count: int, begin: int = 0) -> list[Any]:
    """Quotes and trades that rise and fall."""
    made: list[Any] = []
    for number in range(begin, begin + count):
        at_ns, price = number * SECOND // 4, 100 + (number % 4) * (1 if number % 8 < 4 else -1)
        made.append(Quote("binance", "BTC-USDT", -2, -3, None, None, START + at_ns, number, price, 9, price + 1, 9, 0))
        made.append(trade(at_ns, price))
    return made


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_stage_cannot_process_is_a_dead_letter(engine: str) -> None:
    one = made(engine)
    (letter,) = one.execute_tick(trade(0, 0)).records(DeadLetter)
    assert (letter.stage, letter.reason, letter.detail) == ("bars", "bad_value", "price 0 is not positive")
    assert (letter.origin.offset, letter.value) == (0, encode(trade(0, 0), IDS))


def bad(topic: str, partition: int, offset: int, record: Any) -> Row:
    return topic, partition, offset, b"", record if isinstance(record, bytes) else encode(record, IDS), (0, 0, 0)


GOOD = trade(0, 100)
WORD = Rollout(None, "signals", 50, [], [], "test", "test", START)
MISPLACED = {
    "gone back": (bad("market.ticks", 2, 4, GOOD), "the offset is not past 7, the last one that was taken"),
    "too far": (bad("market.ticks", 2, 2**62 + 1, GOOD), "there is no such offset"),
    "negative": (bad("market.ticks", 2, -2, GOOD), "there is no such offset"),
    "no partition": (bad("market.ticks", 3, -1, GOOD), "the topic has partitions 0 to 2"),
    "other topic": (
        bad("market.bars", 0, 1, GOOD),
        "an engine takes records of market.ticks and risk.inbox alone",
    ),
    "no key": (bad("market.ticks", -1, -1, b"\1"), "it is no record whose key names a partition here: say which"),
    "word without a partition": (
        bad("market.ticks", -1, -1, WORD),
        "it is no record whose key names a partition here: say which",
    ),
    "ordered by the caller": (
        bad("risk.inbox", 0, 0, opening()[0]),
        "the engine itself orders its inbox: leave the offset at -1, or hold the inbox and give all of its records in "
        "their log's order",
    ),
}


@pytest.mark.parametrize("name", MISPLACED)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_misplaced_record_changes_nothing(engine: str, name: str) -> None:
    wrong, problem = MISPLACED[name]
    one = made(engine)
    one.execute_tick(GOOD, partition=2, offset=4)
    before = one.snapshot()
    with pytest.raises(EngineInputError) as raised:
        one.execute_ticks(Batch.placed([bad("market.ticks", 2, 7, GOOD), wrong]))
    error = raised.value
    assert (error.index, error.topic, error.partition, error.offset) == (1, *wrong[:3])
    assert error.problem == problem
    assert one.snapshot() == before


@pytest.mark.parametrize("price", [float("nan"), float("inf"), 1.5, 2**63, None, "100"])
def test_what_no_record_can_hold_is_refused(price: Any) -> None:
    with pytest.raises(EngineInputError, match="its schema cannot hold it"):
        made("rust").execute_tick(trade(0, price))
    with pytest.raises(EngineInputError, match="record 1, "):
        batch_of([GOOD, trade(0, price)])


@pytest.mark.parametrize("side", ["bids", "asks"])
def test_what_no_level_of_a_book_can_hold_is_refused(side: str) -> None:
    fields: dict[str, Any] = {"bids": [Level(99, 1)], "asks": [Level(101, 1)]}
    whole = next(record for _, record in synthetic_ticks.ticks(100) if isinstance(record, BookDelta))
    made("rust").execute_tick(replace(whole, **fields))
    with pytest.raises(EngineInputError, match="its schema cannot hold it"):
        made("rust").execute_tick(replace(whole, **fields | {side: [Level(100, 1.5)]}))  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_state_that_is_none_is_refused(engine: str) -> None:
    one = made(engine)
    one.execute_tick(GOOD, partition=2)
    state = one.snapshot()
    next_offset, stages = state["market.ticks"][2]
    for wrong, match in [
        ({"market.ticks": {3: (next_offset, stages)}}, r"no partition market\.ticks\[3\]"),
        ({"market.bars": {0: (next_offset, stages)}}, r"no partition market\.bars\[0\]"),
        ({"market.ticks": {2: (-1, stages)}}, "cannot go on from offset -1"),
        ({"market.ticks": {2: (1, {"bars": stages["bars"]})}}, "has none of stage features"),
        ({"market.ticks": {2: (1, {**stages, "bars": stages["signals"]})}}, "is of stage signals"),
    ]:
        with pytest.raises(StageRestoreError, match=match):
            one.restore(wrong)
        assert one.snapshot() == state
    with pytest.raises(StageRestoreError, match="intervals_ns"):
        made(engine, Config({**CONFIG.stages, "bars": {}})).restore(state)


def test_a_wrong_configuration_is_refused() -> None:
    with pytest.raises(StageConfigError, match="the engines are rust and python"):
        TradingEngine(CONFIG, engine="fast")
    for engine in ENGINES:
        with pytest.raises(StageConfigError, match="stage bars"):
            made(engine, Config({**CONFIG.stages, "bars": {"intervals_ns": []}}))
    own = {"strategies": [strategy("mine", "my.module:Mine")]}
    with pytest.raises(StageConfigError, match="run stage signals with the python engine"):
        made("rust", Config({**CONFIG.stages, "signals": own}))


@pytest.mark.parametrize("threads", [0, -1, 1.0, True, 1_025, None])
def test_a_number_of_threads_that_is_none_is_refused(threads: Any) -> None:
    with pytest.raises(StageConfigError, match="from 1 to 1024"):
        made("rust", threads=threads)


def test_the_python_engine_runs_on_one_thread() -> None:
    """A user's strategies are Python and hold the interpreter: they run there alone."""
    own = Config({**CONFIG.stages, "signals": {"strategies": [strategy("mine", "my.module:Mine")]}})
    with pytest.raises(StageConfigError, match="the python engine runs on one thread"):
        made("python", own, threads=2)


def test_a_stage_that_fails_amid_a_record_breaks_the_engine_until_it_is_restored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = made("python")
    one.execute_tick(trade(0, 100))
    good = one.snapshot()
    with monkeypatch.context() as patched:
        patched.setattr(Stage, "process", lambda _stage, _entries: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            one.execute_tick(trade(SECOND, 100))
    for call in (one.snapshot, lambda: one.execute_tick(trade(SECOND, 100))):
        with pytest.raises(EngineBroken):
            call()
    one.restore(good)
    assert one.snapshot() == good


def test_events_are_a_sequence_and_columns() -> None:
    events = made("rust").execute_ticks(batch_of([trade(number * SECOND, 100 + number) for number in range(4)]))
    assert len(events) == len(list(events)) == len(events.batch)
    assert events[-1] == list(events)[-1]
    for part in (slice(1, 3), slice(None, None, -1), slice(-2, None), slice(3, 1), slice(None, None, 2)):
        assert events[part] == list(events)[part]
    assert [event.topic for event in events.of("market.bars")] == ["market.bars"] * len(events.records(Bar))
    assert "market.bars: 6" in repr(events)
    assert events.table(Bar).column("close").to_pylist() == [bar.close for bar in events.records(Bar)]
    assert events.records(Signal) == []
    with pytest.raises(IndexError):
        events[len(events)]
