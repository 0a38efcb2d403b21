"""A user's own flow is deployed as Tapeflow's are, and says of itself what they say."""

from __future__ import annotations

import os
import signal
import urllib.request
from datetime import datetime

import psutil

from flows.stack import ports
from tests.desk import own_flows
from tests.desk.desk_at import DeskAt, until
from tests.log_of import read


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
    _begins_anew_with_another_stage(desk)


def _begins_anew_with_another_stage(desk: DeskAt) -> None:
    """What it saved says nothing of that stage; what it wrote is not written again."""
    bars = read(desk.settings, "market.bars")
    code = desk.folder / "pairs" / "flow.py"
    code.write_text(code.read_text().replace('("bars",)', '("bars", "features")'))
    refused = desk.refused("restart", "pairs")
    assert "pairs does not start: the saved state is of bars, and has none of stage features: begin anew" in refused
    assert "pairs: runs after" in desk.shown("deploy", "pairs", "--from", "beginning")
    until("all is done again", lambda: desk.programs()["pairs"].lag_records == 0)
    assert read(desk.settings, "market.bars") == bars
    assert read(desk.settings, "market.features")
    # The next start goes on from there.
    desk.shown("restart", "pairs")
    assert "--from" not in psutil.Process(desk.pid("pairs")).cmdline()
    for words, said in {
        ("deploy", "--from", "beginning"): "--from beginning is for one flow: name it",
        ("deploy", "audit", "--from", "beginning"): "is for flows that have stages: audit saves nothing",
    }.items():
        assert said in desk.refused(*words)


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
    _ends_whenever_it_is_started(desk)


def _ends_whenever_it_is_started(desk: DeskAt) -> None:
    """It is broken while it runs. The supervisor tries again, each time a second later, and status tells."""
    code = desk.folder / "clocks" / "clock.py"
    well = code.read_text()
    code.write_text("raise RuntimeError('out of ticks')\n")
    os.kill(desk.pid("clocks"), signal.SIGKILL)
    until("it was tried three times", lambda: len(_waits_s(desk)) >= 2)
    first_s, second_s, *_ = _waits_s(desk)
    # Not sooner; how much later depends on the machine.
    assert first_s > 1
    assert second_s > 2
    until("it waits again", lambda: desk.programs()["clocks"].state == "failing")
    # As often as it was started again, and no more: once without a wait, then behind each. It goes on meanwhile.
    least = 1 + len(_waits_s(desk))
    restarts = desk.programs()["clocks"].restarts
    assert least <= restarts <= 1 + len(_waits_s(desk))
    until("status tells", lambda: _is_told_as_failing(desk))
    assert "RuntimeError: out of ticks" in desk.shown("logs", "clocks")
    assert "clocks does not start: RuntimeError: out of ticks" in desk.refused("restart", "clocks")
    code.write_text(well)
    desk.shown("restart", "clocks")
    assert desk.programs()["clocks"].state == "running"


def _is_told_as_failing(desk: DeskAt) -> bool:
    """Not at every moment: between two waits it runs."""
    told = desk.here("status")
    said = "clocks: it ends soon after each start: RuntimeError: out of ticks; `tapeflow logs clocks` says more"
    return told.returncode == 1 and said in told.stdout


def _waits_s(desk: DeskAt) -> list[float]:
    """From each early end to the next start, as the supervisor's log has them."""
    found, ended = [], None
    for line in desk.places.supervisor_log.read_text().splitlines():
        at = datetime.strptime(line[:23], "%Y-%m-%d %H:%M:%S,%f")
        if "exited: clocks (exit status 1; not expected)" in line:
            ended = at
        elif "spawned: 'clocks'" in line and ended:
            found.append((at - ended).total_seconds())
            ended = None
    return found
