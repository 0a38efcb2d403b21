"""Limits and their use, and what they stopped."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flows.ui.holdings import Place
from flows.ui.numbers import milliseconds, text
from flows.ui.state import State
from flows.ui.tape import Row

_STOPPED_SHOWN = 30
# What risk measures as this could not be measured.
_UNMEASURED = Decimal(10) ** 19
Picture = dict[str, Any]


def risk(state: State) -> Picture:
    """Accounts, limits, and what was refused."""
    desk = state.desk
    return {
        "accounts": [_account(state, name) for name in sorted(desk.accounts)],
        "limits": [
            {
                "account": place[0],
                "venue": place[1],
                "instrument": place[2],
                "uses": list(_uses(state, place, limits)),
            }
            for place, limits in sorted(desk.limits.items())
        ],
        "stopped": [[name, count] for name, count in desk.stopped.most_common()],
        "refused": [_refused(row) for row in reversed(desk.decisions) if row["verdict"] == "rejected"][:_STOPPED_SHOWN],
        "undecided": len(desk.undecided),
    }


def _account(state: State, name: str) -> Picture:
    standing = state.desk.accounts[name]
    said = standing.killed or standing.resumed or standing.opened
    return {
        "account": name,
        "log_id": standing.opened["log_id"] if standing.opened else None,
        "state": "killed" if standing.killed else "trading" if standing.opened else "not opened",
        "operator": said["operator"] if said else "",
        "reason": said["reason"] if said else "",
        "at_ms": milliseconds(said["event_ns"]) if said else None,
    }


def _uses(state: State, place: Place, limits: Row) -> Iterator[Picture]:
    """Each limit with what is used of it: position and gross as they are now, the others as the last order came."""
    held = state.desk.holdings.by_place[place]
    newest = _newest_checks(state, place)
    worst = _worst_position(state, place)
    yield _use("position", worst, limits["max_position"], text(held.position))
    yield _use("order quantity", newest.get("order_quantity"), limits["max_order_quantity"])
    yield _use("order notional", newest.get("order_notional"), limits["max_order_notional"])
    yield _use("gross notional", _gross(state, place[0]), limits["max_gross_notional"])
    age_ns = limits["max_price_age_ns"]
    yield _use("price age, s", newest.get("stale_price"), None if age_ns is None else Decimal(age_ns) / 10**9)


def _use(name: str, measured: Decimal | None, limit: Decimal | None, shown: str | None = None) -> Picture:
    """A limit that was never set lets nothing through: it is shown as 0."""
    limit = limit or Decimal(0)
    if measured is not None and measured > _UNMEASURED:
        return {"name": name, "measured": "not measurable", "limit": _short(limit), "share": None}
    share = None if measured is None or not limit else float(measured / limit)
    return {"name": name, "measured": shown or _short(measured), "limit": _short(limit), "share": share}


def _newest_checks(state: State, place: Place) -> dict[str, Decimal]:
    for row in reversed(state.desk.decisions):
        if (row["account"], row["venue"], row["instrument"]) == place:
            return {check["name"]: Decimal(check["measured"]) for check in row["checks"]}
    return {}


def _worst_position(state: State, place: Place) -> Decimal:
    """The largest, long or short, that open orders can lead to."""
    held = state.desk.holdings.by_place[place].position
    orders = state.desk.orders
    return max(abs(held + orders.remaining(*place, "buy")), abs(held - orders.remaining(*place, "sell")))


def _gross(state: State, account: str) -> Decimal | None:
    """Sum of |position| x mark over the account, open orders counted as filled in the worse direction; None if a mark
    is missing."""
    total = Decimal(0)
    for place, held in state.desk.holdings.by_place.items():
        worst = _worst_position(state, place) if place[0] == account else Decimal(0)
        if worst and held.mark is None:
            return None
        total += worst * (held.mark or 0)
    return total


def _refused(row: Row) -> Picture:
    failed = [check for check in row["checks"] if not check["passed"]]
    return {
        "at_ms": milliseconds(row["produced_ns"] or row["receive_ns"]),
        "signal_at": str(row["event_ns"]),
        "instrument": row["instrument"],
        "strategy": row["strategy"],
        "side": row["side"],
        "quantity": text(row["quantity"]),
        "checks": [[check["name"], _measured(check["measured"]), _short(check["limit"])] for check in failed],
    }


def _measured(value: Decimal) -> str | None:
    return "not measurable" if value > _UNMEASURED else _short(value)


def _short(value: Decimal | None) -> str | None:
    """To six digits behind the point, to four from a thousand on."""
    return None if value is None else text(round(value, 4 if abs(value) >= 1000 else 6))
