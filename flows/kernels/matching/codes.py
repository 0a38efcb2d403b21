"""The numbers that stand for things in commands, events and rejections."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class Action(IntEnum):
    """What a command asks."""

    NEW = 1
    CANCEL = 2
    REPLACE = 3
    REDUCE = 4
    MASS_CANCEL = 5
    PHASE = 6
    BANDS = 7
    TIME = 8


class Side(IntEnum):
    BUY = 1
    SELL = 2


class Kind(IntEnum):
    """How an order is priced."""

    LIMIT = 1
    MARKET = 2
    STOP = 3
    STOP_LIMIT = 4


class TimeInForce(IntEnum):
    """How long an order works."""

    GTC = 1
    """until it is cancelled"""
    GTD = 2
    """until a time"""
    DAY = 3
    """until the phase *closed*"""
    IOC = 4
    """what trades at once; the rest is cancelled"""
    FOK = 5
    """all at once, or nothing"""


class SelfTrade(IntEnum):
    """What happens where an order would trade with another of its owner."""

    NONE = 0
    CANCEL_NEWEST = 1
    CANCEL_OLDEST = 2
    CANCEL_BOTH = 3
    DECREMENT = 4


class Phase(IntEnum):
    """What trading there is."""

    OPEN = 1
    CALL = 2
    """orders rest and may cross, until the uncrossing"""
    HALTED = 3
    CLOSED = 4


class EventKind(IntEnum):
    """What happened."""

    ACCEPTED = 1
    TRADED = 2
    RESTED = 3
    CANCELLED = 4
    REDUCED = 5
    REPLACED = 6
    TRIGGERED = 7
    REFRESHED = 8
    UNCROSSED = 9
    PHASE_CHANGED = 10
    BANDS_CHANGED = 11


class Flag(IntFlag):
    """More about an event."""

    AUCTION = 1
    """a trade of an uncrossing"""
    STOP = 2
    """what rested waits for its stop price"""
    PRIORITY_KEPT = 4
    """the replaced order has its old place"""


class Why(IntEnum):
    """Why an order was cancelled or reduced."""

    USER = 1
    MASS = 2
    IOC = 3
    FOK = 4
    NO_LIQUIDITY = 5
    SELF_TRADE = 6
    EXPIRED = 7
    REDUCED = 8


class Reason(IntEnum):
    """Why a command was rejected, in the order in which it is looked for."""

    TIME_BACKWARDS = 1
    DUPLICATE_ORDER = 2
    UNKNOWN_ORDER = 3
    WRONG_OWNER = 4
    HALTED = 5
    CLOSED = 6
    NOT_IN_CALL = 7
    BAD_QUANTITY = 8
    QUANTITY_BELOW_EXECUTED = 9
    QUANTITY_ABOVE_OPEN = 10
    BAD_PRICE = 11
    BAD_STOP_PRICE = 12
    OUTSIDE_BAND = 13
    BAD_DISPLAY = 14
    BAD_TIME_IN_FORCE = 15
    BAD_POST_ONLY = 16
    OVERFLOW = 17
    WOULD_TRIGGER = 18
    WOULD_TAKE = 19
    BAD_COMMAND = 255
