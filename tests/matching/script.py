"""The language of `cases/*.txt`: what is asked of an engine, and what comes of it.

A line is `command : outcome`. Commands, with what may follow in any order:

    buy|sell ID QUANTITY   @PRICE  stop=PRICE  show=QUANTITY  own=OWNER  stp=newest|oldest|both|decrement
                           post  day  ioc  fok  gtd=TIME  gtc  t=TIME
                           with @ a limit order, with stop= a stop or stop_limit, with neither a market order (ioc)
    cancel ID              own=  t=
    replace ID             @PRICE  quantity=TOTAL  stop=PRICE  own=  t=
    reduce ID QUANTITY     own=  t=
    mass                   own=  buy|sell  t=
    phase PHASE | bands LOWEST HIGHEST | time TIME

An outcome is `rejected REASON`, or the events apart from `accepted`, or `-` for none. What expired before a command was
rejected stands before the rejection.
"""

from __future__ import annotations

import numpy as np

from flows.matching import (
    COMMAND,
    EVENT,
    Action,
    EventKind,
    Flag,
    Kind,
    Matching,
    Phase,
    Reason,
    SelfTrade,
    Side,
    TimeInForce,
    Why,
)
from flows.matching.arrays import Rows

_SELF_TRADE = {
    "newest": SelfTrade.CANCEL_NEWEST,
    "oldest": SelfTrade.CANCEL_OLDEST,
    "both": SelfTrade.CANCEL_BOTH,
    "decrement": SelfTrade.DECREMENT,
}
_ACTIONS = {
    "buy": Action.NEW,
    "sell": Action.NEW,
    "cancel": Action.CANCEL,
    "replace": Action.REPLACE,
    "reduce": Action.REDUCE,
    "mass": Action.MASS_CANCEL,
    "phase": Action.PHASE,
    "bands": Action.BANDS,
    "time": Action.TIME,
}
_NUMBERS = {
    "stop": "stop_price",
    "show": "display_quantity",
    "own": "owner",
    "gtd": "expires_ns",
    "t": "time_ns",
    "quantity": "quantity",
    # Codes that no other word gives.
    "action": "action",
    "side": "side",
    "kind": "kind",
    "time_in_force": "time_in_force",
    "self_trade": "self_trade",
    "post_only": "post_only",
    "phase": "phase",
}
_PLAIN = {
    Action.NEW: ("order_id", "quantity"),
    Action.REDUCE: ("order_id", "quantity"),
    Action.CANCEL: ("order_id",),
    Action.REPLACE: ("order_id",),
    Action.BANDS: ("price", "stop_price"),
    Action.TIME: ("time_ns",),
}


def command(line: str, time_ns: int) -> Rows:
    """A row of COMMAND, at `time_ns` where the line names no time."""
    verb, *words = line.split()
    fields: dict[str, int] = {"time_ns": time_ns, "action": _ACTIONS[verb]}
    plain = list(_PLAIN.get(_ACTIONS[verb], ()))
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key == "stp":
            fields["self_trade"] = _SELF_TRADE[value]
        elif equals:
            fields[_NUMBERS[key]] = int(value)
            if key == "gtd":
                fields["time_in_force"] = TimeInForce.GTD
        elif word.startswith("@"):
            fields["price"] = int(word[1:])
        elif word == "post":
            fields["post_only"] = 1
        elif word.upper() in TimeInForce.__members__:
            fields["time_in_force"] = TimeInForce[word.upper()]
        elif word.upper() in Side.__members__:
            fields["side"] = Side[word.upper()]
        elif word.upper() in Phase.__members__:
            fields["phase"] = Phase[word.upper()]
        else:
            fields[plain.pop(0)] = int(word)
    assert not plain, f"{line}: {plain} are missing"
    if _ACTIONS[verb] == Action.NEW:
        kinds = [[Kind.MARKET, Kind.LIMIT], [Kind.STOP, Kind.STOP_LIMIT]]
        kind = kinds["stop_price" in fields]["price" in fields]
        force = TimeInForce.IOC if kind == Kind.MARKET else TimeInForce.GTC
        fields = {"side": Side[verb.upper()], "kind": kind, "time_in_force": force} | fields
    row: Rows = np.zeros(1, COMMAND)
    for name, value in fields.items():
        row[name] = value
    return row


def outcome(engine: Matching, line: str) -> str:
    """What comes of a line."""
    asked = command(line, engine.time_ns)
    events, reasons = engine.apply(asked)
    told = [said for said in map(_said, events) if said]
    if reasons[0]:
        told.append(f"rejected {Reason(reasons[0]).name.lower()}")
    elif asked["action"][0] == Action.NEW:
        first = next(event for event in events if event["kind"] != EventKind.CANCELLED)
        assert _accepts(first, asked[0])
    return "; ".join(told) or "-"


def _accepts(event: np.void, asked: np.void) -> bool:
    same = ("time_ns", "order_id", "owner", "side", "price", "quantity")
    return (
        event["kind"] == EventKind.ACCEPTED
        and all(event[name] == asked[name] for name in same)
        and event["left"] == asked["quantity"]
        and event["other"] == asked["stop_price"]
    )


def _said(event: np.void) -> str:
    """An event in words; nothing for `accepted`."""
    fields = {name: int(event[name]) for name in EVENT.names or ()}
    order, other, price, quantity, left = (fields[n] for n in ("order_id", "other", "price", "quantity", "left"))
    flags = Flag(fields["flags"])
    match EventKind(fields["kind"]):
        case EventKind.ACCEPTED:
            return ""
        case EventKind.TRADED:
            lefts = f"left {left}, {fields['other_left']}"
            verb = "auctions" if Flag.AUCTION in flags else "takes"
            return f"{order} {verb} {quantity} @{price} of {other}, {lefts}"
        case EventKind.RESTED:
            verb = "waits" if Flag.STOP in flags else "rests"
            shown = "" if quantity == left or Flag.STOP in flags else f" showing {quantity}"
            assert quantity == 0 or Flag.STOP not in flags
            return f"{order} {verb} {left} @{price}{shown}"
        case EventKind.CANCELLED:
            return f"{order} cancelled {quantity} {Why(fields['reason']).name.lower()}"
        case EventKind.REDUCED:
            return f"{order} reduced {quantity} {Why(fields['reason']).name.lower()}, left {left}"
        case EventKind.REPLACED:
            stop = f" stop={other}" if other else ""
            kept = ", kept" if Flag.PRIORITY_KEPT in flags else ""
            return f"{order} replaced {quantity} @{price}{stop}, left {left}{kept}"
        case EventKind.TRIGGERED:
            return f"{order} triggered @{price}"
        case EventKind.REFRESHED:
            kept = ", kept" if Flag.PRIORITY_KEPT in flags else ""
            return f"{order} shows {quantity} of {left}{kept}"
        case EventKind.UNCROSSED:
            return f"uncrossed {quantity} @{price}"
        case EventKind.PHASE_CHANGED:
            return Phase(quantity).name.lower()
        case EventKind.BANDS_CHANGED:
            return f"bands {price} {other}"
