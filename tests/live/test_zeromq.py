"""By ZeroMQ: what was asked for comes, typed; what is missing shows by its number, exactly."""

from __future__ import annotations

import pytest

from flows import live
from flows.contracts.records import Heartbeat, Quote
from tests.live.published import Publisher, beat


def test_records_come_typed_and_in_order() -> None:
    with Publisher() as publisher, live.subscribe(publisher.url, timeout_s=10) as records:
        assert publisher.subscribed() == [b"market.ticks/"]
        for number in range(5):
            publisher.send(beat(number), number)
        assert [next(records) for _ in range(5)] == [beat(number) for number in range(5)]


def test_a_hole_in_the_numbers_of_one_topic_is_a_loss() -> None:
    with Publisher() as publisher, live.subscribe(publisher.url, timeout_s=10) as records:
        publisher.subscribed()
        for number in (7, 8, 12):
            publisher.send(beat(number), number)
        publisher.send(beat(3, "ETH-USDT"), 3)
        assert [next(records).event_ns for _ in range(2)] == [7, 8]
        with pytest.raises(live.Lost) as lost:
            next(records)
        assert (lost.value.count, lost.value.kinds) == (3, {"Heartbeat": 3})
        assert next(records) == beat(12), "iteration goes on"
        assert next(records) == beat(3, "ETH-USDT"), "another topic has its own numbers"


def test_a_publisher_that_started_again_is_noticed() -> None:
    with Publisher() as publisher, live.subscribe(publisher.url, timeout_s=10, on_lost="yield") as records:
        publisher.subscribed()
        publisher.send(beat(1), 100, run_ns=1)
        publisher.send(beat(2), 0, run_ns=2)
        publisher.send(beat(3), 1, run_ns=2)
        got = [next(records) for _ in range(4)]
        assert isinstance(got[1], live.Lost)
        assert got[1].count is None
        assert [got[0], *got[2:]] == [beat(1), beat(2), beat(3)]


def test_the_publisher_filters_by_prefix_and_the_rest_is_filtered_here() -> None:
    wanted = {"venues": ["binance", "okx"], "instruments": ["BTC-USDT"]}
    with Publisher() as publisher, live.subscribe(publisher.url, timeout_s=10, **wanted) as records:
        prefixes = [b"market.ticks/binance/BTC-USDT/", b"market.ticks/okx/BTC-USDT/"]
        assert publisher.subscribed(2) == prefixes
        publisher.send(beat(1, "BTC-USDT-PERP"), 0)
        publisher.send(beat(2, venue="okx"), 0)
        assert next(records) == beat(2, venue="okx")
    exact = {**wanted, "venues": ["okx"], "kinds": [Heartbeat, "Quote"]}
    with Publisher() as publisher, live.subscribe(publisher.url, **exact):
        assert publisher.subscribed(2) == [f"{prefixes[1].decode()}{kind}".encode() for kind in ("Heartbeat", "Quote")]
    without_venue = {"instruments": ["ETH-USDT"], "kinds": [Heartbeat]}
    with Publisher() as publisher, live.subscribe(publisher.url, timeout_s=10, **without_venue) as records:
        assert publisher.subscribed() == [b"market.ticks/"]
        publisher.send(beat(1), 0)
        publisher.send(beat(2, "ETH-USDT"), 0)
        assert next(records) == beat(2, "ETH-USDT")


def test_silence_ends_the_iteration_when_it_was_asked_to() -> None:
    with Publisher() as publisher, live.subscribe(publisher.url, timeout_s=0.05, kinds=[Quote]) as records:
        assert list(records) == []


def test_what_is_wrong_is_said() -> None:
    with Publisher() as publisher, live.subscribe(publisher.url, timeout_s=10) as records:
        publisher.subscribed()
        publisher.send_raw(b"market.ticks/x", b"value")
        publisher.send_raw(b"market.ticks/x", b"value", bytes(24))
        with pytest.raises(live.LiveError, match="no message of a Tapeflow publisher"):
            next(records)
        with pytest.raises(live.LiveError, match="no record of ours"):
            next(records)
    for url in ("http://127.0.0.1:1", "tcp://nowhere", "127.0.0.1"):
        with pytest.raises(live.LiveError, match="tcp://HOST:PORT"):
            live.subscribe(url)
    with pytest.raises(live.LiveError, match="no kind 'Order'"):
        live.subscribe("tcp://127.0.0.1:1", kinds=["Order"])
