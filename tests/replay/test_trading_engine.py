"""The trading engine makes, event for event, what real flows wrote to a real log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from flows.config import Config
from flows.contracts import topics
from flows.contracts.codec import decode
from flows.contracts.records import ExecutionReport, FeatureVector, Mark, Signal
from flows.contracts.registry import SchemaIds
from flows.engine import Batch, TradingEngine
from flows.feature_store import FeatureStore
from flows.stack import Stack
from flows.stack.settings import Settings
from tests import log_of
from tests.log_of import Written
from tests.replay import chains
from tests.synthetic_ticks import messages

IDS = SchemaIds.embedded()
DERIVED = ("market.bars", "market.features", "market.violations", "risk.inbox", "risk.decisions", "execution.orders")
STAGES = ("bars", "features", "signals", "risk")
NERVOUS = Path(__file__).with_name("nervous.toml")

Row = tuple[str, int, int, bytes, bytes, tuple[int, int, int]]
Place = tuple[str, int]


class Log:
    """A whole log, as it stands, or up to given ends by topic and partition."""

    def __init__(self, settings: Settings, ends: dict[str, dict[int, int]] | None = None) -> None:
        self.written = {topic: log_of.read(settings, topic) for topic in topics.load()}
        for topic, before in (ends or {}).items():
            self.written[topic] = [one for one in self.written[topic] if one.offset < before[one.partition]]
        self.inbox = [(one, decode(one.value, IDS)) for one in self.written["risk.inbox"]]

    def ticks(self) -> list[Row]:
        return [row("market.ticks", one) for one in self.written["market.ticks"]]

    def inbox_rows(self) -> list[Row]:
        return [row("risk.inbox", one) for one in self.written["risk.inbox"]]

    def in_own_order(self) -> Iterator[tuple[list[Row], bool]]:
        """Calls that lead to the log's order: ticks, and records from outside where the inbox has them. Where one of
        those came between two that one tick made, the inbox is held for that tick: the engine by itself would not part
        them."""
        (partition,) = {one.partition for one, _ in self.inbox}
        ticks: dict[int, list[Row]] = {}
        for tick in self.ticks():
            ticks.setdefault(tick[1], []).append(tick)
        done = dict.fromkeys(ticks, 0)
        runs = [(cause, list(run)) for cause, run in groupby(self.inbox, lambda one: _cause_of(one[1]))]
        parted = {cause for cause, count in Counter(cause for cause, _ in runs if cause).items() if count > 1}
        rows: list[Row] = []
        for cause, run in runs:
            if cause is None:
                rows += [("risk.inbox", partition, -1, one.key, one.value, (0, 0, 0)) for one, _ in run]
                continue
            source, offset = cause
            begin = done[source]
            while done[source] < len(ticks[source]) and ticks[source][done[source]][2] <= offset:
                done[source] += 1
            due = ticks[source][begin : done[source]]
            if cause not in parted:
                rows += due
                continue
            yield [*rows, *due[:-1]], False
            rows = []
            yield [*due[-1:], *(row("risk.inbox", one) for one, _ in run)], True
        yield rows + [tick for source, all_of in ticks.items() for tick in all_of[done[source] :]], False

    def derived(self) -> Mapping[Place, list[Row]]:
        """What stages wrote, by topic and partition."""
        found: dict[Place, list[Row]] = {}
        for topic in DERIVED:
            for one in self.written[topic]:
                if topic != "risk.inbox" or _cause_of(decode(one.value, IDS)):
                    found.setdefault((topic, one.partition), []).append(row(topic, one))
        return found

    def letters(self) -> list[bytes]:
        """Of the four stages, sorted: which writer came first is nobody's rule."""
        values = [one.value for one in self.written["ops.dead_letters"]]
        return sorted(value for value in values if decode(value, IDS).stage in STAGES)


def row(topic: str, one: Written) -> Row:
    return topic, one.partition, one.offset, one.key, one.value, (one.partition, one.offset, 0)


def _cause_of(record: object) -> tuple[int, int] | None:
    """The tick behind a record of the inbox; None for what comes from outside."""
    if isinstance(record, Mark | Signal):
        return record.origin.partition, record.origin.offset
    return None


def events_of(
    engine: TradingEngine, calls: Iterable[tuple[list[Row], bool]]
) -> tuple[Mapping[Place, list[Row]], list[bytes]]:
    """By topic and partition, and the dead letters."""
    found: dict[Place, list[Row]] = {}
    letters = []
    for rows, hold_inbox in calls:
        for topic, partition, offset, key, value, origin, _ in engine.execute_ticks(
            Batch.placed(rows), hold_inbox=hold_inbox
        ).batch.entries():
            if topic == "ops.dead_letters":
                letters.append(value)
            else:
                found.setdefault((topic, partition), []).append((topic, partition, offset, key, value, origin))
    return found, sorted(letters)


def assert_equal(made: Mapping[Place, list[Row]], log: Mapping[Place, list[Row]], *, held: bool = False) -> None:
    assert made.keys() == log.keys()
    for place, events in made.items():
        written = log[place]
        if held and place[0] == "risk.inbox":
            # Each tick partition's are in order; how they lie among each other is the log's alone to say.
            events, written = sorted(events, key=_origin), sorted(written, key=_origin)
        assert [decode(one[4], IDS) for one in events] == [decode(one[4], IDS) for one in written]
        assert [one[3:5] for one in events] == [one[3:5] for one in written], "to the bit"
        if place[0] == "risk.inbox":
            # -1 where the inbox was held for a tick.
            assert all(one[2] in (-1, other[2]) for one, other in zip(events, written, strict=True))


