"""A user's own flow is deployed as Tapeflow's are, and says of itself what they say."""

from __future__ import annotations

import urllib.request

from flows.stack import ports
from tests.desk import own_flows
from tests.desk.desk_at import DeskAt, until


def test_one_of_tapeflows_stages(desk: DeskAt) -> None:
    own_flows.staged(desk.folder / "pairs")
    listen = f"127.0.0.1:{ports.choose('metrics', 0, None, ())}"
    desk.well("deploy", "pairs/flow.py", "--workers", "2", "--set", f"flows.pairs.metrics_listen={listen}")
    assert desk.states() == {"pairs": "runs"}
    ticks = own_flows.some_ticks(desk)
    written = []

    def flows() -> bool:
        written.append(next(ticks))
        return (desk.programs()["pairs"].records_per_s or 0) > 0

    until("ticks flow", flows)
    until("all is done", lambda: desk.programs()["pairs"].lag_records == 0)
    pairs = desk.programs()["pairs"]
    assert (pairs.state, pairs.engine, pairs.restarts, pairs.dead_letters, pairs.note) == ("running", "rust", 0, 0, "")
    assert sum(pairs.positions["market.ticks"].values()) == written[-1]
    assert pairs.lag_s == 0
    assert pairs.snapshot_age_s is not None
    assert pairs.snapshot_age_s < 30
    assert pairs.resident_bytes > 10 << 20
    with urllib.request.urlopen(f"http://{listen}/metrics", timeout=10) as answer:
        assert b'tapeflow_flow_lag_records{flow="pairs",partition="0",topic="market.ticks"} 0.0' in answer.read()
    assert "pairs: runs already" in desk.shown("deploy")


def test_one_that_tapeflow_knows_nothing_of(desk: DeskAt) -> None:
    own_flows.plain(desk.folder / "clocks")
    desk.well("deploy", "./clocks")
    clocks = desk.programs()["clocks"]
    assert (clocks.state, clocks.engine, clocks.positions, clocks.lag_records) == ("running", None, {}, None)
    said = desk.shown("status")
    assert "note: clocks tells no positions, for it reads by none of Tapeflow's sources: let it begin with " in said
    said = desk.refused("deploy", "clocks", "--candidate", "python")
    assert "clocks has steps of its own (in, out)" in said
    assert own_flows.NEEDS in said
