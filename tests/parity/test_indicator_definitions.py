"""What TA-Lib does not have, beside its definition written out over whole windows of recorded bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas
import pytest

from flows import indicators
from flows.indicators.stream import Array
from flows.indicators.table import ROWS
from tests.parity.recorded_bars import columns_of, minute_bars

BARS = 1_500
_Series = Any
"""A pandas Series: it has no types here."""


def _true_range(high: _Series, low: _Series, close: _Series) -> _Series:
    before = close.shift()
    return np.maximum(np.maximum(high - low, (high - before).abs()), (low - before).abs())


def _yearly(variance: _Series) -> _Series:
    return (variance * 252.0).pow(0.5)


def _alma(close: _Series) -> _Series:
    places = np.arange(9.0)
    weights = np.exp(-((places - 0.85 * 8.0) ** 2) / (2.0 * (9.0 / 6.0) ** 2))
    return close.rolling(9).apply(lambda window: float(window @ weights / weights.sum()), raw=True)


def _ichimoku(high: _Series, low: _Series) -> tuple[_Series, ...]:
    tenkan, kijun, senkou = ((high.rolling(n).max() + low.rolling(n).min()) / 2.0 for n in (9, 26, 52))
    return tenkan, kijun, (tenkan + kijun) / 2.0, senkou


def _kst(close: _Series) -> tuple[_Series, ...]:
    pairs = ((10, 10), (15, 10), (20, 10), (30, 15))
    total = sum((k + 1) * (close / close.shift(r) - 1.0).rolling(s).mean() * 100.0 for k, (r, s) in enumerate(pairs))
    return total, total.rolling(9).mean()


def _rogers_satchell(opened: _Series, high: _Series, low: _Series, close: _Series) -> _Series:
    terms = np.log(high / close) * np.log(high / opened) + np.log(low / close) * np.log(low / opened)
    return terms.rolling(20).mean()


def _yang_zhang(opened: _Series, high: _Series, low: _Series, close: _Series) -> _Series:
    weight = 0.34 / (1.34 + 21.0 / 19.0)
    overnight, body = np.log(opened / close.shift()).rolling(20).var(), np.log(close / opened).rolling(20).var()
    return _yearly(overnight + weight * body + (1.0 - weight) * _rogers_satchell(opened, high, low, close))


def _garman_klass(opened: _Series, high: _Series, low: _Series, close: _Series) -> _Series:
    terms = 0.5 * np.log(high / low) ** 2 - (2.0 * np.log(2.0) - 1.0) * np.log(close / opened) ** 2
    return _yearly(terms.rolling(20).mean())


def _choppiness(high: _Series, low: _Series, close: _Series) -> _Series:
    way = _true_range(high, low, close).iloc[1:].rolling(14).sum().reindex(close.index)
    return 100.0 * np.log10(way / (high.rolling(14).max() - low.rolling(14).min())) / np.log10(14.0)


def _percent_b(close: _Series) -> _Series:
    deviation = close.rolling(20).std(ddof=0)
    return (close - close.rolling(20).mean()) / (4.0 * deviation) + 0.5


def _eom(high: _Series, low: _Series, volume: _Series) -> _Series:
    middle = (high + low) / 2.0
    return (middle.diff() / (volume / 1e8 / (high - low))).rolling(14).mean()


def _flow(bid: _Series, bid_size: _Series, ask: _Series, ask_size: _Series) -> _Series:
    b, a = bid.diff(), ask.diff()
    added = bid_size * (b >= 0) - bid_size.shift() * (b <= 0) - ask_size * (a <= 0) + ask_size.shift() * (a >= 0)
    return added.iloc[1:].rolling(10).sum().reindex(bid.index)


def _slope(price: _Series, signed: _Series) -> _Series:
    return price.diff().rolling(50).cov(signed) / signed.iloc[1:].rolling(50).var().reindex(price.index)


def _roll(price: _Series) -> _Series:
    change = price.diff()
    covariance = change.rolling(50).cov(change.shift(), ddof=0)
    return 2.0 * covariance.clip(upper=0.0).mul(-1.0).pow(0.5)


def _later(price: _Series, side: _Series, bid: _Series, ask: _Series) -> _Series:
    return (2.0 * side.shift(5) * (price.shift(5) - (bid + ask) / 2.0)).rolling(50).mean()


def _impact(side: _Series, bid: _Series, ask: _Series) -> _Series:
    middle = (bid + ask) / 2.0
    return (2.0 * side.shift(5) * (middle - middle.shift(5))).rolling(50).mean()


_DEFINITIONS: dict[str, Callable[..., Any]] = {
    "alma": _alma,
    "amihud": lambda close, volume: (close.pct_change().abs() / (close * volume)).rolling(20).mean(),
    "bbands_percent_b": _percent_b,
    "bbands_width": lambda close: 4.0 * close.rolling(20).std(ddof=0) / close.rolling(20).mean(),
    "choppiness": _choppiness,
    "effective_spread": lambda price, side, bid, ask: (2.0 * side * (price - (bid + ask) / 2.0)).rolling(50).mean(),
    "eom": _eom,
    "garman_klass": _garman_klass,
    "historical_volatility": lambda close: _yearly(np.log(close / close.shift()).rolling(20).var()),
    "ichimoku": _ichimoku,
    "kst": _kst,
    "kurtosis": lambda real: real.rolling(30).apply(
        lambda w: ((w - w.mean()) ** 4).mean() / w.var() ** 2 - 3.0, raw=True
    ),
    "kyle_lambda": _slope,
    "median": lambda real: real.rolling(30).median(),
    "order_flow_imbalance": _flow,
    "parkinson": lambda high, low: _yearly((np.log(high / low) ** 2).rolling(20).mean() / (4.0 * np.log(2.0))),
    "price_impact": _impact,
    "quote_imbalance": lambda bid, ask: (bid - ask) / (bid + ask),
    "realised_spread": _later,
    "rogers_satchell": lambda *bars: _yearly(_rogers_satchell(*bars)),
    "roll_spread": _roll,
    "skew": lambda real: real.rolling(30).apply(lambda w: ((w - w.mean()) ** 3).mean() / w.var() ** 1.5, raw=True),
    "trade_sign_autocorrelation": lambda side: side.rolling(50).corr(side.shift()),
    "ulcer": lambda close: ((close / close.rolling(14).max() - 1.0) * 100.0).pow(2).rolling(14).mean().pow(0.5),
    "weighted_mid": lambda bid, bids, ask, asks: (bid * asks + ask * bids) / (bids + asks),
    "yang_zhang": _yang_zhang,
    "zscore": lambda real: (real - real.rolling(20).mean()) / real.rolling(20).std(ddof=0),
}


@pytest.mark.parametrize("name", _DEFINITIONS)
def test_definition(name: str) -> None:
    columns = [column[:BARS] for column in columns_of(ROWS[name], minute_bars())]
    found = getattr(indicators, name)(*columns)
    expected = _DEFINITIONS[name](*(pandas.Series(column) for column in columns))
    for ours, theirs in zip(_tuple(found), _tuple(expected), strict=True):
        warm = ~np.isnan(ours)
        assert warm.sum() > BARS - 100
        # pandas adds to its sums and takes from them without end.
        scale = float(np.abs(ours[warm]).max())
        np.testing.assert_allclose(ours[warm], theirs.to_numpy()[warm], rtol=1e-7, atol=1e-9 * scale)


def _tuple(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


@pytest.mark.parametrize("timeperiod", [2, 3, 4, 5, 10, 23, 24, 25, 64])
def test_wma_through_short_windows_and_on_long_ones(timeperiod: int) -> None:
    close = minute_bars()["close"][:BARS]
    weights = np.arange(1.0, timeperiod + 1.0)
    expected = np.lib.stride_tricks.sliding_window_view(close, timeperiod) @ weights / weights.sum()
    found = indicators.wma(close, timeperiod=timeperiod)
    np.testing.assert_allclose(found[timeperiod - 1 :], expected, rtol=1e-13)


def test_vpin_by_hand() -> None:
    """Buckets of 10: bought 6 and sold 4, bought 1 and sold 9, all bought; a trade is divided between two."""
    trades = np.array([6.0, -4.0, 1.0, -9.0, 4.0, 8.0])
    values = indicators.vpin(trades, bucket_volume=10.0, buckets=2)
    expected = [np.nan, np.nan, np.nan, (0.2 + 0.8) / 2.0, (0.2 + 0.8) / 2.0, (0.8 + 1.0) / 2.0]
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_vpin_of_a_trade_that_fills_many_buckets() -> None:
    vpin = indicators.Vpin(bucket_volume=1.0, buckets=3)
    assert [vpin.update(0.5), vpin.update(-1e12), vpin.update(0.25)] == [None, 1.0, 1.0]


def test_vpin_counts_no_bucket_twice() -> None:
    """1 / 0.1 rounds up to 10, where 1 % 0.1 leaves nearly a bucket over."""
    vpin = indicators.Vpin(bucket_volume=0.1, buckets=10)
    assert vpin.update(1.0) is None, "nine buckets are full, and most of the tenth"
    assert vpin.update(0.1) == 1.0


def test_microprice_learns_what_follows_an_imbalance() -> None:
    """The middle goes up by 1 after quotes with a large bid, and down by 1 after quotes with a large ask."""
    bid: Array = np.array([100.0, 101.0, 100.0, 101.0, 100.0, 100.0])
    bid_size = np.array([9.0, 1.0, 9.0, 1.0, 9.0, 5.0])
    learned = indicators.microprice(bid, bid_size, bid + 2.0, 10.0 - bid_size, buckets=5)
    np.testing.assert_array_equal(learned, [101.0, 101.0, 102.0, 101.0, 102.0, 101.0])
