"""The public calls of both engines: what they take, give back and refuse."""

from __future__ import annotations

import pickle
import sys
import threading
from typing import Any

import numpy as np
import pytest

from flows.errors import MatchingConfigError, StageRestoreError
from flows.matching import (
    COMMAND,
    ENGINES,
    EVENT,
    Action,
    BookLevel,
    EventKind,
    Kind,
    Matching,
    MatchingEngine,
    Order,
    Phase,
    QueuePosition,
    Reason,
    Rejected,
    SelfTrade,
    Side,
    TimeInForce,
)
from flows.matching.arrays import Rows

LARGEST = 2**63 - 1


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Matching:
    return ENGINES[request.param]("X", tick_size=5)


def rejection(call: Any, *positional: Any, **named: Any) -> Reason:
    """Why a call is rejected."""
    with pytest.raises(Rejected) as caught:
        call(*positional, **named)
    return caught.value.reason


def test_a_fill_says_who_traded_what(engine: Matching) -> None:
    assert engine.add_order(Order(1, Side.SELL, 10, 105, owner=7)) == []
    (fill,) = engine.add_order(Order(2, Side.BUY, 4, 110, owner=8), time_ns=50)
    assert (fill.order_id, fill.maker_id, fill.owner, fill.maker_owner, fill.side) == (2, 1, 8, 7, Side.BUY)
    assert (fill.price, fill.quantity, fill.left, fill.maker_left) == (105, 4, 0, 6)
    assert (fill.sequence, fill.time_ns, fill.auction) == (4, 50, False)
    assert (engine.time_ns, engine.sequence, engine.last_price) == (50, 4, 105)


def test_cancel_says_whether_there_was_an_order(engine: Matching) -> None:
    engine.add_order(Order(1, Side.SELL, 10, 105, owner=7))
    assert engine.cancel_order(2) is False
    assert rejection(engine.cancel_order, 1, owner=8) == Reason.WRONG_OWNER
    assert rejection(engine.cancel_order, 1, owner=0) == Reason.WRONG_OWNER
    assert 1 in engine
    assert engine.cancel_order(1, owner=7) is True
    assert engine.cancel_order(1) is False
    engine.add_order(Order(1, Side.SELL, 10, 105, owner=7))
    assert engine.cancel_order(1) is True
    assert len(engine) == 0


def test_modify_changes_what_is_given(engine: Matching) -> None:
    engine.add_order(Order(1, Side.SELL, 10, 105, owner=7))
    engine.add_order(Order(2, Side.BUY, 10, 100, owner=8))
    assert engine.modify_order(1, quantity=8) == []
    assert engine.events()["flags"][0] == 4
    (fill,) = engine.modify_order(2, price=105)
    assert (fill.order_id, fill.maker_id, fill.price, fill.quantity, fill.left) == (2, 1, 105, 8, 2)
    assert rejection(engine.modify_order, 2, owner=7, price=100) == Reason.WRONG_OWNER
    assert rejection(engine.modify_order, 9, price=100) == Reason.UNKNOWN_ORDER
    # A 0 that was asked for is not the same as nothing.
    assert rejection(engine.modify_order, 2, price=0) == Reason.BAD_PRICE
    assert rejection(engine.modify_order, 2, quantity=0) == Reason.BAD_QUANTITY
    assert rejection(engine.modify_order, 2, stop_price=0) == Reason.BAD_STOP_PRICE


def test_reduce_and_mass_cancel(engine: Matching) -> None:
    for id, owner, side in ((3, 7, Side.SELL), (2, 8, Side.SELL), (1, 7, Side.BUY)):
        engine.add_order(Order(id, side, 10, 105 if side == Side.SELL else 100, owner=owner))
    engine.reduce_order(3, 4)
    left = engine.order(3)
    assert left is not None
    assert (left.open_quantity, left.quantity) == (6, 10)
    assert rejection(engine.reduce_order, 3, 7) == Reason.QUANTITY_ABOVE_OPEN
    with pytest.raises(ValueError, match="nobody"):
        engine.mass_cancel(owner=0)
    assert engine.mass_cancel(owner=7, side=Side.SELL) == [3]
    assert engine.mass_cancel() == [2, 1]


