"""The tail rule: what stands in the log is not written again, whatever was saved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows._native import Batch, Producer, Sink
from flows.contracts.codec import encode
from flows.contracts.records import Mark, Origin
from flows.contracts.registry import SchemaIds
from flows.errors import LogReadError, NoSuchTopic
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.log_of import read

PREFIX = "sink."
_FLUSH_MS = 30_000
_OUTPUTS = ["risk.inbox", "ops.dead_letters"]


@pytest.fixture(scope="module")
def settings(stack: Stack) -> Settings:
    settings = replace(stack.settings, topic_prefix=PREFIX)
    topics.create(settings)
    return settings


def _marks(partition: int, offsets: range) -> Batch:
    return Batch.of([("risk.inbox", 1, b"main", _mark(partition, at), (partition, at, 0)) for at in offsets])


def _mark(partition: int, offset: int) -> bytes:
    record = Mark(
        origin=Origin(partition, offset, 0),
        account="main",
        venue="binance",
        instrument="BTC-USDT",
        price_exponent=-9,
        quantity_exponent=-9,
        event_ns=offset,
        receive_ns=offset,
        price=1,
    )
    return encode(record, SchemaIds.embedded())


def test_resumes_behind_what_it_wrote(settings: Settings) -> None:
    producer = Producer(settings.bootstrap_servers, PREFIX)
    sink, other = (Sink(producer, "signals", partition, _OUTPUTS, []) for partition in (0, 1))
    assert sink.write(_marks(0, range(10))) == 10
    saved = sink.flush(_FLUSH_MS)
    assert sink.write(_marks(0, range(10, 20))) == 10
    assert other.write(_marks(1, range(5))) == 5
    sink.flush(_FLUSH_MS)

    # A crash here: the saved end is behind by ten records, and another producer wrote among them.
    again = Sink(Producer(settings.bootstrap_servers, PREFIX), "signals", 0, _OUTPUTS, saved)
    assert again.write(_marks(0, range(5, 15))) == 0
    # Saved before it has caught up: end and highest origin go together, or a second crash would double the rest.
    once_more = Sink(producer, "signals", 0, _OUTPUTS, again.flush(_FLUSH_MS))
    assert once_more.write(_marks(0, range(15, 22))) == 2
    once_more.flush(_FLUSH_MS)

    # Nothing saved at all.
    anew = Sink(producer, "signals", 0, _OUTPUTS, [])
    assert anew.write(_marks(0, range(23))) == 1
    anew.flush(_FLUSH_MS)
    assert len(read(settings, "risk.inbox")) == 23 + 5


def test_opened_together_each_knows_its_own(settings: Settings) -> None:
    producer = Producer(settings.bootstrap_servers, PREFIX)
    two = [("signals", partition, _OUTPUTS, []) for partition in (2, 3)]
    sinks = Sink.open(producer, two)
    written = [sink.write(_marks(partition, range(8))) for sink, partition in zip(sinks, (2, 3), strict=True)]
    assert written == [8, 8]
    saved = sinks[0].flush(_FLUSH_MS)
    assert sinks[1].write(_marks(3, range(8, 20))) == 12
    sinks[1].flush(_FLUSH_MS)

    # Both read risk.inbox[1]: one from its beginning, one from what it saved.
    third, second = Sink.open(producer, [two[1], (*two[0][:3], saved)])
    assert third.write(_marks(3, range(22))) == 2
    assert second.write(_marks(2, range(9))) == 1


def test_writes_its_own_topics_only(settings: Settings) -> None:
    sink = Sink(Producer(settings.bootstrap_servers, PREFIX), "bars", 0, ["market.bars"], [])
    with pytest.raises(NoSuchTopic, match=r"risk.inbox\[1\], which is not this sink's to write"):
        sink.write(_marks(0, range(1)))


def test_a_log_that_was_wiped_is_noticed(settings: Settings) -> None:
    producer = Producer(settings.bootstrap_servers, PREFIX)
    with pytest.raises(LogReadError, match=r"market.bars\[0\] holds offsets 0 to 0, and was to be read from 99"):
        Sink(producer, "bars", 0, ["market.bars"], [("market.bars", 0, 99, (0, 5, 0))])
