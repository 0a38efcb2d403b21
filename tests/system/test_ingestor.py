"""What a venue says stands in the log as it was said; what is missing or broken stands there too, and nothing stops."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from flows.contracts.records import (
    BookDelta,
    BookSnapshot,
    DeadLetter,
    Gap,
    GapStream,
    Heartbeat,
    Instrument,
    Quote,
    Trade,
)
from flows.stack import Stack, topics
from tests.recordings import recording
from tests.system.exchange_process import Exchange
from tests.system.ingestor_process import Ingestor, records_of
from tests.system.router_process import Logs, logs_of_their_own, wait_for

LINES = 12_000


@pytest.fixture
def logs(stack: Stack) -> Iterator[Logs]:
    with logs_of_their_own(stack) as made:
        yield made


def of_kind(records: list[Any], kind: type) -> list[Any]:
    return [record for record in records if isinstance(record, kind)]


def assert_no_bitcoin_trade_twice(logs: Logs) -> None:
    """In whatever order: what the client of one that was stopped had then lands when it wakes up."""
    trades = of_kind(records_of(logs.settings, "market.ticks"), Trade)
    numbers = [trade.trade_id for trade in trades if trade.instrument == "BTC-USDT"]
    assert len(numbers) == len(set(numbers))


@dataclass
class Damaged:
    """A recording with faults, and what must come of each line."""

    lines: list[bytes] = field(default_factory=list)
    trades: list[int] = field(default_factory=list)
    trade_gaps: list[tuple[int, int]] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    deltas: list[int] = field(default_factory=list)
    book_gaps: list[tuple[int, int]] = field(default_factory=list)
    dead: Counter[str] = field(default_factory=Counter)
    reached: int | None = None

    def add(self, line: bytes) -> None:
        """A line that the venue sends whole."""
        self.lines.append(line)
        body = json.loads(line.partition(b" ")[2])
        if "stream" not in body:
            return
        data = body["data"]
        kind = body["stream"].split("@")[1]
        if kind == "bookTicker":
            self.quotes.append(data["u"])
        elif kind == "trade":
            self._add_trade(data["t"])
        else:
            self._add_depth(data["U"], data["u"])

    def _add_trade(self, trade_id: int) -> None:
        last = self.trades[-1] if self.trades else trade_id - 1
        if trade_id <= last:
            self.dead["duplicate"] += 1
            return
        if trade_id > last + 1:
            self.trade_gaps.append((last + 1, trade_id))
        self.trades.append(trade_id)

    def _add_depth(self, first: int, last: int) -> None:
        if self.reached is not None and last <= self.reached:
            self.dead["duplicate"] += 1
            return
        if self.reached is not None and first != self.reached + 1:
            self.book_gaps.append((self.reached + 1, first))
        self.deltas.append(last)
        self.reached = last

    def add_broken(self, line: bytes) -> None:
        """A line that nobody can read."""
        self.lines.append(line)
        self.dead["parse"] += 1


def damage(lines: list[bytes], chance: random.Random) -> Damaged:
    """Deletes, doubles, truncates and garbles lines; the first ones and the snapshot stay, for a book to begin with."""
    damaged = Damaged()
    for index, line in enumerate(lines):
        fault = chance.choices(["none", "delete", "double", "truncate", "garble", "random"], [95, 1, 1, 1, 1, 1])[0]
        time_ns, _, body = line.partition(b" ")
        if index < 200 or b"lastUpdateId" in line or fault == "none":
            damaged.add(line)
        elif fault == "double":
            damaged.add(line)
            damaged.add(line)
        elif fault == "truncate":
            damaged.add_broken(time_ns + b" " + body[: chance.randrange(1, len(body) - 1)])
        elif fault == "garble":
            damaged.add_broken(time_ns + b" " + body.replace(b'":', b'"\xfe', 1))
        elif fault == "random":
            noise = bytes(byte for byte in chance.randbytes(200) if byte not in b"\n\r")
            damaged.add_broken(time_ns + b" " + b"\xff" + noise)
    return damaged


def test_a_damaged_recording_is_accounted_for_line_by_line(logs: Logs, tmp_path: Path) -> None:
    recorded = gzip.decompress(recording("binance/spot/btcusdt_20240808.gz").read_bytes()).splitlines()[:LINES]
    damaged = damage(recorded, random.Random(8))
    capture = tmp_path / "damaged"
    capture.write_bytes(b"\n".join(damaged.lines) + b"\n")
    options = ("--capture", str(capture), "--venue", "binance", "--speed", "max")
    with Exchange(*options) as exchange, Ingestor(logs.settings, exchange, tmp_path) as ingestor:
        sent = exchange.wait_until_drained()["sent_messages"]
        status = ingestor.wait_for_frames(sent)
        assert ingestor.stop() < 5
    ticks = records_of(logs.settings, "market.ticks")
    letters: list[DeadLetter] = records_of(logs.settings, "ops.dead_letters")
    assert [trade.trade_id for trade in of_kind(ticks, Trade)] == damaged.trades
    assert [quote.update_id for quote in of_kind(ticks, Quote)] == damaged.quotes
    assert [delta.final_update_id for delta in of_kind(ticks, BookDelta)] == damaged.deltas
    gaps: dict[str, list[tuple[int, int]]] = {"trade": [], "book": []}
    for gap in of_kind(ticks, Gap):
        gaps[gap.stream.value].append((gap.expected_id, gap.received_id))
    assert gaps == {"trade": damaged.trade_gaps, "book": damaged.book_gaps}
    assert Counter(letter.reason for letter in letters) == damaged.dead
    bodies = Counter(line.partition(b" ")[2] for line in damaged.lines)
    assert all(bodies[letter.value] for letter in letters), "a dead letter keeps the bytes as they came"
    assert sent == status["frames"] == sum(len(x) for x in (damaged.trades, damaged.quotes, damaged.deltas, letters))
    assert min(len(damaged.trade_gaps), len(damaged.book_gaps), *damaged.dead.values()) > 3, "the faults were made"


def test_the_book_is_synchronised_again_after_a_cut_and_after_lost_messages(logs: Logs, tmp_path: Path) -> None:
    with Exchange("--venue", "binance_usdm") as exchange, Ingestor(logs.settings, exchange, tmp_path) as ingestor:

        def synchronised(reconnects: int, book_gaps: int) -> Any:
            status = ingestor.status()
            book = status["instruments"]["BTC-USDT-PERP"]["synchronised"]
            return book and status["reconnects"] >= reconnects and status["gaps"]["book"] >= book_gaps

        wait_for("a first book", lambda: synchronised(0, 0))
        exchange.control("faults", {"disconnect_streams": True})
        wait_for("a second book", lambda: synchronised(1, 0))
        # The market sends some 700 messages a second, and depth of each instrument ten times: several are among these.
        exchange.control("faults", {"skip_messages": 500})
        wait_for("a third book", lambda: synchronised(1, 1))
        ingestor.stop()
    ticks = records_of(logs.settings, "market.ticks")
    assert isinstance(ticks[0], Instrument)
    assert [gap.stream.value for gap in of_kind(ticks, Gap) if gap.stream.value != "trade"] == ["connection", "book"]
    assert len(of_kind(ticks, BookSnapshot)) >= 3
    receive_ns = [tick.receive_ns for tick in ticks]
    assert receive_ns == sorted(receive_ns)
    assert of_kind(ticks, BookDelta)[-1].bid_price is not None


def test_a_killed_ingestor_goes_on_behind_the_log(logs: Logs, tmp_path: Path) -> None:
    with Exchange("--venue", "binance") as exchange:
        with Ingestor(logs.settings, exchange, tmp_path) as first:
            wait_for("trades", lambda: first.status()["records"]["Trade"] > 3)
            first.wait_for_frames(1)
            first.kill()
        with Ingestor(logs.settings, exchange, tmp_path) as second:
            wait_for("trades", lambda: second.status()["records"]["Trade"] > 3)
            assert second.stop() < 5
    ticks = records_of(logs.settings, "market.ticks")
    starts = [index for index, tick in enumerate(ticks) if isinstance(tick, Instrument)]
    assert len(starts) == 2
    gap = ticks[starts[1] + 1]
    assert isinstance(gap, Gap)
    assert gap.stream.value == "connection"
    trades = [tick.trade_id for tick in of_kind(ticks, Trade)]
    missing = {
        number for gap in of_kind(ticks, Gap) if gap.expected_id for number in range(gap.expected_id, gap.received_id)
    }
    assert sorted({*trades, *missing}) == list(range(trades[0], trades[-1] + 1)), "each id is there or named missing"
    assert len(set(trades)) == len(trades)


def test_the_newest_ingestor_is_the_only_one(logs: Logs, tmp_path: Path) -> None:
    """One that still runs ends; one that was stopped ends when it wakes up, and writes nothing that it hears then.

    What its client had when it was stopped may land late, behind the gap of the one that went on.
    """
    with Exchange("--venue", "binance") as exchange, Ingestor(logs.settings, exchange, tmp_path) as first:
        wait_for("trades", lambda: first.status()["records"]["Trade"] > 3)
        with Ingestor(logs.settings, exchange, tmp_path) as second:
            assert first.process.wait(timeout=60) == 1
            assert "another process took over" in first.log.read_text()
            wait_for("trades", lambda: second.status()["records"]["Trade"] > 3)
            second.process.send_signal(signal.SIGSTOP)
            with Ingestor(logs.settings, exchange, tmp_path) as third:
                wait_for("trades", lambda: third.status()["records"]["Trade"] > 10)
                before = third.status()["records"]["Trade"]
                second.process.send_signal(signal.SIGCONT)
                assert second.process.wait(timeout=60) == 1
                wait_for("trades", lambda: third.status()["records"]["Trade"] > before + 30)
        ticks = records_of(logs.settings, "market.ticks")
    trades = [tick.trade_id for tick in of_kind(ticks, Trade)]
    assert len(trades) == len(set(trades)), "of two who listen at once only one writes"
    heard_by_third = max(gap.received_id for gap in of_kind(ticks, Gap) if gap.stream is GapStream.TRADE)
    of_third = [trade for trade in trades if trade >= heard_by_third]
    assert len(of_third) > before
    assert of_third == sorted(of_third)


def test_lists_that_overlap_are_refused_while_the_other_ingestor_lives(logs: Logs, tmp_path: Path) -> None:
    with Exchange("--venue", "binance") as exchange:
        with Ingestor(logs.settings, exchange, tmp_path, "--symbols", "ETHUSDT") as first:
            taken = r"another ingestor is writing BTCUSDT of binance to this log, with --symbols BTCUSDT,ETHUSDT"
            with pytest.raises(AssertionError, match=taken):
                Ingestor(logs.settings, exchange, tmp_path, "--symbols", "SOLUSDT").__enter__()
            before = first.status()["records"]["Trade"]
            wait_for("trades", lambda: first.status()["records"]["Trade"] > before)
            first.kill()
        with Ingestor(logs.settings, exchange, tmp_path, "--symbols", "SOLUSDT") as second:
            wait_for("trades", lambda: second.status()["records"]["Trade"] > 0)


def test_of_lists_that_overlap_and_start_at_once_one_listens(logs: Logs, tmp_path: Path) -> None:
    """Whoever of the others asked with it is refused, by the name of the one that began."""
    lists = ("SOLUSDT", "ETHUSDT", "ETHUSDT,SOLUSDT")
    with Exchange("--venue", "binance") as exchange, ExitStack() as ending:
        started = [Ingestor(logs.settings, exchange, tmp_path, "--symbols", other) for other in lists]
        for one in started:
            ending.callback(one.kill)
        wait_for("all but one to end", lambda: sum(one.process.poll() is not None for one in started) == 2)
        (winner,) = (one for one in started if one.process.poll() is None)
        wait_for("trades", winner.has_begun)
        wait_for("trades", lambda: winner.status()["records"]["Trade"] > 10)
        assert winner.stop() < 5
    taken = f"with --symbols BTCUSDT,{lists[started.index(winner)]}:"
    assert all(taken in one.log.read_text() for one in started if one is not winner)
    assert_no_bitcoin_trade_twice(logs)


def test_one_that_was_stopped_ends_where_another_list_has_its_symbols(logs: Logs, tmp_path: Path) -> None:
    with (
        Exchange("--venue", "binance") as exchange,
        Ingestor(logs.settings, exchange, tmp_path, "--symbols", "ETHUSDT") as first,
    ):
        wait_for("trades", lambda: first.status()["records"]["Trade"] > 3)
        first.process.send_signal(signal.SIGSTOP)
        with Ingestor(logs.settings, exchange, tmp_path, "--symbols", "SOLUSDT") as second:
            first.process.send_signal(signal.SIGCONT)
            assert first.process.wait(timeout=60) == 1
            assert "another process took over" in first.log.read_text()
            before = second.status()["records"]["Trade"]
            wait_for("trades", lambda: second.status()["records"]["Trade"] > before + 10)
    assert_no_bitcoin_trade_twice(logs)


def test_nothing_is_lost_while_the_broker_is_away(tmp_path: Path) -> None:
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        with Exchange("--venue", "binance") as exchange, Ingestor(stack.settings, exchange, tmp_path) as ingestor:
            wait_for("trades", lambda: ingestor.status()["records"]["Trade"] > 3)
            stack.take_down("kafka")
            before = ingestor.status()["frames"]
            wait_for("frames that cannot be written", lambda: ingestor.status()["frames"] > before + 50)
            held_back = ingestor.status()
            stack.bring_up("kafka")
            # The market goes on, so that something is on its way whenever one looks.
            made = sum(held_back["records"].values())
            wait_for("what was held back", lambda: ingestor.status()["ticks_acknowledged"] >= made, seconds=60)
            frames = held_back["frames"]
            ingestor.stop()
            assert ingestor.status()["frames"] >= frames
            said = ingestor.status()
        ticks = records_of(stack.settings, "market.ticks")
    kinds = Counter(type(tick).__name__ for tick in ticks)
    assert kinds == Counter({kind: count for kind, count in said["records"].items() if count})
    assert said["frames"] == sum(kinds[kind.__name__] for kind in (Trade, Quote, BookDelta))
    assert not of_kind(ticks, Gap)


def test_a_quiet_market_has_heartbeats(logs: Logs, tmp_path: Path) -> None:
    capture = tmp_path / "capture"
    lines = gzip.decompress(recording("binance/spot/btcusdt_20240808.gz").read_bytes()).splitlines()[:50]
    capture.write_bytes(b"\n".join(lines) + b"\n")
    options = ("--capture", str(capture), "--venue", "binance", "--speed", "max")
    with (
        Exchange(*options) as exchange,
        Ingestor(logs.settings, exchange, tmp_path, "--stale-after", "6s") as ingestor,
    ):
        # One a second, for longer than that.
        wait_for("heartbeats", lambda: ingestor.status()["records"]["Heartbeat"] >= 8)
        assert ingestor.status()["reconnects"] == 0, "the venue answers pings, so it is quiet and not gone"
    ticks = records_of(logs.settings, "market.ticks")
    beats = of_kind(ticks, Heartbeat)
    newest_ns, newest_receive_ns = max(
        (time_ns, -tick.receive_ns)
        for tick in ticks
        if isinstance(tick, Trade | BookDelta)
        for time_ns in (tick.event_ns, tick.publish_ns)
        if time_ns
    )
    last_trade_ns = of_kind(ticks, Trade)[-1].receive_ns
    assert beats[0].receive_ns - last_trade_ns >= 1e9, "a second without a trade"
    assert beats[0].event_ns - newest_ns == beats[0].receive_ns + newest_receive_ns, "the newest time goes on"
    for before, after in itertools.pairwise(beats):
        assert after.event_ns - before.event_ns == after.receive_ns - before.receive_ns
    # A busy machine may hold up one of them, and the next is the sooner for it: half of them are as they should be.
    assert 0.5e9 < median(after.receive_ns - before.receive_ns for before, after in itertools.pairwise(beats)) < 2e9


@contextmanager
def tls_in_front_of(exchange: Exchange, folder: Path) -> Iterator[tuple[str, Path]]:
    """A TLS endpoint of the exchange on localhost, and the certificate to trust."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    # A server's certificate that says of itself that it is an authority is refused.
    command += ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-out", str(certificate), "-keyout", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(1 << 16):
                target.sendall(piece)
        except OSError:
            pass
        finally:
            target.close()

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                client = context.wrap_socket(listener.accept()[0], server_side=True)
            except ssl.SSLError:
                continue
            except OSError:
                return
            server = socket.create_connection(exchange.address)
            for pair in ((client, server), (server, client)):
                threading.Thread(target=copy, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield f"wss://localhost:{listener.getsockname()[1]}", certificate
        listener.shutdown(socket.SHUT_RDWR)


def test_a_venue_behind_tls(logs: Logs, tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("no openssl command: TLS to a venue was not tried")
    with Exchange("--venue", "binance") as exchange, tls_in_front_of(exchange, tmp_path) as (url, certificate):
        with Ingestor(logs.settings, exchange, tmp_path, stream_url=url) as ingestor:
            wait_for("a refusal", lambda: "certificate verify failed" in ingestor.log.read_text())
        trusting = {"SSL_CERT_FILE": str(certificate)}
        with Ingestor(logs.settings, exchange, tmp_path, stream_url=url, environment=trusting) as ingestor:
            wait_for("trades", lambda: ingestor.status()["records"]["Trade"] > 3)
