"""Venues that are no WebSocket: OANDA's lines over HTTPS, and ticks by datagram and file, into the real log."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.contracts.records import BookSnapshot, DeadLetter, Gap, GapStream, Instrument, Level, Quote
from flows.stack import Stack
from tests.recordings import recording
from tests.system.ingestor_process import BINARY, IngestorProcess, records_of
from tests.system.price_stream import ACCOUNT, TOKEN, PriceStream
from tests.system.router_process import Logs, logs_of_their_own, wait_for

_DAY_MS = 1_399_248_000_000
"""5 May 2014."""


@pytest.fixture
def logs(stack: Stack) -> Iterator[Logs]:
    with logs_of_their_own(stack) as made:
        yield made


def rows(kind: str) -> list[list[str]]:
    """Of a day's file."""
    with zipfile.ZipFile(recording(f"fx/oanda/{kind}/eurusd/20140505_quote.zip")) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    return [line.split(",") for line in text.splitlines()]


def bars(ticks: Iterable[tuple[int, int, int]], interval_ms: int) -> list[list[int]]:
    """(ms, bid, ask) rolled up: ms, bid open, high, low, close, ask open, high, low, close."""
    made: dict[int, list[int]] = {}
    for ms, bid, ask in ticks:
        open_ms = ms // interval_ms * interval_ms
        bar = made.setdefault(open_ms, [open_ms, bid, bid, bid, bid, ask, ask, ask, ask])
        for side, price in ((1, bid), (5, ask)):
            bar[side + 1], bar[side + 2] = max(bar[side + 1], price), min(bar[side + 2], price)
            bar[side + 3] = price
    return list(made.values())


