"""What an order opened is closed at its stop, its target or its time: each rule of `flows/kernels/legs` and `closing`,
in both engines."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.contracts.records import Cancel, Command, Decision, Exit, New, OrderStatus, OrderType, Side, TimeInForce

from .own_desk import Desk
from .streams import SECOND, START


def sent(made: list[Any]) -> tuple[Side, int] | None:
    """The only order among what was made; it is at the market, at once or not at all."""
    orders = [one for one in made if isinstance(one, New)]
    if not orders:
        return None
    (order,) = orders
    assert (order.order_type, order.time_in_force, order.price) == (OrderType.MARKET, TimeInForce.IOC, None)
    return order.side, order.quantity


def id_of(made: list[Any]) -> str:
    (order,) = (one for one in made if isinstance(one, New))
    return str(order.client_order_id)


def failed(made: list[Any]) -> list[str]:
    """The checks that stopped the only decision."""
    (decision,) = (one for one in made if isinstance(one, Decision))
    return [check.name.value for check in decision.checks if not check.passed]


@pytest.mark.parametrize(
    ("side", "stop", "target", "within", "price", "exit"),
    [
        (Side.BUY, 95, 110, (96, 109), 95, Exit.STOP),
        (Side.BUY, 95, 110, (96, 109), 80, Exit.STOP),
        (Side.BUY, 95, 110, (96, 109), 110, Exit.TARGET),
        (Side.SELL, 105, 90, (91, 104), 105, Exit.STOP),
        (Side.SELL, 105, 90, (91, 104), 90, Exit.TARGET),
    ],
)
def test_the_first_mark_at_stop_or_target_closes_it(
    side: Side, stop: int, target: int, within: tuple[int, int], price: int, exit: Exit
) -> None:
    desk = Desk()
    id = desk.order(side, 5, stop_price=stop, target_price=target)
    desk.fill(id)
    for quiet in within:
        assert desk.mark(quiet) == []
    made = desk.mark(price)
    assert sent(made) == (Side.SELL if side is Side.BUY else Side.BUY, 5)
    decision = made[0]
    assert (decision.closes, decision.exit, decision.client_order_id) == (id, exit, id_of(made))
    assert (decision.strategy, made[1].reference_price) == ("range", price)
    desk.fill(id_of(made))
    assert (desk.position, desk.legs) == (0, [])


def test_its_time_closes_it() -> None:
    desk = Desk()
    id = desk.order(Side.BUY, 5, exit_ns=START + 60 * SECOND)
    desk.fill(id)
    assert desk.mark(1, second=59) == []
    made = desk.mark(100, second=60)
    assert (sent(made), made[0].exit) == ((Side.SELL, 5), Exit.TIME)


def test_only_fills_arm_it() -> None:
    desk = Desk()
    id = desk.order(Side.BUY, 5, stop_price=95)
    assert desk.mark(90) == []
    desk.fill(id, 2)
    made = desk.mark(90)
    assert sent(made) == (Side.SELL, 2), "what was filled"
    (cancel,) = (one for one in made if isinstance(one, Cancel))
    assert (cancel.client_order_id, cancel.reason) == (id, "its stop is reached"), "the rest of it does not work on"
    desk.fill(id_of(made))
    desk.fill(id, 1)
    assert sent(desk.mark(99)) == (Side.SELL, 1), "what fills before the cancel comes is closed wherever the mark is"


def test_an_order_without_a_fill_leaves_nothing() -> None:
    desk = Desk()
    id = desk.order(Side.BUY, 5, stop_price=95)
    desk.report(id, OrderStatus.CANCELLED)
    assert (desk.mark(90), desk.legs) == ([], [])


def test_a_second_entry_has_its_own_prices() -> None:
    desk = Desk()
    first, second = desk.order(Side.BUY, 5, stop_price=95), desk.order(Side.BUY, 4, stop_price=90)
    desk.fill(first)
    desk.fill(second)
    made = desk.mark(95)
    assert sent(made) == (Side.SELL, 5)
    desk.fill(id_of(made))
    made = desk.mark(90)
    assert (sent(made), made[0].closes) == ((Side.SELL, 4), second)


def test_one_closing_order_at_a_time_and_the_rest_at_the_next_mark() -> None:
    desk = Desk()
    desk.fill(desk.order(Side.BUY, 5, stop_price=95))
    first = id_of(desk.mark(95))
    assert desk.mark(90) == [], "it is under way"
    desk.report(first, OrderStatus.EXPIRED, 2)
    second = desk.mark(104)
    assert sent(second) == (Side.SELL, 3), "reached is reached"
    desk.report(id_of(second), OrderStatus.REJECTED)
    assert sent(desk.mark(104)) == (Side.SELL, 3), "a rejected one is tried again"


def test_a_signal_the_other_way_closes_the_oldest_first() -> None:
    desk = Desk()
    first, second = desk.order(Side.BUY, 5, stop_price=95), desk.order(Side.BUY, 4, stop_price=94)
    desk.fill(first)
    desk.fill(second)
    desk.fill(desk.order(Side.SELL, 6))
    assert [(leg.client_order_id, leg.open_quantity) for leg in desk.legs] == [(second, 3)]
    assert sent(desk.mark(90)) == (Side.SELL, 3)


def test_a_turn_closes_and_arms_what_is_left() -> None:
    desk = Desk()
    desk.fill(desk.order(Side.BUY, 4, stop_price=95))
    turned = desk.order(Side.SELL, 9, stop_price=105)
    desk.fill(turned)
    assert [(leg.client_order_id, leg.open_quantity) for leg in desk.legs] == [(turned, 5)]
    assert desk.mark(90) == []
    assert sent(desk.mark(105)) == (Side.BUY, 5)


def test_a_fill_behind_its_back_leaves_less_to_close() -> None:
    """A closing order is under way when the strategy sells by itself; then both fill."""
    desk = Desk()
    first = desk.order(Side.BUY, 5, stop_price=95)
    second = desk.order(Side.BUY, 5, stop_price=90)
    own = desk.order(Side.SELL, 3)
    desk.fill(first)
    desk.fill(second)
    closing = id_of(desk.mark(95))
    desk.fill(own)
    desk.fill(closing)
    assert [(leg.client_order_id, leg.open_quantity) for leg in desk.legs] == [(second, 2)]
    assert desk.position == 2


def test_it_only_ever_makes_a_position_smaller() -> None:
    """Another strategy of the account sold what this one bought."""
    desk = Desk()
    desk.fill(desk.order(Side.BUY, 5, stop_price=95))
    other = desk.order(Side.SELL, 3, strategy="other")
    desk.fill(other)
    made = desk.mark(90)
    assert sent(made) == (Side.SELL, 2), "no more than the account holds"
    desk.fill(id_of(made))
    assert (desk.position, desk.mark(90)) == (0, []), "and nothing of nothing; it waits"
    desk.fill(desk.order(Side.BUY, 3, strategy="other"))
    assert sent(desk.mark(90)) == (Side.SELL, 3)


def test_two_at_one_mark_share_what_the_account_holds() -> None:
    desk = Desk()
    for quantity in (5, 4):
        desk.fill(desk.order(Side.BUY, quantity, stop_price=95))
    desk.fill(desk.order(Side.SELL, 3, strategy="other"))
    made = desk.mark(90)
    assert [one.quantity for one in made if isinstance(one, New)] == [5, 1]
    assert [type(one) for one in made] == [Decision, New, Decision, New]


def test_a_kill_holds_it_back_and_a_resume_lets_it_close() -> None:
    desk = Desk()
    desk.fill(desk.order(Side.BUY, 5, stop_price=95))
    desk.command(Command.KILL)
    for _ in range(2):
        assert failed(desk.mark(90)) == ["kill_switch"]
    desk.command(Command.RESUME)
    assert desk.mark(96) == [], "no order went out, so it is judged anew"
    assert sent(desk.mark(95)) == (Side.SELL, 5)


def test_a_kill_cancels_a_closing_order_too() -> None:
    desk = Desk()
    desk.fill(desk.order(Side.BUY, 5, stop_price=95))
    closing = id_of(desk.mark(90))
    assert [one.client_order_id for one in desk.command(Command.KILL)] == [closing]
    desk.report(closing, OrderStatus.CANCELLED, 1)
    desk.command(Command.RESUME)
    assert sent(desk.mark(99)) == (Side.SELL, 4), "it was reached before"


def test_limits_on_what_grows_do_not_hold_a_loss_open() -> None:
    desk = Desk()
    desk.fill(desk.order(Side.BUY, 9, stop_price=95, target_price=200))
    desk.limits(max_order_notional=1, max_gross_notional=1, max_position=0)
    assert sent(desk.mark(90)) == (Side.SELL, 9)


def test_it_goes_in_pieces_where_orders_must_be_smaller() -> None:
    desk = Desk()
    desk.fill(desk.order(Side.BUY, 9, stop_price=95))
    desk.limits(max_order_quantity=4)
    for piece in (4, 4, 1):
        made = desk.mark(90)
        assert sent(made) == (Side.SELL, piece)
        desk.fill(id_of(made))
    desk.limits(max_order_quantity=0)
    assert desk.position == 0


def test_limits_that_allow_no_order_are_said_at_each_mark() -> None:
    desk = Desk()
    desk.fill(desk.order(Side.BUY, 9, stop_price=95))
    desk.limits(max_order_quantity=0)
    assert failed(desk.mark(90)) == ["order_quantity"]


@pytest.mark.parametrize(
    ("side", "exits"),
    [
        (Side.BUY, {"stop_price": 100}),
        (Side.BUY, {"stop_price": 0}),
        (Side.BUY, {"target_price": 100}),
        (Side.SELL, {"stop_price": 100}),
        (Side.SELL, {"target_price": 100}),
        (Side.SELL, {"target_price": -1}),
        (Side.BUY, {"exit_ns": START}),
    ],
)
def test_terms_that_are_reached_already_are_refused(side: Side, exits: dict[str, int]) -> None:
    assert failed(Desk().signal(side, 5, **exits)) == ["instrument_terms"]


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_comes_it_never_turns_a_position(data: st.DataObject) -> None:
    """Any signals, marks, fills and commands, with engines that hand over to each other: closing orders under way are
    for no more than the account holds when they go out."""
    desk = Desk()
    desk.limits(max_position=40, max_order_notional=10**6, max_gross_notional=10**6)
    for _ in range(data.draw(st.integers(20, 40))):
        made = data.draw(st.sampled_from(_STEPS))(desk, data)
        for one in made:
            if isinstance(one, Decision) and one.closes is not None and one.client_order_id is not None:
                sign = 1 if one.side is Side.SELL else -1
                closing = [
                    leg.closing_order_id for leg in desk.legs if leg.closing_order_id and leg.side is not one.side
                ]
                under_way = sum(desk.orders[id].new.quantity - desk.orders[id].filled for id in closing)
                assert 0 < under_way <= sign * desk.position
                assert one.client_order_id in closing
        for leg in desk.legs:
            assert 0 <= leg.open_quantity <= desk.orders[leg.client_order_id].filled


def signal(desk: Desk, data: st.DataObject) -> list[Any]:
    exits = data.draw(st.sampled_from([{}, {"below": 96}, {"above": 104}, {"below": 97, "above": 102}]))
    side = data.draw(st.sampled_from(Side))
    names = ("stop_price", "target_price") if side is Side.BUY else ("target_price", "stop_price")
    named = {name: exits[where] for name, where in zip(names, ("below", "above"), strict=True) if where in exits}
    return desk.signal(side, data.draw(st.integers(1, 9)), data.draw(st.sampled_from(["range", "other"])), **named)


def mark(desk: Desk, data: st.DataObject) -> list[Any]:
    return desk.mark(data.draw(st.integers(94, 106)))


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
    return desk.report(
        id, data.draw(st.sampled_from([OrderStatus.PARTIALLY_FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED])), part
    )


def command(desk: Desk, data: st.DataObject) -> list[Any]:
    return desk.command(data.draw(st.sampled_from([Command.KILL, *[Command.RESUME] * 4])))


def hand_over(desk: Desk, data: st.DataObject) -> list[Any]:
    desk.twins.swap()
    return []


_STEPS = [signal, signal, mark, mark, venue, venue, venue, venue, command, hand_over]
