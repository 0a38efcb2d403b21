"""The ingestor at each venue's own handshake: what it asks, what it answers, what it asks again, and what it writes."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.contracts.records import BookDelta, BookSnapshot, DeadLetter, Gap, GapStream, Quote, Trade
from flows.stack import Stack
from tests.system.ingestor_process import IngestorProcess, records_of
from tests.system.router_process import logs_of_their_own, wait_for
from tests.system.scripted_venue import ScriptedVenue
from tests.system.venue_scripts import ALL, Said


@pytest.mark.parametrize("venue", ALL)
def test_a_venues_own_handshake(stack: Stack, tmp_path: Path, venue: str) -> None:
    script = ALL[venue]()
    with (
        logs_of_their_own(stack) as logs,
        ScriptedVenue(script.path, script.listing, script.ping, script.pong) as server,
    ):
        options = ["--venue", venue, "--symbols", script.symbol, "--stale-after", "6s"]
        urls = ["--stream-url", f"ws://{server.address}", "--rest-url", f"http://{server.address}"]
        with IngestorProcess(logs.settings, tmp_path, *options, *urls) as ingestor:
            asked = len(script.subscribe)
            assert server.texts(0, asked) == script.subscribe
            server.say(0, *script.greeting, script.refusal, script.snapshot, *script.updates, *script.trades)
            wait_for_records(ingestor, BookDelta=len(script.updates), Trade=len(script.said))
            if script.broken:
                server.say(0, script.broken)
                assert server.texts(0, asked + len(script.again))[asked:] == script.again
                server.say(0, script.fresh)
                wait_for_records(ingestor, BookSnapshot=2)
            wait_for("a ping after a silence", lambda: script.ping is None or server.pings)
            server.close(0)
            assert server.texts(1, len(script.subscribe)) == script.subscribe, "and all of it again"
            server.say(1, *script.greeting, script.snapshot)
            status = wait_for_records(ingestor, BookSnapshot=2 + bool(script.broken))
        assert [one["synchronised"] for one in status["instruments"].values()] == [True]
        said = [status["venue_status"], *(one["venue_status"] for one in status["instruments"].values())]
        assert [one["message"] for one in said if one] == [script.status] * bool(script.status)
        assert ingestor.log.read_text().count("the venue says: ") == status["status_changes"] == bool(script.status)
        ticks = records_of(logs.settings, "market.ticks")
        letters = records_of(logs.settings, "ops.dead_letters")
    trades = [
        Said(_text(one.price, one.price_exponent), _text(one.quantity, one.quantity_exponent), one.aggressor.value)
        for one in ticks
        if isinstance(one, Trade)
    ]
    assert trades == [Said(_plain(one.price), _plain(one.quantity), one.side) for one in script.said]
    changes = [one for one in ticks if isinstance(one, BookDelta)]
    assert len(changes) == len(script.updates) + bool(script.broken)
    assert sum(1 for one in changes if one.bid_price is not None) == len(script.updates), "but of what broke the book"
    assert sum(1 for one in ticks if isinstance(one, BookSnapshot)) == 2 + bool(script.broken)
    gaps = [one for one in ticks if isinstance(one, Gap)]
    assert [gap.stream for gap in gaps] == [GapStream.BOOK] * bool(script.broken) + [GapStream.CONNECTION]
    assert "1001 going away" in gaps[-1].reason
    assert [(letter.reason, json.loads(letter.value)) for letter in letters if isinstance(letter, DeadLetter)] == [
        ("refused", json.loads(script.refusal))
    ]


def test_kraken_v2_goes_on_behind_its_own_log_and_v1_does_not(stack: Stack, tmp_path: Path) -> None:
    script = ALL["kraken_v2"]()
    best = {"bid": 350.11, "bid_qty": 2.5, "ask": 350.21, "ask_qty": 1.0}
    # As Kraken's page "Ticker" has it today.
    data = {"symbol": script.symbol, **best, "last": 350.2, "timestamp": "2026-11-23T08:00:00.123456Z"}
    ticker = json.dumps({"channel": "ticker", "type": "update", "data": [data]})
    with (
        logs_of_their_own(stack) as logs,
        ScriptedVenue(script.path, script.listing, script.ping, script.pong) as server,
    ):
        urls = ["--stream-url", f"ws://{server.address}", "--rest-url", f"http://{server.address}"]
        options = ["--symbols", script.symbol, *urls]
        for start in range(2):
            with IngestorProcess(logs.settings, tmp_path, "--venue", "kraken_v2", *options) as ingestor:
                server.texts(start, len(script.subscribe))
                server.say(start, ticker)
                wait_for_records(ingestor, Quote=1)
        other = IngestorProcess(logs.settings, tmp_path, "--venue", "kraken", *options)
        assert other.process.wait(timeout=30) == 1
        assert "as kraken_v2 writes it" in other.log.read_text()
        quotes = [one for one in records_of(logs.settings, "market.ticks") if isinstance(one, Quote)]
    assert [one.update_id for one in quotes] == [1, 2]
    assert {(one.event_ns, one.publish_ns) for one in quotes} == {(1_795_420_800_123_456_000,) * 2}


def wait_for_records(ingestor: IngestorProcess, **counts: int) -> dict[str, Any]:
    """The status once so many records of each kind are acknowledged."""

    def look() -> dict[str, Any] | None:
        status = ingestor.status()
        are_there = all(status["records"][kind] >= count for kind, count in counts.items())
        return status if are_there and status["unacknowledged"] == 0 else None

    return wait_for(f"{counts}", look)


def _text(units: int, exponent: int) -> str:
    return _plain(Decimal(units).scaleb(exponent))


def _plain(number: str | Decimal) -> str:
    return f"{Decimal(number).normalize():f}"
