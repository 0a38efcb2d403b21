"""Ends a demo in the order of the data: nobody is stopped before all that was meant for him has arrived."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from flows.connectors.log_ends import BrokerAway
from flows.demo.fleet import Fleet
from flows.demo.screen import Screen
from flows.demo.tally import Tallier, behind, orders_ended
from flows.errors import TapeflowError

_POLL_S = 0.2
_SHOW_S = 0.5
_TIMEOUT_S = 300.0


class NotSettled(TapeflowError):
    """A process did not work through what it had to."""

    def __init__(self, what: str, data_dir: Path) -> None:
        logs = data_dir / "logs"
        super().__init__(f"{what} did not come to an end within {_TIMEOUT_S:.0f} s; see the logs in {logs}")


def wind_down(fleet: Fleet, tallier: Tallier, data_dir: Path, screen: Screen) -> None:
    """Stops ingestor, market, risk and router in turn, each when it has nothing left. The audit goes on.

    Raises NotSettled.
    """

    def until(what: str, done: Callable[[], bool]) -> None:
        start_s = shown_s = time.monotonic()
        while not _survives_restarts(done):
            now_s = time.monotonic()
            if now_s - start_s > _TIMEOUT_S:
                raise NotSettled(what, data_dir)
            if now_s - shown_s > _SHOW_S:
                _survives_restarts(lambda: screen.show(tallier.read()))
                shown_s = now_s
            time.sleep(_POLL_S)

    def worked_through(flow: str, topic: str) -> bool:
        return behind(data_dir, flow, topic, tallier.ends()) == 0

    fleet.take_down("ingestor")
    screen.say("market closed; the ingestor has written all that it received")
    until("the market flow", lambda: worked_through("market", "market.ticks"))
    fleet.take_down("market")
    until("risk", lambda: worked_through("risk", "risk.inbox"))
    until("the router", lambda: orders_ended(data_dir, tallier.ends))
    screen.say("every order has come to its end")
    fleet.take_down("risk")
    fleet.take_down("router")
    fleet.take_down("exchange")
    _survives_restarts(lambda: screen.show(tallier.read()))


def _survives_restarts(ask: Callable[[], bool | None]) -> bool:
    """The answer; no while the broker is being restarted."""
    try:
        return bool(ask())
    except BrokerAway:
        return False
