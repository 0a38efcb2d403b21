"""Everything dies, at any moment, alone and together; what is left is what an undisturbed desk leaves.

`make chaos SEED=... MINUTES=...` goes on for as long as one likes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import trial
from tests.chaos.schedule import LAYOUTS, Act, draw

SEED = 20261121
MARKET_S = 40.0


def test_a_seed_says_everything() -> None:
    assert draw(7, MARKET_S) == draw(7, MARKET_S)
    schedules = [draw(seed, MARKET_S) for seed in range(50)]
    assert {schedule.flows for schedule in schedules} == set(LAYOUTS)
    for schedule in schedules:
        struck = {name for fault in schedule.faults if fault.act is Act.KILL for name in fault.victims}
        assert struck == set(schedule.names()), schedule.seed


@pytest.mark.timeout(400)
def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    schedule = draw(SEED, MARKET_S)
    verdict = trial.run(schedule, tmp_path, print)
    assert verdict.faults == [], f"again: make chaos SEED={SEED} MINUTES=0 MARKET_SECONDS={MARKET_S:g}"
    # The test would prove little if nothing traded or broke a rule, or if nobody was hit.
    assert verdict.orders > 50
    assert verdict.violations > 50
    for name in schedule.names():
        assert verdict.struck[Act.KILL, name], name
