"""Refuses a saved state that no engine was ever in: a wrong book is worse than none."""

from __future__ import annotations

from flows.contracts.records import MatchingOrderState, MatchingState
from flows.errors import StageRestoreError
from flows.kernels.matching.codes import Kind, Phase, SelfTrade, TimeInForce


def check(state: MatchingState) -> None:
    """Raises StageRestoreError. That orders stand in their order is seen when they are put into a book."""
    must(Phase.OPEN <= state.phase <= Phase.CLOSED, "unknown phase")
    must(state.lowest_price >= 0 and state.highest_price >= 0, "negative band")
    must(state.highest_price == 0 or state.lowest_price <= state.highest_price, "bands the wrong way round")
    must(state.last_price >= 0 and state.last_price % state.tick_size == 0, "last price off tick")
    must(state.time_ns >= 0 and state.sequence >= 0 and state.entry >= 0, "negative counts")
    resting, waiting = [*state.bids, *state.asks], [*state.buy_stops, *state.sell_stops]
    orders = resting + waiting
    must(len({one.order_id for one in orders}) == len(orders), "an order id stands twice")
    must(len({one.entry for one in orders}) == len(orders), "an entry stands twice")
    for one in orders:
        _check_order(state, one)
    for one in resting:
        must(one.kind == Kind.LIMIT and one.stop_price == 0, "a stop rests as an order")
        must(one.time_in_force <= TimeInForce.DAY, "an order at once rests")
        most = one.display_quantity or one.open_quantity
        must(0 < one.displayed <= min(most, one.open_quantity), "wrong displayed quantity")
        must(one.display_quantity > 0 or one.displayed == one.open_quantity, "wrong displayed quantity")
    for one in waiting:
        must(one.kind in (Kind.STOP, Kind.STOP_LIMIT), "an order waits as a stop")
        must(one.stop_price > 0 and one.stop_price % state.tick_size == 0, "stop price off tick")
        must(one.displayed == 0 and not one.post_only, "a stop is displayed or post-only")
        must(one.kind == Kind.STOP_LIMIT or one.time_in_force <= TimeInForce.DAY, "a stop at once waits")
        shows = one.kind == Kind.STOP_LIMIT and one.time_in_force <= TimeInForce.DAY
        must(shows or one.display_quantity == 0, "an iceberg that cannot rest")


def must(holds: bool, else_wrong: str) -> None:
    """Raises StageRestoreError."""
    if not holds:
        raise StageRestoreError(f"the snapshot is of no book that can be: {else_wrong}; take another one")


def _check_order(state: MatchingState, one: MatchingOrderState) -> None:
    must(0 < one.entry <= state.entry, "an entry that was not given")
    must(0 <= one.owner < 2**32, "an owner outside 32 bits")
    must(TimeInForce.GTC <= one.time_in_force <= TimeInForce.FOK, "unknown time in force")
    must(SelfTrade.NONE <= one.self_trade <= SelfTrade.DECREMENT, "unknown self-trade mode")
    must(0 < one.open_quantity <= one.quantity, "wrong open quantity")
    lots = (one.quantity, one.open_quantity, one.displayed, one.display_quantity)
    must(all(quantity >= 0 and quantity % state.lot_size == 0 for quantity in lots), "quantity off lot")
    priced = one.price > 0 and one.price % state.tick_size == 0
    must(priced if one.kind != Kind.STOP else one.price == 0, "price off tick")
    gtd = one.time_in_force == TimeInForce.GTD
    must(one.expires_ns > state.time_ns if gtd else one.expires_ns == 0, "wrong end of an order")
