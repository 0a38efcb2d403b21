"""Tick files: appends of 32 bytes a second, and how long the slowest in a thousand takes, beside Chronicle Queue.

`make bench BENCH=tick_appends`. Both write to the same disk, in turns; a time is from one look at the
clock to the next.
"""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path

from tests.bench.market_programs import chronicle, run, rust

TICKS, CHRONICLE_TICKS = 10_000_000, 2_000_000
ROUNDS = 3
TARGET_PER_S, TARGET_P999_NS = 10e6, 3_000


def test_tick_appends(tmp_path: Path) -> None:
    peer = chronicle(tmp_path / "classes")
    found: dict[str, list[dict[str, float]]] = {"tick file": [], "Chronicle Queue": []}
    for _ in range(ROUNDS):
        found["tick file"] += rust("tick_appends", tmp_path / "ticks", TICKS)
        found["Chronicle Queue"].append(run(peer, tmp_path / "queue", CHRONICLE_TICKS))
        for folder in ("ticks", "queue"):
            shutil.rmtree(tmp_path / folder)
    print()
    medians = {}
    for name, rounds in found.items():
        medians[name] = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        per_s, p50_ns, p999_ns = (medians[name][key] for key in ("per_s", "p50_ns", "p999_ns"))
        print(f"{name}: {per_s / 1e6:.1f} M/s, p50 {p50_ns:,.0f} ns, p99.9 {p999_ns:,.0f} ns")
    ours, theirs = medians.values()
    print(
        f"tick_appends: {ours['per_s'] / theirs['per_s']:.1f} times as many (target {TARGET_PER_S / 1e6:.0f} M/s), "
        f"p99.9 {ours['p999_ns'] / theirs['p999_ns']:.2f} times as long (target {TARGET_P999_NS:,} ns)"
    )
    assert ours["per_s"] >= TARGET_PER_S
    assert ours["p999_ns"] <= TARGET_P999_NS
