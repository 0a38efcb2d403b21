"""What a book says of supply and demand, and what it would cost to trade.

Money is exact: integers of up to 128 bits. Statistics are doubles: one division of two exact integers, or sums that
both twins make in the same order, and so round in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flows.contracts.records import Level


class Sweep(NamedTuple):
    """What taking a quantity out of one side gives. Where `quantity` is below what was asked for, the side is empty
    then."""

    quantity: int
    """What the side has of it."""
    cost: int
    """Sum of price x quantity, up to 128 bits: it counts 10^(price_exponent + quantity_exponent)."""
    levels: int
    """How many levels are touched."""
    last_price: int | None
    """The worst price paid; None if nothing was there."""
    average_price: int | None
    """cost / quantity in price units, rounded against the taker: up for a buyer, down for a seller."""


def sweep(levels: Sequence[Level], wanted: int, is_buy: bool) -> Sweep:
    """Takes `wanted`, which is positive, out of levels given best first."""
    quantity = cost = touched = 0
    last_price = None
    for level in levels:
        taken = min(level.quantity, wanted - quantity)
        if taken == 0:
            break
        quantity += taken
        cost += level.price * taken
        touched += 1
        last_price = level.price
    if quantity == 0:
        return Sweep(0, 0, 0, None, None)
    average_price = -(-cost // quantity) if is_buy else cost // quantity
    return Sweep(quantity, cost, touched, last_price, average_price)


def total(levels: Sequence[Level]) -> int:
    """Sum of the quantities, up to 128 bits."""
    return sum(level.quantity for level in levels)


def imbalance(bid_quantity: int, ask_quantity: int) -> float | None:
    """(bids - asks) / (bids + asks), -1 to 1; None where both are empty."""
    both = bid_quantity + ask_quantity
    return float(bid_quantity - ask_quantity) / float(both) if both else None


def microprice(bid: Level, ask: Level) -> float:
    """The mid, weighed by the quantity on the other side: where the next trade is likelier. In price units.

    Gatheral and Oomen, "Zero-intelligence realized variance estimation", Finance and Stochastics 14 (2010), section 4.
    """
    weighed = bid.price * ask.quantity + ask.price * bid.quantity
    return float(weighed) / float(bid.quantity + ask.quantity)


def depth_slope(levels: Sequence[Level], twice_mid: int) -> float:
    """How fast levels, given best first, add up away from the mid: the slope through the origin, by least squares, of
    the quantity up to each level on its distance. In quantity units per price unit; no level may be at the mid.

    What is summed on what is as in R. Næs and J. A. Skjeltorp, "Order book characteristics and the volume-volatility
    relation", Journal of Financial Markets 9 (2006); they average from level to level. A line through the origin is the
    depth of A. S. Kyle, "Continuous Auctions and Insider Trading", Econometrica 53 (1985): what moves the price by one.
    """
    summed, products, squares = 0, 0.0, 0.0
    for level in levels:
        summed += level.quantity
        twice_distance = float(abs(2 * level.price - twice_mid))
        products += twice_distance * float(summed)
        squares += twice_distance * twice_distance
    return 2.0 * products / squares
