"""The cache of ranges: bounded in bytes, least recently used first, and it forgets what newer bars change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from flows.history import BadBars, BarCache, BarRange

BTC = BarRange("BTC-USDT", 300_000_000_000, 0, 1_000)


def bars(count: int) -> dict[str, np.ndarray]:
    return {"time": np.zeros(count, np.int64)}


def test_the_least_recently_used_goes_first() -> None:
    cache = BarCache(bytes_max=240)
    keys = [replace(BTC, start_ns=start) for start in range(4)]
    for key in keys[:3]:
        cache.put(key, bars(10))
    assert cache.get(keys[0]) is not None
    cache.put(keys[3], bars(10))
    assert [cache.get(key) is not None for key in keys] == [True, False, True, True]
    info = cache.info()
    assert (info.ranges, info.size_bytes, info.bytes_max) == (3, 240, 240)
    assert (info.hits, info.misses, info.hit_rate) == (4, 1, 0.8)


def test_what_is_larger_than_the_cache_is_not_kept() -> None:
    cache = BarCache(bytes_max=100)
    cache.put(BTC, bars(1))
    cache.put(BTC, bars(13))
    assert cache.get(BTC) is None
    assert cache.info().size_bytes == 0


def test_newer_bars_forget_what_they_reach() -> None:
    cache = BarCache()
    before, across, other = BTC, replace(BTC, end_ns=2_000), replace(BTC, instrument="ETH-USDT", end_ns=2_000)
    for key in (before, across, other):
        cache.put(key, pl.DataFrame(bars(10)))
    assert cache.newer("BTC-USDT", from_ns=1_000) == 1
    assert [cache.get(key) is not None for key in (before, across, other)] == [True, False, True]
    assert cache.newer("BTC-USDT", from_ns=0) == 1


def test_no_cache_holds_nothing() -> None:
    with pytest.raises(BadBars, match="positive bytes_max"):
        BarCache(bytes_max=0)