def _origin(one: Row) -> tuple[int, int, int]:
    origin = decode(one[4], IDS).origin
    return origin.partition, origin.offset, origin.index


def test_a_demos_log_is_made_again(traded: Stack, ends: dict[str, dict[int, int]]) -> None:
    """With the router's reports and the operator's commands where the inbox had them, in the engine's own order."""
    log = Log(traded.settings, ends)
    config = Config.load(traded.data_dir / "state" / "tapeflow.toml")
    made, letters = events_of(TradingEngine(config), log.in_own_order())
    assert_equal(made, log.derived())
    assert letters == log.letters()
    assert {type(record) for _, record in log.inbox} >= {Mark, Signal, ExecutionReport}
    assert len(made["execution.orders", next(one.partition for one, _ in log.inbox)]) > 5


def test_a_demos_log_is_made_again_with_the_inbox_held(traded: Stack, ends: dict[str, dict[int, int]]) -> None:
    log = Log(traded.settings, ends)
    config = Config.load(traded.data_dir / "state" / "tapeflow.toml")
    calls = [(log.ticks(), True), (log.inbox_rows(), True)]
    made, _ = events_of(TradingEngine(config), calls)
    assert_equal(made, log.derived(), held=True)


def test_features_as_of_each_tick_of_a_demo_are_what_the_flow_had_by_then(
    traded: Stack, ends: dict[str, dict[int, int]]
) -> None:
    """The flow reads on as long as the next tick was received by then; what it had is the last vector of those."""
    log = Log(traded.settings, ends)
    vectors = [decode(one.value, IDS) for one in log.written["market.features"]]
    vectors = [one for one in vectors if isinstance(one, FeatureVector) and one.instrument == "BTC-USDT"]
    interval_ns = min(one.interval_ns for one in vectors)
    causes = np.array([one.origin.offset for one in vectors if one.interval_ns == interval_ns])
    partition = vectors[0].origin.partition
    ticks = [one for one in log.written["market.ticks"] if one.partition == partition]
    received_ns = [getattr(decode(one.value, IDS), "receive_ns", 0) for one in ticks]
    moments = sorted(set(received_ns))
    had, read = [], 0
    for moment in moments:
        while read < len(ticks) and received_ns[read] <= moment:
            read += 1
        known = int((causes < ticks[read].offset).sum()) if read < len(ticks) else len(causes)
        had.append(int(causes[known - 1]) if known else None)
    store = FeatureStore(traded.data_dir, config=Config.load(traded.data_dir / "state" / "tapeflow.toml"))
    made = store.as_of(moments, instrument="BTC-USDT", interval=interval_ns, to="arrow")
    settled = made.column("settled").to_pylist()
    found = made.column("origin_offset").to_pylist()
    pairs = [(one, other) for one, other, is_settled in zip(found, had, settled, strict=True) if is_settled]
    assert all(one == other for one, other in pairs)
    assert len(pairs) > 0.9 * len(moments) > 1_000
    assert len({one for one, _ in pairs}) > 10


@pytest.mark.parametrize("engine", ["rust", "python"])
def test_a_log_of_four_partitions_is_made_again(settings: Settings, engine: str) -> None:
    log = Log(settings)
    made, letters = events_of(TradingEngine(Config.load(), engine=engine), log.in_own_order())
    assert_equal(made, log.derived())
    assert {topic for topic, _ in made} == set(DERIVED)
    assert letters == log.letters() != []


@pytest.mark.parametrize("engine", ["rust", "python"])
def test_it_goes_on_from_what_flows_saved(engine: str) -> None:
    """Chains of the market and the risk flow, saved half way: the engine makes what they make from there on."""
    ticks = chains.entries("market.ticks", messages(3_000, per_second=25))
    market, risk = chains.make(chains.MARKET, {}), chains.make(chains.RISK, {})
    half = len(ticks) // 2
    inbox_partition = inbox_end = 0
    made: list[Row] = []
    saved = {}
    for part in (ticks[:half], ticks[half:]):
        made = []
        for stage, outputs in market.process(chains.batch(part))[::-1]:
            made += [_row(fields) for fields in outputs.entries()]
            if stage != "signals":
                continue
            entered = []
            for _, inbox_partition, _, key, value, origin, _ in outputs.select("risk.inbox").entries():
                entered.append(("risk.inbox", inbox_partition, inbox_end, key, value, origin))
                inbox_end += 1
            for _, decided in risk.process(Batch.placed(entered)):
                made += [_row(fields) for fields in decided.entries()]
        if part[0] is ticks[0]:
            saved = {
                "market.ticks": {part[0].partition: (half, market.snapshot())},
                "risk.inbox": {inbox_partition: (inbox_end, risk.snapshot())},
            }
    one = TradingEngine(Config.load(NERVOUS), engine=engine)
    one.restore(saved)
    rest = [(e.topic, e.partition, e.offset, e.key, e.value, e.origin) for e in ticks[half:]]
    events = [_row(fields) for fields in one.execute_ticks(Batch.placed(rest)).batch.entries()]
    assert sorted(events) == sorted(made)
    assert {event[0] for event in events} >= {"market.bars", "risk.inbox", "risk.decisions"}
    assert one.next_offset("risk.inbox", inbox_partition) == inbox_end


def _row(fields: tuple[str, int, int, bytes, bytes, tuple[int, int, int], int | None]) -> Row:
    """Without the offset, which an inbox's records have here alone."""
    topic, partition, _, key, value, origin, _ = fields
    return topic, partition, -1, key, value, origin
