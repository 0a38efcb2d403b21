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
    Origin,
    Quote,
    Rollout,
    Side,
    Trade,
)

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
INT64_MAX = 2**63 - 1


def mostly(usual: st.SearchStrategy[Any], rare: st.SearchStrategy[Any], one_in: int = 40) -> st.SearchStrategy[Any]:
    """The usual, and now and then the rare: streams get far, and still meet each end. (`one_of` takes no weights.)"""
    return st.integers(1, one_in).flatmap(lambda number: rare if number == one_in else usual)


names = {
    "venue": mostly(st.just("binance"), st.just("binance_usdm"), 8),
    "instrument": mostly(st.just("BTC-USDT"), st.just("ÉTH-USDT"), 4),
}
scale = {
    "price_exponent": mostly(st.just(-2), st.sampled_from([-3, 19]), 60),
    "quantity_exponent": mostly(st.just(-3), st.sampled_from([-4, -19]), 60),
}
times_ns = mostly(
    st.integers(0, 48).map(lambda quarter: START + quarter * SECOND // 4),
    st.sampled_from([-1, 0, 2**62, 2**62 + 1, INT64_MAX, -INT64_MAX - 1]),
)
receive_ns = st.integers(START, START + 12 * SECOND)
prices = mostly(st.integers(95, 105), st.sampled_from([0, -1, 1, INT64_MAX]))
quantities = mostly(st.integers(1, 9), st.sampled_from([0, -1, 2**62, INT64_MAX]))

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
    flags=st.sampled_from([0, 8]),
)
quotes = st.builds(
    Quote,
    **names,
    **scale,
    event_ns=mostly(st.none(), times_ns, 3),
    publish_ns=st.none(),
    receive_ns=receive_ns,
    update_id=st.integers(1, 10**9),
    bid_price=prices,
    bid_quantity=quantities,
    ask_price=prices,
    ask_quantity=quantities,
    flags=st.sampled_from([0, 2, 4, 8]),
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
    contract_currency=st.just(""),
    contract_exponent=st.just(0),
    contract_size=st.just(0),
)
rollouts = st.builds(
    Rollout,
    origin=st.none(),
    stage=st.sampled_from(["bars", "features", "signals"]),
    rust_percent=st.integers(0, 100),
    rust_keys=st.lists(st.sampled_from(["BTC-USDT", "ÉTH-USDT"]), max_size=2),
    python_keys=st.lists(st.just(""), max_size=1),
    operator=st.just("test"),
    reason=st.just("test"),
    event_ns=times_ns,
)
ticks = st.one_of(trades, trades, trades, quotes, quotes, heartbeats, gaps, instruments, rollouts)


def passed_on(offset: int, index: int) -> Rollout:
    """An operator's word as a stage hands it to the one behind it."""
    origin = Origin(1, offset, index)
    return Rollout(origin, "signals", 50, ["BTC-USDT"], [], "test", "test", START)


garbage = st.one_of(st.binary(max_size=12), st.binary(max_size=8).map(lambda tail: b"\0\0\0\0" + tail))


def tapes(record: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[list[Any], set[int]]]:
    """Records with some garbage among them, and the positions at which the engines swap their states."""
    tape = st.lists(mostly(record, garbage, 25), min_size=20, max_size=60)
    return st.tuples(tape, st.sets(st.integers(0, 60), max_size=4))
