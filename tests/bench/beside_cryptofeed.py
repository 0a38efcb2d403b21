"""What one thread makes of recorded messages: messages a second and CPU time a message, beside cryptofeed.

`make bench BENCH=beside_cryptofeed`. Both get the same messages, one after the other, from memory: no socket is in it.
Both read the JSON, keep the book and normalise. Ours also judges sequences and checksums, makes exact integers and
encodes the records that go to the topics; cryptofeed makes decimals and calls an empty callback for each update, with
its defaults (no checksums). Binance's trades are left out: the recording has `trade`, cryptofeed reads `aggTrade`. Of
Coinbase it reads Advanced Trade alone, which was not recorded.
"""

from __future__ import annotations

import gzip
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.market_programs import built, cryptofeed, lines_of
from tests.captures import answers, texts
from tests.recordings import recording

ROUNDS = 5
SPOT = "binance/spot/btcusdt_20240808.gz"
KRAKEN_PAIRS = "KSM/XBT XMR/USD ETH/CHF OMG/USD GRT/ETH WAVES/EUR ADA/XBT XBT/CHF SC/EUR OCEAN/XBT"


@dataclass
class Feed:
    """A recording, and how each side is told of it. `symbols`: cryptofeed's names and the venue's."""

    venue: str
    exchange: str
    symbols: dict[str, str]
    messages: list[str]
    snapshot: str = ""
    listing: str = ""
    times: int = 1
    """The small recordings are played so often in a round, each from its beginning."""
    found: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def test_beside_cryptofeed(tmp_path: Path) -> None:
    ours, theirs = built("tapeflow-ingestor") / "session_speed", cryptofeed()
    print()
    for feed in (binance(), kraken(), okx()):
        paths = {name: tmp_path / f"{feed.venue}.{name}" for name in ("messages", "listing", "snapshot")}
        paths["messages"].write_text("\n".join(feed.messages))
        paths["listing"].write_text(feed.listing)
        paths["snapshot"].write_text(feed.snapshot)
        command = [str(ours), "--venue", feed.venue, "--symbols", ",".join(feed.symbols.values())]
        command += ["--messages", str(paths["messages"]), "--rounds", str(feed.times)]
        for name in ("listing", "snapshot"):
            command += [f"--{name}", str(paths[name])] if getattr(feed, name) else []
        snapshot = str(paths["snapshot"]) if feed.snapshot else "-"
        peer = [*theirs, feed.exchange, json.dumps(feed.symbols), str(paths["messages"]), snapshot, str(feed.times)]
        for _ in range(ROUNDS):
            for name, one in {"tapeflow": command, "cryptofeed": peer}.items():
                feed.found.setdefault(name, []).append(together(lines_of(one)))
        tell(feed)


def together(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """All plays of a process as one; what was made is that of one play."""
    total = {key: sum(one[key] for one in rounds) for key in ("messages", "seconds", "cpu_seconds")}
    assert all(one["records"] == rounds[0]["records"] for one in rounds)
    return {
        "per_s": total["messages"] / total["seconds"],
        "cpu_us": total["cpu_seconds"] / total["messages"] * 1e6,
        "records": rounds[0]["records"],
    }


def tell(feed: Feed) -> None:
    medians = {}
    for name, rounds in feed.found.items():
        per_s, cpu_us = (statistics.median(one[key] for one in rounds) for key in ("per_s", "cpu_us"))
        medians[name] = (per_s, cpu_us)
        made = ", ".join(f"{count:,} {kind}" for kind, count in rounds[0]["records"].items())
        print(f"{feed.venue}, {name}: {per_s:,.0f} messages/s, {cpu_us:.2f} us of CPU a message; made {made}")
    (ours, ours_us), (theirs, theirs_us) = medians.values()
    print(
        f"beside_cryptofeed, {feed.venue}: {len(feed.messages):,} messages, {ours / theirs:.1f} times as many "
        f"a second, 1/{theirs_us / ours_us:.1f} of the CPU time"
    )


def binance() -> Feed:
    bodies = list(_spot())
    messages = [body for body in bodies if '"stream"' in body and "@trade" not in body]
    (snapshot,) = (body for body in bodies if '"lastUpdateId"' in body)
    return Feed("binance", "BINANCE", {"BTC-USDT": "BTCUSDT"}, messages, snapshot=snapshot)


def _spot() -> Iterator[str]:
    with gzip.open(recording(SPOT), "rt") as file:
        for line in file:
            yield line.partition(" ")[2].strip()


def kraken() -> Feed:
    messages = [text for part in (48, 49, 50) for text in texts(recording(f"captures/KRAKEN.ws.{part}.0.gz"))]
    symbols = {pair.replace("XBT", "BTC").replace("/", "-"): pair for pair in KRAKEN_PAIRS.split()}
    return Feed("kraken", "KRAKEN", symbols, messages, listing=_listing("KRAKEN.0.gz", "/AssetPairs"), times=5)


def okx() -> Feed:
    """Its spot instrument: what is said of futures counts contracts."""
    messages = [text for text in texts(recording("captures/OKX.ws.1.0.gz")) if '"BTC-USDT"' in text]
    listing = _listing("OKX.0.gz", "instType=SPOT")
    return Feed("okx", "OKX", {"BTC-USDT": "BTC-USDT"}, messages, listing=listing, times=50)


def _listing(name: str, url_end: str) -> str:
    for url, answer in answers(recording(f"captures/{name}")):
        if url.endswith(url_end):
            return json.dumps(answer)
    raise AssertionError(f"{name} has no answer of {url_end}")
