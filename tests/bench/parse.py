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
TARGETS_NS = {"trade": 500, "ticker": 300}


def test_parse() -> None:
    print()
    totals = {"messages": 0, "ns": 0.0, "serde_ns": 0.0}
    for market, names in RECORDINGS.items():
        for name in names:
            recording(f"binance/{name}")
        for figures in parse_speed(names):
            print(
                f"{market} {figures['kind']}: {figures['ns']:,.0f} ns, serde_json {figures['serde_ns']:,.0f} ns "
                f"({figures['messages']:,} messages)"
            )
            if "levels" not in figures["kind"]:
                totals["messages"] += figures["messages"]
                for side in ("ns", "serde_ns"):
                    totals[side] += figures[side] * figures["messages"]
    ours, serde = (totals[side] / totals["messages"] for side in ("ns", "serde_ns"))
    print(f"parse: {ours:,.0f} ns/message, serde_json {serde:,.0f}, ratio {serde / ours:.1f}")


def test_dialects() -> None:
    for capture in ("KRAKEN.ws.49.0.gz", "COINBASE.ws.28.0.gz", "OKX.ws.1.0.gz"):
        recording(f"captures/{capture}")
    print()
    for figures in example("dialect_speed"):
        ours, serde = figures["ns"], figures["serde_ns"]
        target = f", target {TARGETS_NS[figures['kind']]} ns" if figures["kind"] in TARGETS_NS else ""
        print(
            f"{figures['venue']} {figures['kind']}: {ours:,.0f} ns, serde_json {serde:,.0f} ns, "
            f"ratio {serde / ours:.1f} ({figures['messages']:,} messages of {figures['bytes']:,} bytes){target}"
        )


def parse_speed(names: list[str]) -> list[dict[str, Any]]:
    """One object a kind, as `rust_ingest/venues/examples/parse_speed.rs` prints it."""
    return example("parse_speed", *names)


def example(name: str, *arguments: str) -> list[dict[str, Any]]:
    """What an example of the crate prints."""
    environment = {**os.environ, "TAPEFLOW_DATA": str(FOLDER)}
    command = [str(built("tapeflow-venues") / name), *arguments]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]
