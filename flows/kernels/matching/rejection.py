"""Why a command changed nothing."""

from __future__ import annotations

from flows.errors import TapeflowError
from flows.kernels.matching.codes import Reason

_SAYS = {
    Reason.TIME_BACKWARDS: "its time is before the engine's; give commands in the order of their times",
    Reason.DUPLICATE_ORDER: "a live order has this id; give every order its own",
    Reason.UNKNOWN_ORDER: "no live order has this id; it may be filled, cancelled or expired",
    Reason.WRONG_OWNER: "the order is somebody else's; name its owner",
    Reason.HALTED: "trading is halted; cancel and reduce work, others wait for the phase open or call",
    Reason.CLOSED: "trading is closed; cancel and reduce work, others wait for the phase open or call",
    Reason.NOT_IN_CALL: "market, ioc, fok and post-only orders wait for the phase open",
    Reason.BAD_QUANTITY: "the quantity is not positive, or not in whole lots",
    Reason.QUANTITY_BELOW_EXECUTED: "the new total is not above what was executed and reduced; cancel it instead",
    Reason.QUANTITY_ABOVE_OPEN: "the quantity is above what is open; reduce by less",
    Reason.BAD_PRICE: "a price is not positive or off tick, or was given where none belongs",
    Reason.BAD_STOP_PRICE: "a stop price is not positive or off tick, or was given where none belongs",
    Reason.OUTSIDE_BAND: "the limit price is outside the price bands",
    Reason.BAD_DISPLAY: "an iceberg shows whole lots, no more than its quantity, and can rest: gtc, gtd or day",
    Reason.BAD_TIME_IN_FORCE: "gtd needs an end after now and no other has one; market is ioc or fok; a stop rests",
    Reason.BAD_POST_ONLY: "only limit orders that rest can be post-only",
    Reason.OVERFLOW: "the open quantity of the side would not fit 64 bits",
    Reason.WOULD_TRIGGER: "the last trade is at or through the stop price already; send it as market or limit order",
    Reason.WOULD_TAKE: "the post-only order would trade at once; price it away from the other side",
    Reason.BAD_COMMAND: "a code of the command is none of those in docs/matching.md",
}


class Rejected(TapeflowError):
    """A command that changed nothing but the time and what expired by it."""

    def __init__(self, reason: int, order_id: int = 0) -> None:
        super().__init__(reason, order_id)
        self.reason = reason if isinstance(reason, Reason) else Reason(reason)
        """why"""
        self.order_id = order_id
        """id in the command; 0 for one without"""

    def __str__(self) -> str:
        about = f"order {self.order_id}" if self.order_id else "the command"
        return f"{about} was rejected ({self.reason.name.lower()}): {_SAYS[self.reason]}"
