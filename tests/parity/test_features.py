"""Both twins of features make the same of any bars."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.contracts.codec import decode, encode
from flows.contracts.records import Bar, FeatureVector

from .plain_bar import plain_bar
from .streams import INT64_MAX, SECOND, START, mostly, names, scale, tapes
from .twins import IDS, Twins, entry, records

CONFIG = {
    **{"ema_fast": 2, "ema_slow": 3, "rsi": 2, "volatility": 3},
    **{"return_short": 1, "return_medium": 2, "return_long": 4, "kyle_lambda": 2, "vpin": 2},
    **{"season_slots": 1440, "season_days": 2},
}
DAY = 86_400 * SECOND

prices = mostly(st.integers(1, 10**6), st.sampled_from([0, -1, 1, INT64_MAX]))
volumes = mostly(st.integers(1, 50), st.sampled_from([0, INT64_MAX]))
touches = mostly(st.integers(90, 110), st.none() | st.just(0), 10)
touched = mostly(st.integers(1, 9), st.none() | st.sampled_from([0, -1, INT64_MAX]), 10)


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    price = draw(prices)
    interval_ns, series = draw(st.sampled_from([(SECOND, ""), (3 * SECOND, ""), (0, "volume:1"), (0, "renko:2")]))
    # Mostly forward: bars of one series come in their order.
    open_ns = START + (interval_ns or SECOND // 4) * draw(st.integers(0, 200)) + DAY * draw(st.integers(0, 3))
    volume = draw(volumes)
    bought = draw(st.integers(0, max(volume, 0)))
    return plain_bar(
        (open_ns - START) // SECOND + draw(st.integers(0, 2)),
        price,
        index=draw(st.integers(0, 3)),
        **{name: draw(value) for name, value in (names | scale).items()},
        interval_ns=interval_ns,
        open_ns=open_ns,
        close_ns=open_ns + interval_ns,
        series=series,
        volume=volume,
        buy_volume=bought,
        sell_volume=volume - bought,
        order_flow_imbalance=draw(st.integers(-INT64_MAX, INT64_MAX)),
        bid_price=draw(touches),
        bid_quantity=draw(touched),
        ask_price=draw(touches),
        ask_quantity=draw(touched),
    )


def in_order(tape: list[Any]) -> list[Any]:
    """Bars by origin, as bars writes them; what is no bar keeps its place."""
    ordered = iter(
        sorted(
            (one for one in tape if isinstance(one, Bar)),
            key=lambda bar: (bar.origin.offset, bar.origin.index, bar.close_ns),
        )
    )
    return [next(ordered) if isinstance(one, Bar) else one for one in tape]


@given(tapes(bars()))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_twins_agree(drawn: tuple[list[Any], set[int]]) -> None:
    tape, swaps = drawn
    entries = [entry("market.bars", number, record) for number, record in enumerate(in_order(tape))]
    outputs = Twins("features", CONFIG).feed_swapping(entries, swaps)
    origins = [output.origin for output in outputs]
    assert origins == sorted(set(origins)), "origins strictly increase"
    for made in records(outputs):
        if isinstance(made, FeatureVector):
            assert made.rsi is None or 0 <= made.rsi <= 100
            assert made.trade_imbalance is None or -1 <= made.trade_imbalance <= 1
            assert made.vpin is None or 0 <= made.vpin <= 1


@given(st.lists(st.integers(1, 10**12), min_size=4, max_size=40))
@settings(max_examples=200, deadline=None)
def test_twins_agree_on_long_series(closes: list[int]) -> None:
    """One series without a fault: the averages run as long as they can, with all their rounding."""
    entries = []
    for number, close in enumerate(closes):
        # A quarter of a day from one to the next, so that each slot comes again.
        opened = {"open_ns": START + number * DAY // 4, "close_ns": START + number * DAY // 4 + SECOND}
        volumes = {"volume": 7 * close, "buy_volume": 3 * close, "sell_volume": 4 * close}
        bar = plain_bar(number, close, **opened, **volumes)
        entries.append(entry("market.bars", number, bar))
    made = records(Twins("features", CONFIG).feed(entries))
    assert len(made) == len(closes)
    assert made[-1].realised_volatility is not None
    assert made[-1].ema_slow is not None
    assert made[-1].kyle_lambda is not None
    assert made[-1].vpin == 1 / 7
    assert (made[-1].return_long is None) == (len(closes) <= CONFIG["return_long"])
    # The first bar has no return, so that its slot counts from the day after.
    assert (made[-1].seasonal_volume is None) == (len(closes) <= 5)


def test_a_state_from_before_there_were_windows_begins_them_anew() -> None:
    """It has no windows and no lengths of them; all else goes on, in both engines."""
    settled = {name: CONFIG[name] for name in ("ema_fast", "ema_slow", "rsi", "volatility")}
    tape = [entry("market.bars", number, plain_bar(number, 100 + number % 3)) for number in range(12)]
    whole, twins = Twins("features", CONFIG), Twins("features", CONFIG)
    expected = records(whole.feed(tape))
    twins.feed(tape[:6])
    saved = decode(twins.snapshot(), IDS)
    kernel = decode(saved.kernel, IDS)
    lengths = {name: 0 for name in CONFIG if name not in settled}
    twins.restore(encode(replace(saved, kernel=encode(replace(kernel, windows=[], **lengths), IDS)), IDS))
    made = records(twins.feed(tape[6:]))
    assert [one.ema_slow for one in made] == [one.ema_slow for one in expected[6:]]
    assert [one.return_short for one in made[:3]] == [None, made[1].simple_return, made[2].simple_return]
    assert made[-1].return_long == expected[-1].return_long