def test_ticks_of_a_file_are_the_second_and_minute_bars(logs: Logs, tmp_path: Path) -> None:
    ticks = rows("tick")
    lines = [f"EUR/USD,{_DAY_MS + int(ms)},{bid},{ask}" for ms, bid, ask in ticks]
    lines.insert(1_000, "EUR/USD,yesterday,1.3,1.4")
    # A copy that ends midway, the whole of it, and the same once more: each start goes on where the log ends.
    for count in (len(lines) // 2, len(lines), len(lines)):
        # The last line has no end.
        (tmp_path / "ticks.csv").write_text("\n".join(lines[:count]))
        ingestor = IngestorProcess(
            logs.settings,
            tmp_path,
            *("--venue", "truefx", "--symbols", "EUR/USD", "--stream-url", f"file:{tmp_path / 'ticks.csv'}"),
        )
        assert ingestor.process.wait(60) == 0, ingestor.log.read_text()
        status = ingestor.status()
        assert (status["state"], status["unacknowledged"]) == ("stopped", 0)
    quotes = [record for record in records_of(logs.settings, "market.ticks") if isinstance(record, Quote)]
    assert len(quotes) == len(ticks)
    assert [quote.update_id for quote in quotes] == list(range(1, len(ticks) + 1))
    seen = [
        (quote.event_ns // 1_000_000 - _DAY_MS, quote.bid_price, quote.ask_price) for quote in quotes if quote.event_ns
    ]
    for kind, interval_ms in (("second", 1_000), ("minute", 60_000)):
        recorded = [
            [int(row[0]), *(int(Decimal(row[at]) * 10**9) for at in (1, 2, 3, 4, 6, 7, 8, 9))] for row in rows(kind)
        ]
        assert bars(seen, interval_ms) == recorded, kind
    (letter,) = records_of(logs.settings, "ops.dead_letters")
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.value) == ("parse", b"EUR/USD,yesterday,1.3,1.4")
    assert "line 1001, byte 8" in letter.detail


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_datagrams_become_quotes_and_stand_in_the_frame_log(logs: Logs, tmp_path: Path) -> None:
    port = free_port()
    frames = tmp_path / "frames"
    group = f"udp://239.255.42.9:{port}?interface=127.0.0.1"
    options = ("--venue", "truefx", "--symbols", "EUR/USD,USD/JPY", "--stream-url", group, "--frames", str(frames))
    with (
        IngestorProcess(logs.settings, tmp_path, *options) as ingestor,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        wait_for("the socket", lambda: ingestor.status()["state"] == "connected")
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for datagram in (
            b"EUR/USD,20140505 00:00:00.100,1.38,1.39\r\nUSDJPY,20140505 00:00:00.200,102.1,102.0\n",
            b"EUR/USD,1399248000300,1.38,1.38\n\nGBP/USD,1,2,3\nEUR/USD,1,x,3\nEUR/USD,1399248000050,1.37,1.38",
        ):
            sender.sendto(datagram, ("239.255.42.9", port))
        ingestor.wait_for_frames(7)
    ticks = records_of(logs.settings, "market.ticks")
    instruments = {record.venue_symbol: record for record in ticks if isinstance(record, Instrument)}
    assert {symbol: (one.instrument, one.base, one.quote) for symbol, one in instruments.items()} == {
        "EUR/USD": ("EUR-USD", "EUR", "USD"),
        "USD/JPY": ("USD-JPY", "USD", "JPY"),
    }
    said: dict[str, list[tuple[int, ...]]] = {}
    for quote in ticks:
        if isinstance(quote, Quote):
            assert (quote.venue, quote.bid_quantity, quote.ask_quantity) == ("truefx", 0, 0)
            prices = (quote.bid_price // 10**7, quote.ask_price // 10**7)
            said.setdefault(quote.instrument, []).append(
                (quote.update_id, (quote.event_ns or 0) // 10**6 - _DAY_MS, *prices)
            )
    # Crossed, locked and late ones too.
    assert said == {
        "EUR-USD": [(1, 100, 138, 139), (2, 300, 138, 138), (3, 50, 137, 138)],
        "USD-JPY": [(1, 200, 10210, 10200)],
    }
    letters = sorted((letter.reason, letter.value) for letter in records_of(logs.settings, "ops.dead_letters"))
    assert letters == [("parse", b"EUR/USD,1,x,3"), ("unknown_stream", b"GBP/USD,1,2,3")]
    check = [str(BINARY), "check", "--frames", str(frames), "--bootstrap-servers", logs.settings.bootstrap_servers]
    done = subprocess.run(
        [*check, "--topic-prefix", logs.settings.topic_prefix], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def waiting_and_dropped(port: int) -> tuple[int, int]:
    """By the system's own account: bytes that wait at a socket of this machine, and datagrams that it dropped there."""
    rows = [row.split() for row in Path("/proc/net/udp").read_text().splitlines()[1:]]
    (row,) = (row for row in rows if row[1].endswith(f":{port:04X}"))
    return int(row[4].split(":")[1], 16), int(row[-1])


def test_datagrams_that_the_system_drops_are_a_gap_with_their_count(logs: Logs, tmp_path: Path) -> None:
    sent = 60_000
    port = free_port()
    frames = tmp_path / "frames"
    source = f"udp://127.0.0.1:{port}"
    options = ("--venue", "truefx", "--symbols", "EUR/USD", "--stream-url", source, "--frames", str(frames))
    with (
        IngestorProcess(logs.settings, tmp_path, *options) as ingestor,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        wait_for("the socket", lambda: ingestor.status()["state"] == "connected")
        os.kill(ingestor.process.pid, signal.SIGSTOP)
        try:
            for number in range(sent):
                sender.sendto(b"EUR/USD,%d,1.38,1.39" % (_DAY_MS + number), ("127.0.0.1", port))
        finally:
            os.kill(ingestor.process.pid, signal.SIGCONT)
        wait_for("all that was kept to be read", lambda: waiting_and_dropped(port)[0] == 0)
        _, dropped = waiting_and_dropped(port)
        assert 0 < dropped < sent
        sender.sendto(b"EUR/USD,%d,1.38,1.40" % (_DAY_MS + sent), ("127.0.0.1", port))
        ingestor.wait_for_frames(sent - dropped + 1)
    *kept, gap, last = (
        record for record in records_of(logs.settings, "market.ticks") if isinstance(record, Quote | Gap)
    )
    assert [quote.event_ns // 10**6 - _DAY_MS for quote in kept] == list(range(sent - dropped))
    assert (gap.instrument, gap.reason) == (
        "EUR-USD",
        f"this system dropped {dropped} datagrams that were not read in time",
    )
    assert last.event_ns // 10**6 - _DAY_MS == sent


def price(second: int, bid: str, ask: str) -> str:
    """As the documentation writes one."""
    side: dict[str, Any] = {
        name: [{"price": text, "liquidity": 10_000_000}] for name, text in (("bids", bid), ("asks", ask))
    }
    time = f"2016-06-22T18:41:{second:02}.201836422Z"
    return json.dumps({**side, "instrument": "EUR_USD", "time": time, "tradeable": True, "type": "PRICE"})


def test_oandas_prices_by_https(logs: Logs, tmp_path: Path) -> None:
    beat = '{"lastTransactionID":"6","time":"2016-06-22T18:41:41.000000000Z","type":"HEARTBEAT"}'
    first = [price(36, "1.11997", "1.12015"), "", '{"type":"PRICE"', beat]
    second = [price(42, "1.12000", "1.12014")]
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    with PriceStream(tmp_path, [first, second]) as venue:
        options = (
            "--venue",
            "oanda_practice",
            "--symbols",
            "EUR_USD",
            "--stream-url",
            venue.url,
            "--rest-url",
            venue.url,
        )
        trusting = {"SSL_CERT_FILE": str(venue.trusted), "TAPEFLOW_VENUE_ACCOUNT": ACCOUNT}
        credentials = ("--token-file", str(token))
        with IngestorProcess(logs.settings, tmp_path, *options, *credentials, environment=trusting) as ingestor:
            status = ingestor.wait_for_frames(5)
            ingestor.stop()
            said = ingestor.log.read_text() + ingestor.status_file.read_text()
        refused = IngestorProcess(
            logs.settings, tmp_path, *options, environment={**trusting, "TAPEFLOW_VENUE_TOKEN": "no-such-token"}
        )
        assert refused.process.wait(30) == 1
    assert TOKEN not in said
    assert "no-such-token" not in refused.log.read_text()
    assert "status 401" in refused.log.read_text()
    assert f"/v3/accounts/{ACCOUNT}/pricing/stream?instruments=EUR_USD&snapshot=true" in venue.paths
    assert (status["reconnects"], status["instruments"]["EUR-USD"]["synchronised"]) == (1, True)
    ticks = records_of(logs.settings, "market.ticks")
    terms = next(record for record in ticks if isinstance(record, Instrument))
    assert (terms.venue, terms.tick_size, terms.lot_size, terms.min_quantity) == ("oanda_practice", 10**4, 10**9, 10**9)
    quotes = [record for record in ticks if isinstance(record, Quote)]
    assert [(one.update_id, one.bid_price, one.ask_price) for one in quotes] == [
        (1, 1_119_970_000, 1_120_150_000),
        (2, 1_120_000_000, 1_120_140_000),
    ]
    assert (quotes[0].bid_quantity, quotes[0].event_ns) == (10**16, 1_466_620_896_201_836_422)
    books = [record for record in ticks if isinstance(record, BookSnapshot)]
    assert [book.bids for book in books] == [[Level(one.bid_price, 10**16)] for one in quotes]
    gaps = [record for record in ticks if isinstance(record, Gap)]
    assert [(gap.stream, gap.reason) for gap in gaps] == [
        (GapStream.BOOK, "a message that may be of the book could not be read"),
        (GapStream.CONNECTION, "the venue ended the stream"),
    ]
    assert [letter.value for letter in records_of(logs.settings, "ops.dead_letters")] == [b'{"type":"PRICE"']


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TAPEFLOW_VENUE")}

    def refusal(*options: str) -> str:
        command = [str(BINARY), "--bootstrap-servers", "127.0.0.1:1", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=clean)
        assert done.returncode == 1
        return done.stderr

    assert "--account" in refusal("--venue", "oanda", "--symbols", "EUR_USD")
    assert "TAPEFLOW_VENUE_TOKEN" in refusal("--venue", "oanda", "--symbols", "EUR_USD", "--account", "1")
    assert "--stream-url" in refusal("--venue", "truefx", "--symbols", "EUR/USD")
    wrong = refusal("--venue", "truefx", "--symbols", "EUR/USD", "--stream-url", "wss://127.0.0.1:1")
    assert "udp://<address>:<port> or file:<path>" in wrong
