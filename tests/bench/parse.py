"""Reading one message: nanoseconds by kind, beside `serde_json` into owned values, on every message of the recordings.

`make bench BENCH=parse`.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from tests.bench.market_programs import built
from tests.recordings import FOLDER, recording

RECORDINGS = {
    "spot": ["spot/btcusdt_20240808.gz", "spot/btcusdt_20240809.gz"],
    "usdm": ["usdm/btcusdt_20240808.gz"],
}
TARGETS_NS = {"trade": 500, "bookTicker": 300, "ticker": 300, "depth of 40 levels": 3_000}
"""By kind; the other messages of books have as many levels as came."""


def test_parse() -> None:
    print()
    totals = {"messages": 0, "ns": 0.0, "serde_ns": 0.0}
    slow: dict[str, float] = {}
    for market, names in RECORDINGS.items():
        for name in names:
            recording(f"binance/{name}")
        for figures in parse_speed(names):
            tell(market, figures, slow)
            if "levels" not in figures["kind"]:
                totals["messages"] += figures["messages"]
                for side in ("ns", "serde_ns"):
                    totals[side] += figures[side] * figures["messages"]
    ours, serde = (totals[side] / totals["messages"] for side in ("ns", "serde_ns"))
    print(f"parse: {ours:,.0f} ns/message, serde_json {serde:,.0f}, ratio {serde / ours:.1f}")
    assert not slow, slow


def test_dialects() -> None:
    for capture in ("KRAKEN.ws.49.0.gz", "COINBASE.ws.28.0.gz", "OKX.ws.1.0.gz"):
        recording(f"captures/{capture}")
    print()
    slow: dict[str, float] = {}
    for figures in example("dialect_speed"):
        tell(figures["venue"], figures, slow)
    assert not slow, slow


def tell(source: str, figures: dict[str, Any], slow: dict[str, float]) -> None:
    """Prints them; `slow` gets what misses its target."""
    name, ours, serde = f"{source} {figures['kind']}", figures["ns"], figures["serde_ns"]
    target = TARGETS_NS.get(figures["kind"])
    print(
        f"{name}: {ours:,.0f} ns, serde_json {serde:,.0f} ns, ratio {serde / ours:.1f} "
        f"({figures['messages']:,} messages){f', target {target:,} ns' if target else ''}"
    )
    if target is not None and ours > target:
        slow[name] = ours


def parse_speed(names: list[str]) -> list[dict[str, Any]]:
    """One object a kind, as `rust_ingest/venues/examples/parse_speed.rs` prints it."""
    return example("parse_speed", *names)


def example(name: str, *arguments: str) -> list[dict[str, Any]]:
    """What an example of the crate prints."""
    environment = {**os.environ, "TAPEFLOW_DATA": str(FOLDER)}
    command = [str(built("tapeflow-venues") / name), *arguments]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]
