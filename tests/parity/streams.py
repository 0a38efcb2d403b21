"""Streams of records as hypothesis draws them: small worlds, so that things collide, and the ends of each type."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from flows.contracts.records import (
    Gap,
    GapStream,
    Heartbeat,
    Instrument,
    InstrumentClass,
    Quote,
    Side,
    Trade,
)

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
INT64_MAX = 2**63 - 1

names = {"venue": st.sampled_from(["binance", "binance_usdm"]), "instrument": st.sampled_from(["BTC-USDT", "ÉTH-USDT"])}
scale = {
    "price_exponent": st.sampled_from([-2] * 30 + [-3, 19]),
    "quantity_exponent": st.sampled_from([-3] * 30 + [-4, -19]),
}
times_ns = st.one_of(
    st.integers(START, START + 12 * SECOND),
    st.integers(0, 24).map(lambda half: START + half * SECOND // 2),
    st.sampled_from([-1, 0, 2**62, 2**62 + 1, INT64_MAX, -INT64_MAX - 1]),
)
receive_ns = st.integers(START, START + 12 * SECOND)
prices = st.one_of(st.integers(95, 105), st.integers(95, 105), st.sampled_from([0, -1, 1, INT64_MAX]))
quantities = st.one_of(st.integers(1, 9), st.integers(1, 9), st.sampled_from([0, -1, 2**62, INT64_MAX]))

trades = st.builds(
    Trade,
    **names,
    **scale,
    event_ns=times_ns,
    publish_ns=receive_ns,
    receive_ns=receive_ns,
    trade_id=st.integers(1, 10**9),
    price=prices,
    quantity=quantities,
    aggressor=st.sampled_from(Side),
    trade_type=st.just(""),
)
quotes = st.builds(
    Quote,
    **names,
    **scale,
    event_ns=st.none(),
    publish_ns=st.none(),
    receive_ns=receive_ns,
    update_id=st.integers(1, 10**9),
    bid_price=prices,
    bid_quantity=quantities,
    ask_price=prices,
    ask_quantity=quantities,
)
gaps = st.builds(
    Gap,
    **names,
    receive_ns=receive_ns,
    stream=st.sampled_from(GapStream),
    expected_id=st.none(),
    received_id=st.none(),
    reason=st.just("test"),
)
heartbeats = st.builds(Heartbeat, **names, event_ns=times_ns, receive_ns=receive_ns)
instruments = st.builds(
    Instrument,
    **names,
    **scale,
    receive_ns=receive_ns,
    venue_symbol=st.just("BTCUSDT"),
    base=st.just("BTC"),
    quote=st.just("USDT"),
    instrument_class=st.just(InstrumentClass.SPOT),
    tick_size=st.just(1),
    lot_size=st.just(1),
    min_quantity=st.just(1),
    max_quantity=st.just(10**6),
    min_notional=st.just(10),
)
ticks = st.one_of(trades, trades, trades, quotes, quotes, heartbeats, gaps, instruments)
garbage = st.one_of(st.binary(max_size=12), st.binary(max_size=8).map(lambda tail: b"\0\0\0\0" + tail))


@st.composite
def tapes(draw: st.DrawFn, record: st.SearchStrategy[Any]) -> tuple[list[Any], set[int]]:
    """Records with some garbage among them, and the positions at which the engines swap their states."""
    tape = draw(st.lists(st.one_of(*[record] * 9, garbage), max_size=60))
    return tape, draw(st.sets(st.integers(0, 60), max_size=4))
