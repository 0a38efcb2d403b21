"""Workers of a flow keep in step: who was held up for another waits once for as long."""

from __future__ import annotations

from itertools import pairwise

import pytest

from flows.connectors.pace import EPOCH, Pace

_EPOCH_S = EPOCH.total_seconds()
_TURN_S = 0.001


class Worker:
    """Ends an epoch when its time is over, as Bytewax does, and is asked for nothing while it is ahead of another."""

    def __init__(self, began_s: float) -> None:
        self.now_s = began_s
        self.pace = Pace(lambda: self.now_s, self._sleep)
        self.epoch, self.began_s = 0, began_s
        self.turns = 0

    def _sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def take_turn(self, least_epoch: int) -> None:
        began_s = self.now_s
        if self.epoch <= least_epoch:
            self.turns += 1
            self.pace.keep()
            if began_s - self.began_s >= _EPOCH_S:
                self.pace.epoch_ended()
                self.epoch, self.began_s = self.epoch + 1, began_s
        self.now_s += _TURN_S


@pytest.mark.parametrize("lead_s", [0.1, 0.5, 0.95])
def test_who_is_ahead_falls_back_once(lead_s: float) -> None:
    ahead, behind = workers = Worker(0.0), Worker(lead_s)
    turns = []
    for second in range(6):
        while min(worker.now_s for worker in workers) < second + 1:
            least = min(worker.epoch for worker in workers)
            min(workers, key=lambda worker: worker.now_s).take_turn(least)
        turns.append(ahead.turns)
    # Held up at first, and then no more.
    asked = [after - before for before, after in pairwise(turns)]
    assert asked[-1] > 0.95 * _EPOCH_S / _TURN_S, asked
    assert behind.epoch >= 4


def test_who_is_held_up_by_nobody_waits_for_nobody() -> None:
    worker = Worker(0.0)
    while worker.now_s < 5:
        worker.take_turn(worker.epoch)
    assert worker.turns == pytest.approx(5 / _TURN_S, rel=0.01)
