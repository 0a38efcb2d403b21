"""A strategy's terms become a bid and an ask, and these are replaced, cancelled and ended: each rule of
`flows/kernels/quoting` and `quote_terms`, in both engines."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.contracts.records import (
    Cancel,
    Command,
    Decision,
    New,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)

from .own_desk import Desk
from .streams import SECOND, START

BOTH = (Side.BUY, Side.SELL)


def prices(made: list[Any]) -> dict[Side, int | None]:
    """Where the quotes stand that went out; each rests or is refused, and has an end."""
    orders = [one for one in made if isinstance(one, New)]
    for order in orders:
        assert (order.order_type, order.time_in_force, order.post_only) == (OrderType.LIMIT, TimeInForce.GTC, True)
        assert (order.expires_ns or 0) > order.receive_ns
    return {order.side: order.price for order in orders}


def pair(made: list[Any]) -> list[str]:
    """Client ids, the bid's first."""
    ids = {one.side: one.client_order_id for one in made if isinstance(one, New)}
    return [ids[side] for side in BOTH]


def cancelled(made: list[Any]) -> list[str]:
    return [one.client_order_id for one in made if isinstance(one, Cancel)]


def failed(made: list[Any]) -> dict[Side, list[str]]:
    """The checks that stopped a side."""
    decisions = [one for one in made if isinstance(one, Decision)]
    wrong = {one.side: [check.name.value for check in one.checks if not check.passed] for one in decisions}
    return {side: names for side, names in wrong.items() if names}


def position(desk: Desk) -> int:
    (quote,) = desk.quotes
    return quote.position


def test_terms_become_a_bid_and_an_ask_each_with_its_decision() -> None:
    desk = Desk()
    made = desk.quote(half_spread=3)
    assert prices(made) == {Side.BUY: 97, Side.SELL: 103}
    assert [type(one) for one in made] == [Decision, New, Decision, New]
    for decision, order in ((made[0], made[1]), (made[2], made[3])):
        assert (decision.client_order_id, decision.price) == (order.client_order_id, order.price)
        assert decision.signal == order.signal


@pytest.mark.parametrize(
    ("terms", "bid", "ask"),
    [
        ({"half_spread": 3}, 97, 103),
        ({"half_spread": 0}, 100, 100),
        ({"half_spread": 3, "price_step": 5}, 95, 105),
        ({"half_spread": 3, "bid_price": 98}, 96, 103),  # the middle is 99.5: each is rounded away from it
        ({"half_spread": 0, "bid_price": 90, "ask_price": 110, "price_step": 7}, 98, 105),
    ],
)
def test_prices_stand_on_steps_away_from_the_middle(terms: dict[str, Any], bid: int, ask: int) -> None:
    assert prices(Desk().quote(**terms)) == {Side.BUY: bid, Side.SELL: ask}


def test_what_it_holds_leans_both_prices_against_it() -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    desk.fill(bid, 2)
    assert cancelled(desk.quote(skew=8)) == [bid, ask]
    desk.report(bid, OrderStatus.CANCELLED)
    made = desk.report(ask, OrderStatus.CANCELLED)
    # It holds 2, half of the quantity: the reservation price is 4 below the middle; no ask is at the bid or below.
    assert prices(made) == {Side.BUY: 94, Side.SELL: 100}
    assert position(desk) == 2


def test_a_new_pair_goes_out_when_reports_have_ended_both_by_the_newest_terms() -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    assert cancelled(desk.quote(half_spread=5)) == [bid, ask]
    assert desk.quote(half_spread=6) == [], "one cancel each"
    assert desk.report(bid, OrderStatus.CANCELLED) == [], "the ask works still"
    assert prices(desk.report(ask, OrderStatus.CANCELLED)) == {Side.BUY: 94, Side.SELL: 106}


def test_what_fills_while_it_is_cancelled_counts() -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    desk.quote(skew=4, half_spread=3)
    desk.fill(bid)
    made = desk.report(ask, OrderStatus.CANCELLED)
    assert prices(made) == {Side.BUY: 93, Side.SELL: 100}
    assert position(desk) == 4


def test_a_pair_stands_while_its_prices_do_and_half_of_its_time_is_left() -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    for second in (1, 30):
        now_ns = START + second * SECOND
        assert desk.quote(receive_ns=now_ns, expires_ns=now_ns + 60 * SECOND) == []
        desk.mark(100)
    now_ns = START + 31 * SECOND
    assert cancelled(desk.quote(receive_ns=now_ns, expires_ns=now_ns + 60 * SECOND)) == [bid, ask]


