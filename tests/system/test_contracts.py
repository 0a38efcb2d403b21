"""Futures that count contracts, over a socket: Binance COIN-M as it was recorded."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np

from flows import journal
from flows.contracts.records import BookDelta, Instrument, Trade
from flows.stack import Stack
from tests.recordings import recording
from tests.system.ingestor_process import IngestorProcess, records_of
from tests.system.router_process import logs_of_their_own, wait_for
from tests.system.scripted_venue import ScriptedVenue

_FRAMES = 600
_SYMBOL = "BTCUSD_PERP"
_PATH = "/stream?streams=" + "/".join(f"btcusd_perp@{kind}" for kind in ("trade", "bookTicker", "depth@0ms"))
_LISTED = {
    "symbol": _SYMBOL,
    "pair": "BTCUSD",
    "contractType": "PERPETUAL",
    "contractSize": 100,
    "baseAsset": "BTC",
    "quoteAsset": "USD",
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "1000", "maxPrice": "4520958", "tickSize": "0.1"},
        {"filterType": "LOT_SIZE", "stepSize": "1", "minQty": "1", "maxQty": "1000000"},
    ],
}
"""As "Exchange Information" of COIN-M shows it: there is no recording of that."""


def test_coin_m_is_read_and_says_what_it_counts(stack: Stack, tmp_path: Path) -> None:
    frames, book = recorded()
    data = [json.loads(frame)["data"] for frame in frames]
    changes = sum(one["e"] == "depthUpdate" for one in data)
    with (
        logs_of_their_own(stack) as logs,
        ScriptedVenue(_PATH, json.dumps({"symbols": [_LISTED]}), book=book) as server,
    ):
        options = ["--venue", "binance_coinm", "--symbols", _SYMBOL, "--tick-files", str(tmp_path / "ticks")]
        urls = ["--stream-url", f"ws://{server.address}", "--rest-url", f"http://{server.address}"]
        with IngestorProcess(logs.settings, tmp_path, *options, *urls) as ingestor:
            # Its path names the streams: nothing is asked for.
            wait_for("a connection", lambda: server.connections)
            server.say(0, *frames)
            ingestor.wait_for_frames(len(frames))
            wait_for("the book", lambda: ingestor.status()["instruments"]["BTC-USD-PERP"]["synchronised"])
        ticks = records_of(logs.settings, "market.ticks")
        assert records_of(logs.settings, "ops.dead_letters") == []
    terms = [one for one in ticks if isinstance(one, Instrument)]
    sizes = [(one.contract_size, one.contract_exponent, one.contract_currency, one.quote) for one in terms]
    assert sizes == [(100 * 10**9, -9, "USD", "USD")]
    trades = [(one.trade_id, one.quantity) for one in ticks if isinstance(one, Trade)]
    assert trades == [(one["t"], int(one["q"]) * 10**9) for one in data if one["e"] == "trade"]
    assert sum(isinstance(one, BookDelta) for one in ticks) == changes
    with journal.open(tmp_path / "ticks", ("BTC-USD-PERP", "binance_coinm")) as file:
        assert len(file.ticks) == sum(one["e"] == "bookTicker" for one in data)
        assert np.all(file.ticks["source"] == journal.Source.BINANCE_COINM)


def recorded() -> tuple[list[str], str]:
    """The first frames of the recording, and the book by REST among them."""
    with gzip.open(recording("binance/cm/btcusd_perp_20240808.gz"), "rt") as file:
        lines = [next(file).partition(" ")[2].rstrip() for _ in range(_FRAMES)]
    is_book = [line.startswith('{"lastUpdateId"') for line in lines]
    assert sum(is_book) == 1
    return [line for line, book in zip(lines, is_book, strict=True) if not book], lines[is_book.index(True)]