def test_phases_bands_and_time(engine: Matching) -> None:
    assert engine.phase is Phase.OPEN
    assert engine.set_phase(Phase.CALL) == []
    engine.add_order(Order(1, Side.BUY, 10, 105, expires_ns=60, time_in_force=TimeInForce.GTD))
    engine.add_order(Order(2, Side.SELL, 4, 100))
    (fill,) = engine.set_phase(Phase.OPEN, time_ns=10)
    assert (fill.auction, fill.order_id, fill.maker_id, fill.quantity) == (True, 1, 2, 4)
    assert engine.bands == (None, None)
    engine.set_bands(100, None)
    assert engine.bands == (100, None)
    assert rejection(engine.set_bands, 100, 95) == Reason.BAD_PRICE
    assert engine.advance(60) == [1]
    assert rejection(engine.advance, 59) == Reason.TIME_BACKWARDS
    assert engine.time_ns == 60


def test_what_is_read_is_named(engine: Matching) -> None:
    engine.add_order(Order(1, Side.BUY, 30, 100, display_quantity=10, owner=7, self_trade=SelfTrade.DECREMENT))
    engine.add_order(Order(2, Side.BUY, 5, 100))
    engine.add_order(Order(3, Side.BUY, 5, 95, post_only=True))
    engine.add_order(Order(4, Side.SELL, 5, kind=Kind.STOP, stop_price=90))
    book = engine.get_book_snapshot()
    assert book.bids == [BookLevel(100, 15, 2), BookLevel(95, 5, 1)]
    assert (book.asks, book.symbol, book.sequence) == ([], "X", 8)
    assert engine.get_book_snapshot(1).bids == book.bids[:1]
    assert engine.get_book_snapshot(0).bids == []
    assert engine.get_book_snapshot(depth=9).bids == book.bids
    with pytest.raises(ValueError, match="depth is -1"):
        engine.get_book_snapshot(-1)
    assert engine.queue_position(2) == QueuePosition(orders=1, quantity=10)
    assert engine.queue_position(1) == QueuePosition(orders=0, quantity=0)
    assert engine.queue_position(4) is None
    assert engine.queue_position(9) is None
    assert engine.order(9) is None
    first, *others = engine.orders(Side.BUY)
    assert (first.order_id, first.owner, first.self_trade, first.displayed) == (1, 7, SelfTrade.DECREMENT, 10)
    assert [order.order_id for order in others] == [2, 3]
    (stop,) = engine.stops(Side.SELL)
    assert (stop.kind, stop.stop_price, stop.time_in_force) == (Kind.STOP, 90, TimeInForce.GTC)
    with pytest.raises(ValueError, match="3 is not a valid Side"):
        list(engine.orders(3))


def test_events_are_those_of_the_last_call(engine: Matching) -> None:
    assert engine.events().dtype == EVENT
    engine.add_order(Order(1, Side.BUY, 30, 100, expires_ns=60, time_in_force=TimeInForce.GTD))
    assert engine.events()["kind"].tolist() == [EventKind.ACCEPTED, EventKind.RESTED]
    rejection(engine.add_order, Order(2, Side.BUY, 30, 101), time_ns=60)
    assert engine.events()["kind"].tolist() == [EventKind.CANCELLED]
    engine.apply(orders(3))
    assert len(engine.events()) == 0


def orders(count: int) -> Rows:
    """Buys at falling prices."""
    rows = np.zeros(count, COMMAND)
    rows["order_id"], rows["side"], rows["quantity"] = np.arange(count) + 100, Side.BUY, 10
    rows["kind"], rows["time_in_force"], rows["price"] = Kind.LIMIT, TimeInForce.GTC, 5 * (count - np.arange(count))
    return rows


def test_batches_take_rows_bytes_and_orders(engine: Matching) -> None:
    rows = orders(4)
    events, reasons = engine.add_orders(rows)
    assert events["kind"].tolist() == [EventKind.ACCEPTED, EventKind.RESTED] * 4
    assert (events.dtype, reasons.tolist()) == (EVENT, [0, 0, 0, 0])
    assert rows["action"].tolist() == [0, 0, 0, 0]
    rows["action"] = Action.CANCEL
    # No row of memory, and none that is aligned.
    assert engine.apply(rows[::2]).events["order_id"].tolist() == [100, 102]
    assert engine.apply(memoryview(b"x" + rows[1:].tobytes())[1:]).reasons.tolist() == [0, Reason.UNKNOWN_ORDER, 0]
    listed = [Order(1, Side.BUY, 10, 100), Order(1, Side.BUY, 10, 100), Order(2, Side.SELL, 10, 100)]
    events, reasons = engine.add_orders(listed)
    assert reasons.tolist() == [0, Reason.DUPLICATE_ORDER, 0]
    assert events["kind"].tolist()[-1] == EventKind.TRADED
    nothing = engine.apply(b"")
    assert (len(nothing.events), len(nothing.reasons)) == (0, 0)


