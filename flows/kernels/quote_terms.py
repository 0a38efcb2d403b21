"""Where a strategy quotes: the two prices that follow from its terms and from what it holds.

The reservation price lies `skew` below the middle of the touch for each `quantity` held, above it where the position is
short. The bid stands `half_spread` below it and the ask as far above, each on the next multiple of `price_step` away
from it, and never at the other side's best price or beyond: a quote adds, and does not take.
"""

from __future__ import annotations

from flows.contracts.records import OrderType, QuoteTermsState, Side, Signal, TimeInForce
from flows.kernels.checked import INT64_MAX

# Further from the middle than any price.
_FAR = 2**64


def terms_of(signal: Signal) -> QuoteTermsState:
    """A quoting signal's terms. What it does not say is 0, which `is_sound` refuses but for the skew."""
    return QuoteTermsState(
        signal=signal.origin,
        price_exponent=signal.price_exponent,
        quantity_exponent=signal.quantity_exponent,
        event_ns=signal.event_ns,
        receive_ns=signal.receive_ns,
        quantity=signal.quantity,
        reference_price=signal.reference_price,
        expires_ns=signal.expires_ns or 0,
        half_spread=signal.half_spread or 0,
        skew=signal.skew or 0,
        price_step=signal.price_step or 0,
        bid_price=signal.bid_price or 0,
        ask_price=signal.ask_price or 0,
    )


def is_sound(terms: QuoteTermsState) -> bool:
    """Whether prices follow from them. Quotes have an end: where the market is not heard any more, they must not
    stand."""
    return (
        terms.quantity > 0
        and terms.half_spread >= 0
        and terms.skew >= 0
        and terms.price_step > 0
        and 0 < terms.bid_price < terms.ask_price
        and terms.expires_ns > terms.receive_ns
    )


def price_of(terms: QuoteTermsState, side: Side, position: int) -> int | None:
    """A quote's price, in the instrument's units; None if the terms are not sound, or it is no price. Rounded away from
    the middle at each step."""
    if not is_sound(terms):
        return None
    step, skewed = terms.price_step, terms.skew * position
    if side is Side.BUY:
        shift = -(-skewed // terms.quantity)
        doubled = terms.bid_price + terms.ask_price - 2 * _near(shift) - 2 * terms.half_spread
        price = min(doubled // (2 * step), (terms.ask_price - 1) // step) * step
    else:
        shift = skewed // terms.quantity
        doubled = terms.bid_price + terms.ask_price - 2 * _near(shift) + 2 * terms.half_spread
        price = max(-(-doubled // (2 * step)), terms.bid_price // step + 1) * step
    return price if 0 < price <= INT64_MAX else None


def _near(shift: int) -> int:
    """Within 128 bits when doubled; beyond this bound no sum with it is a price."""
    return max(-_FAR, min(_FAR, shift))


def order_of(
    terms: QuoteTermsState, account: str, strategy: str, venue: str, instrument: str, side: Side, price: int | None
) -> Signal:
    """One quote, as if the strategy wanted that order."""
    return Signal(
        origin=terms.signal,
        account=account,
        strategy=strategy,
        venue=venue,
        instrument=instrument,
        price_exponent=terms.price_exponent,
        quantity_exponent=terms.quantity_exponent,
        interval_ns=0,
        event_ns=terms.event_ns,
        receive_ns=terms.receive_ns,
        side=side,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=terms.quantity,
        price=price,
        reference_price=terms.reference_price,
        strength=0.0,
        reason="",
        series="",
        stop_price=None,
        target_price=None,
        exit_ns=None,
        post_only=True,
        expires_ns=terms.expires_ns,
        half_spread=None,
        skew=None,
        price_step=None,
        bid_price=None,
        ask_price=None,
    )