def test_what_filled_in_part_or_ended_is_quoted_anew_at_the_next_signal() -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    assert desk.fill(bid, 1) == []
    assert cancelled(desk.quote()) == [bid, ask]
    for id in (bid, ask):
        made = desk.report(id, OrderStatus.CANCELLED)
    bid, ask = pair(made)
    for id in (bid, ask):
        assert desk.report(id, OrderStatus.EXPIRED) == [], "its time was up, and nobody has spoken"
    assert prices(desk.quote()) == {Side.BUY: 98, Side.SELL: 102}


def test_terms_whose_time_is_up_when_the_pair_ends_do_not_go_out() -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    desk.quote(half_spread=5)
    desk.report(bid, OrderStatus.CANCELLED)
    assert desk.report(ask, OrderStatus.CANCELLED, receive_ns=START + 60 * SECOND) == []
    assert desk.quotes[0].waiting is None


def test_a_side_that_would_pass_the_limit_is_left_out() -> None:
    desk = Desk()
    desk.limits(max_position=6)
    bid, ask = pair(desk.quote())
    desk.fill(bid)
    assert cancelled(desk.quote(half_spread=3)) == [ask]
    made = desk.report(ask, OrderStatus.CANCELLED)
    assert prices(made) == {Side.SELL: 103}
    assert failed(made) == {Side.BUY: ["position"]}


def test_a_refused_side_is_quoted_anew_with_the_other() -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    desk.report(bid, OrderStatus.REJECTED)
    assert cancelled(desk.quote()) == [ask]
    assert len(pair(desk.report(ask, OrderStatus.CANCELLED))) == 2


def test_a_kill_cancels_and_lets_nothing_out_before_the_next_signal() -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    desk.quote(half_spread=5)
    assert cancelled(desk.command(Command.KILL)) == [bid, ask]
    assert failed(desk.quote(half_spread=6)) == {side: ["kill_switch"] for side in BOTH}
    desk.command(Command.RESUME)
    desk.report(bid, OrderStatus.CANCELLED)
    assert desk.report(ask, OrderStatus.CANCELLED) == []
    assert prices(desk.quote(half_spread=6)) == {Side.BUY: 94, Side.SELL: 106}


def test_what_filled_under_a_kill_counts() -> None:
    desk = Desk()
    _, ask = pair(desk.quote())
    desk.command(Command.KILL)
    desk.quote()
    desk.fill(ask, 3)
    assert position(desk) == -3


@pytest.mark.parametrize(
    "terms",
    [
        {"quantity": 0},
        {"half_spread": -1},
        {"skew": -1},
        {"price_step": None},
        {"price_step": 0},
        {"bid_price": None},
        {"bid_price": 101},
        {"bid_price": 0},
        {"ask_price": None},
        {"expires_ns": None},
        {"expires_ns": START},
    ],
)
def test_terms_that_make_no_sense_are_rejected_and_end_the_pair(terms: dict[str, Any]) -> None:
    desk = Desk()
    bid, ask = pair(desk.quote())
    made = desk.quote(**terms)
    assert cancelled(made) == [bid, ask]
    assert set(failed(made)) == set(BOTH)
    assert all("instrument_terms" in names for names in failed(made).values())
    for id in (bid, ask):
        assert desk.report(id, OrderStatus.CANCELLED) == []


def test_what_is_no_price_is_rejected_and_the_other_side_goes_out() -> None:
    made = Desk().quote(half_spread=100)
    assert (prices(made), failed(made)) == ({Side.SELL: 200}, {Side.BUY: ["instrument_terms"]})
    most = 2**63 - 1
    made = Desk().quote(half_spread=most)
    assert failed(made) == {side: ["instrument_terms"] for side in BOTH}


def test_strategies_hold_and_quote_apart() -> None:
    desk = Desk()
    first, second = pair(desk.quote("one", quantity=3)), pair(desk.quote("other", quantity=3))
    desk.fill(first[0])
    assert [quote.position for quote in desk.quotes] == [3, 0]
    assert cancelled(desk.quote("other", quantity=3, half_spread=4)) == second


@pytest.mark.parametrize(
    "changes",
    [{"post_only": True, "price": None}, {"expires_ns": START}],
)
def test_an_order_that_contradicts_itself_is_rejected(changes: dict[str, Any]) -> None:
    """Not quotes: an order that says post-only, or its end."""
    desk = Desk()
    made = desk.take(desk.wanted(**({"side": Side.BUY, "quantity": 1, "price": 100, "strategy": "one"} | changes)))
    assert failed(made) == {Side.BUY: ["instrument_terms"]}