def test_batches_refuse_what_is_none(engine: Matching) -> None:
    for wrong in (b"123", np.zeros(3), np.zeros(3, EVENT), np.zeros((2, 2), COMMAND)):
        with pytest.raises(ValueError, match=r"bytes|COMMAND"):
            engine.apply(wrong)
    rows = orders(3)
    rows["action"][1] = Action.CANCEL
    with pytest.raises(ValueError, match="command 1 has action 2"):
        engine.add_orders(rows)
    with pytest.raises(TypeError):
        engine.add_orders([Order(1, Side.BUY, 10, 100), "order"])  # type: ignore[list-item]
    assert engine.sequence == 0


def test_a_snapshot_goes_to_an_engine_of_the_same_terms(engine: Matching) -> None:
    engine.add_order(Order(2**64 - 1, Side.BUY, LARGEST, 100, owner=2**32 - 1))
    engine.set_bands(50, 200)
    saved = engine.snapshot()
    for make in ENGINES.values():
        other = make("X", tick_size=5)
        other.restore(saved)
        assert (other.snapshot(), other.bands, len(other.events())) == (saved, (50, 200), 0)
        assert other.cancel_order(2**64 - 1)
        for terms in ({"symbol": "Y", "tick_size": 5}, {"symbol": "X"}, {"symbol": "X", "tick_size": 5, "lot_size": 2}):
            with pytest.raises(StageRestoreError):
                make(**terms).restore(saved)
        for damaged in (b"", saved[:-1], saved + b"x", b"\0\0\0\0\1" + saved[5:]):
            with pytest.raises(StageRestoreError):
                other.restore(damaged)
        assert other.sequence == engine.sequence + 1


def test_terms_that_are_none(engine: Matching) -> None:
    make = type(engine)
    for wrong in (
        {"tick_size": 0},
        {"lot_size": -1},
        {"lowest_price": -1},
        {"lowest_price": 10, "highest_price": 5},
        {"tick_size": 5, "last_price": 7},
        {"last_price": -5},
    ):
        with pytest.raises(MatchingConfigError):
            make("X", **wrong)


def test_rejections_are_errors_that_say_what_to_do(engine: Matching) -> None:
    with pytest.raises(
        Rejected, match=r"^order 1 was rejected \(bad_price\): a price is not positive or off tick"
    ) as told:
        engine.add_order(Order(1, Side.BUY, 10, 101))
    again = pickle.loads(pickle.dumps(told.value))
    assert (str(again), again.reason, again.order_id) == (str(told.value), Reason.BAD_PRICE, 1)


def test_numbers_that_are_too_long() -> None:
    for wrong in ({"order_id": -1}, {"quantity": 2**63}, {"price": -(2**63) - 1}, {"owner": 2**32}, {"side": 256}):
        with pytest.raises(OverflowError):
            Order(**{"order_id": 1, "side": 1, "quantity": 1} | wrong)


def test_threads_share_the_rust_engine() -> None:
    """While one works on a batch, the GIL is free; calls wait for each other, and none is lost."""
    engine = MatchingEngine("X")
    threads, each, batch = 4, 200, 50

    def work(number: int) -> None:
        for turn in range(each):
            rows = orders(batch)
            rows["order_id"] += np.uint64((number * each + turn) * batch)
            assert not engine.add_orders(rows).reasons.any()
            assert engine.get_book_snapshot(1).bids[0].price == 5 * batch

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(engine), engine.sequence) == (threads * each * batch, 2 * threads * each * batch)


def test_orders_enter_at_the_engines_time_though_another_thread_moves_it() -> None:
    engine, done = MatchingEngine("X"), threading.Event()

    def move() -> None:
        while not done.is_set():
            engine.advance(engine.time_ns + 1)

    mover = threading.Thread(target=move)
    mover.start()
    try:
        listed = [[Order(3 * turn + at, Side.BUY, 1, 1) for at in range(3)] for turn in range(100)]
        assert not any(engine.add_orders(three).reasons.any() for three in listed)
    finally:
        done.set()
        mover.join()


def test_the_gil_is_free_while_the_rust_engine_works_on_a_batch() -> None:
    """Nobody hands the GIL over in this time: another thread runs before the batch is done only if it was let go."""
    rows = orders(200_000)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    try:
        # A busy machine may let the other thread run too late: once is enough.
        assert any(_ran_meanwhile(rows) for _ in range(10))
    finally:
        sys.setswitchinterval(interval)


def _ran_meanwhile(rows: Rows) -> bool:
    engine, begun, done = MatchingEngine("X"), threading.Event(), []

    def work() -> None:
        begun.set()
        engine.add_orders(rows)
        done.append(True)

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait()
    meanwhile = not done
    worker.join()
    return meanwhile
