"""Both twins of risk make the same of any inbox."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.contracts.records import (
    Command,
    Control,
    Decision,
    ExecutionReport,
    Mark,
    New,
    OrderStatus,
    OrderType,
    Origin,
    Side,
    Signal,
    TimeInForce,
    Verdict,
)

from .streams import INT64_MAX, SECOND, START, mostly, names, receive_ns, scale, tapes
from .twins import PARTITION, Twins, entry, records

accounts = st.sampled_from(["main", "main", "other"])
prices = mostly(st.integers(95, 105), st.sampled_from([0, INT64_MAX]))
exits = mostly(st.none(), st.integers(80, 120) | st.sampled_from([0, INT64_MAX]), 2)
quantities = mostly(st.integers(1, 9), st.sampled_from([0, -1, INT64_MAX]))
# Ids of orders that this stage makes in the streams below, and one of another log.
orders = mostly(
    st.integers(10, 40).map(lambda offset: f"tf-abcd1234-{PARTITION}-{offset}-1"), st.just("tf-elder999-0-7-1"), 5
)
ignored = Origin(0, 0, 0)

signals = st.builds(
    Signal,
    **names,
    **scale,
    origin=st.just(ignored),
    account=accounts,
    strategy=st.just("cross"),
    interval_ns=st.just(SECOND),
    event_ns=receive_ns,
    receive_ns=receive_ns,
    side=st.sampled_from(Side),
    order_type=mostly(st.just(OrderType.LIMIT), st.just(OrderType.MARKET), 10),
    time_in_force=st.just(TimeInForce.IOC),
    quantity=quantities,
    price=mostly(prices, st.none(), 10),
    reference_price=prices,
    strength=st.just(0.5),
    reason=st.just("test"),
    series=st.just(""),
    stop_price=exits,
    target_price=exits,
    exit_ns=st.none() | receive_ns,
    post_only=mostly(st.just(False), st.just(True), 5),
    expires_ns=mostly(st.none(), receive_ns, 5),
    # Not quotes, which are not one decision each: `test_quotes`.
    **dict.fromkeys(("half_spread", "skew", "price_step", "bid_price", "ask_price"), st.none()),
)
marks = st.builds(
    Mark,
    **names,
    **scale,
    origin=st.just(ignored),
    account=accounts,
    event_ns=receive_ns,
    receive_ns=receive_ns,
    price=prices,
)
reports = st.builds(
    ExecutionReport,
    **names,
    **scale,
    origin=st.builds(Origin, st.just(PARTITION), st.integers(0, 60), st.integers(0, 3)),
    account=accounts,
    client_order_id=orders,
    venue_order_id=st.none(),
    status=st.sampled_from(OrderStatus),
    side=st.sampled_from(Side),
    order_quantity=quantities,
    last_quantity=st.integers(0, 3),
    last_price=mostly(prices, st.none(), 10),
    cumulative_quantity=mostly(st.integers(3, 9), st.just(INT64_MAX)),
    fee=st.just(0),
    fee_exponent=st.just(-9),
    fee_asset=st.just(""),
    trade_id=st.none(),
    reason=st.just(""),
    event_ns=receive_ns,
    order_receive_ns=receive_ns,
    sent_ns=receive_ns,
    receive_ns=receive_ns,
)
limits = mostly(st.integers(5, 40), st.none() | st.just(-1), 15)
notionals = mostly(st.integers(500, 9000), st.none() | st.just(2**127 - 1), 15)
controls = st.builds(
    Control,
    **names,
    **scale,
    account=accounts,
    command=mostly(
        st.sampled_from([Command.OPEN, Command.LIMITS, Command.RESUME, Command.CANCEL]), st.just(Command.KILL), 5
    ),
    operator=st.just("me"),
    reason=st.just("test"),
    event_ns=receive_ns,
    log_id=mostly(st.just("abcd1234"), st.sampled_from(["wrong", None, "other123"]), 5),
    max_order_quantity=limits,
    max_position=limits,
    max_order_notional=notionals,
    max_gross_notional=notionals,
    max_price_age_ns=st.sampled_from([0, 5 * SECOND, 20 * SECOND, 20 * SECOND, None]),
    client_order_id=st.just("") | orders,
)
inbox = mostly(signals, st.one_of(marks, reports, controls), 2)


def opening() -> list[Any]:
    """Both accounts open, with limits that let something through."""
    common = {
        "operator": "me",
        "reason": "test",
        "event_ns": START,
        "price_exponent": -2,
        "quantity_exponent": -3,
        "client_order_id": "",
    }
    none = dict.fromkeys(
        ("max_order_quantity", "max_position", "max_order_notional", "max_gross_notional", "max_price_age_ns")
    )
    made = []
    for account in ("main", "other"):
        command = {"account": account, **common}
        made.append(Control(**command, command=Command.OPEN, log_id="abcd1234", venue="", instrument="", **none))
        for venue in ("binance", "binance_usdm"):
            for instrument in ("BTC-USDT", "ÉTH-USDT"):
                wide = dict(zip(none, (9, 30, 900, 9000, 20 * SECOND), strict=True))
                place = {"venue": venue, "instrument": instrument}
                made.append(Control(**command, command=Command.LIMITS, log_id=None, **place, **wide))
                mark = {"origin": ignored, "account": account, **place, "event_ns": START, "receive_ns": START}
                made.append(Mark(**mark, price_exponent=-2, quantity_exponent=-3, price=100))
    return made


def numbered(tape: list[Any]) -> list[Any]:
    """Marks and signals with origins that increase, as signals writes them; one in nine comes twice."""
    made = []
    for number, one in enumerate(tape):
        if not isinstance(one, Mark | Signal):
            made.append(one)
            continue
        fields = {name: getattr(one, name) for name in one.__slots__}
        again = type(one)(**{**fields, "origin": Origin(number % 2, number, 0)})
        made += [again] * (2 if number % 9 == 0 else 1)
    return made


@given(tapes(inbox), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_twins_agree(drawn: tuple[list[Any], set[int]], opened: bool) -> None:
    tape, swaps = drawn
    whole = numbered((opening() if opened else []) + tape)
    entries = [entry("risk.inbox", number, record) for number, record in enumerate(whole)]
    outputs = Twins("risk", {}).feed_swapping(entries, swaps)
    origins = [output.origin for output in outputs]
    assert origins == sorted(set(origins)), "origins strictly increase"
    made = records(outputs)
    decisions = [one for one in made if isinstance(one, Decision)]
    orders_made = [one for one in made if isinstance(one, New)]
    signals_seen = {one.origin for one in whole if isinstance(one, Signal)}
    assert [one.signal for one in decisions if one.closes is None] == sorted(signals_seen, key=lambda at: at.offset)
    accepted = [one for one in decisions if one.verdict is Verdict.ACCEPTED]
    assert [one.client_order_id for one in accepted] == [one.client_order_id for one in orders_made]
    for one in decisions:
        assert (one.verdict is Verdict.ACCEPTED) == all(check.passed for check in one.checks)
    for order in orders_made:
        assert order.quantity > 0
        assert len(order.client_order_id) <= 36