def test_an_order_may_rest_and_have_an_end() -> None:
    desk = Desk()
    end_ns = START + SECOND
    (_, order) = desk.signal(Side.BUY, 1, post_only=True, expires_ns=end_ns)
    assert (order.post_only, order.expires_ns) == (True, end_ns)


@given(
    terms=st.fixed_dictionaries(
        {
            "quantity": st.integers(1, 10),
            "half_spread": st.integers(0, 60),
            "skew": st.integers(0, 60) | st.just(2**63 - 1),
            "price_step": st.integers(1, 9),
            "bid_price": st.integers(60, 99),
            "ask_price": st.integers(100, 140),
        }
    ),
    held=st.integers(-10, 10),
)
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_prices_are_those_of_the_definition(terms: dict[str, Any], held: int) -> None:
    """By fractions, which round nothing."""
    desk = Desk()
    wide = 10**30
    desk.limits(max_order_notional=wide, max_gross_notional=wide)
    if held:
        bid, ask = pair(desk.quote(quantity=abs(held)))
        desk.fill(bid if held > 0 else ask)
        desk.quote(**terms)
        made = desk.report(ask if held > 0 else bid, OrderStatus.CANCELLED)
    else:
        made = desk.quote(**terms)
    middle = Fraction(terms["bid_price"] + terms["ask_price"], 2)
    lean = Fraction(terms["skew"] * held, terms["quantity"])
    step = terms["price_step"]
    below = floor((middle - ceil(lean) - terms["half_spread"]) / step)
    above = ceil((middle - floor(lean) + terms["half_spread"]) / step)
    highest, lowest = ceil(Fraction(terms["ask_price"], step)) - 1, floor(Fraction(terms["bid_price"], step)) + 1
    expected = {Side.BUY: min(below, highest) * step, Side.SELL: max(above, lowest) * step}
    asked = {one.side: one.price for one in made if isinstance(one, Decision)}
    assert asked == {side: price if 0 < price < 2**63 else None for side, price in expected.items()}


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_comes_no_side_works_twice(data: st.DataObject) -> None:
    """Any terms, reports, fills and commands, with engines that hand over to each other: a strategy has one bid and one
    ask at most that may fill, a new one only behind the end of both, and its position is that of its fills."""
    desk = Desk()
    for _ in range(data.draw(st.integers(20, 40))):
        working = {id for id, order in desk.orders.items() if not order.is_done}
        made = data.draw(st.sampled_from(_STEPS))(desk, data)
        fresh = {one.client_order_id for one in made if isinstance(one, New)}
        for name in ("maker", "other"):
            mine = [one for one in desk.orders.values() if one.new.strategy == name and not one.is_done]
            assert len([one.new.side for one in mine]) == len({one.new.side for one in mine})
            old = {one.new.client_order_id for one in mine} & working
            new = {one.new.client_order_id for one in mine} & fresh
            assert not (old and new)
        for quote in desk.quotes:
            filled = [one for one in desk.orders.values() if one.new.strategy == quote.strategy]
            assert quote.position == sum(one.filled if one.new.side is Side.BUY else -one.filled for one in filled)


def terms(desk: Desk, data: st.DataObject) -> list[Any]:
    said = {name: data.draw(st.integers(*between)) for name, between in _TERMS.items()}
    return desk.quote(data.draw(st.sampled_from(["maker", "other"])), **said)


def venue(desk: Desk, data: st.DataObject) -> list[Any]:
    """Something becomes of an order."""
    works = [id for id, order in desk.orders.items() if not order.is_done]
    if not works:
        return []
    id = data.draw(st.sampled_from(works))
    rest = desk.orders[id].new.quantity - desk.orders[id].filled
    part = data.draw(st.integers(0, rest))
    if part == rest:
        return desk.fill(id)
    ends = [OrderStatus.PARTIALLY_FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED]
    return desk.report(id, data.draw(st.sampled_from(ends)), part)


def command(desk: Desk, data: st.DataObject) -> list[Any]:
    return desk.command(data.draw(st.sampled_from([Command.KILL, *[Command.RESUME] * 3])))


def hand_over(desk: Desk, data: st.DataObject) -> list[Any]:
    desk.twins.swap()
    return []


_TERMS = {"half_spread": (-1, 4), "skew": (0, 3), "bid_price": (97, 99), "quantity": (0, 3)}
_STEPS = [terms, terms, terms, venue, venue, venue, venue, command, hand_over]
