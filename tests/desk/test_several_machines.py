"""A flow of several desks, each on a machine of its own: an address of loopback, and a data folder."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from flows.stack import Stack, ports
from tests.desk.desk_at import DeskAt, until
from tests.desk.ticking import STRATEGY, ticking

FLOW = """\
[flows.market]
process = {process}
addresses = ["127.0.0.31:{port}", "127.0.0.32:{port}"]
"""


def test_each_desk_keeps_its_process_running(stack: Stack, tmp_path: Path) -> None:
    port = ports.choose("flow", 0, None, ())
    one, two = (DeskAt.on(stack, tmp_path / name, f"{tmp_path.name}.") for name in ("one", "two"))
    with one, two:
        for process, desk in enumerate((one, two)):
            desk.folder.mkdir()
            desk.write(STRATEGY + FLOW.format(process=process, port=port))
        one.well("deploy")
        until("it says that it waits", lambda: one.programs()["market"].state == "waiting")
        assert "for the flow's processes on other machines: 127.0.0.31:" in one.here("status").stdout
        assert "market is one of a flow's processes on several machines" in one.refused("scale", "market", "2")
        assert "all have to change at once" in one.refused("deploy", "market", "--candidate", "python")
        two.well("deploy")
        with ticking(one):
            _work(one, two)
            assert _partitions(one) == {"0", "2"}
            assert _partitions(two) == {"1", "3"}
            # All end when one does, and are started again.
            os.kill(two.pid("market"), signal.SIGKILL)
            until("both are started again", lambda: all(_restarts(desk) for desk in (one, two)))
            _work(one, two)
        until("all is done", lambda: all(desk.programs()["market"].lag_records == 0 for desk in (one, two)))
        compared = one.here("shadow", "market", "--candidate", "rust")
        assert compared.returncode == 0, compared.stdout + compared.stderr
        assert "identical" in compared.stdout


def _work(*desks: DeskAt) -> None:
    for desk in desks:
        until("ticks flow", lambda desk=desk: (desk.programs()["market"].records_per_s or 0) > 0)  # type: ignore[misc]


def _partitions(desk: DeskAt) -> set[str]:
    return set(desk.programs()["market"].positions["market.ticks"])


def _restarts(desk: DeskAt) -> int:
    return desk.programs()["market"].restarts
