"""Ring: items of 32 bytes a second from one thread to another, by the crate that the ingestor uses and by others.

`make bench BENCH=ring`. All rings are as long, and each item is looked at on its arrival.
"""

from __future__ import annotations

import statistics

from tests.bench.market_programs import rust

ITEMS = 40_000_000
ROUNDS = 5
USED = "rtrb"
TARGET_PER_S = 300e6


def test_ring() -> None:
    rates = {found["ring"]: statistics.median(found["per_s"]) for found in rust("ring", ITEMS, ROUNDS)}
    print()
    for name, per_s in rates.items():
        print(f"{name}: {per_s / 1e6:,.0f} M items/s")
    fastest = max(rates, key=lambda name: rates[name])
    print(
        f"ring: {USED} {rates[USED] / 1e6:,.0f} M items/s (target {TARGET_PER_S / 1e6:,.0f}), "
        f"{rates[USED] / rates[fastest]:.2f} of the fastest ({fastest})"
    )
    assert rates[USED] >= TARGET_PER_S
