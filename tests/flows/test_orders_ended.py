"""A demo ends when no order is open and none is to come: by what the processes say of themselves, as it was then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.demo.programs import status_file
from flows.demo.tally import Ends, orders_ended


def _say(data_dir: Path, name: str, topic: str, position: int, **more: Any) -> None:
    file = status_file(data_dir, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"positions": {topic: {"0": position}}, **more}))


def _ends(inbox: int, orders: int) -> Mapping[str, Mapping[int, int]]:
    return {"risk.inbox": {0: inbox}, "execution.orders": {0: orders}}


def test_an_order_that_the_router_takes_meanwhile_is_waited_for(tmp_path: Path) -> None:
    _say(tmp_path, "risk", "risk.inbox", 9)
    _say(tmp_path, "router", "execution.orders", 4, open=0)

    def asked() -> Ends:
        """While the log is asked for its ends, the router takes the fifth order."""
        _say(tmp_path, "router", "execution.orders", 5, open=1)
        return _ends(9, 5)

    assert not orders_ended(tmp_path, asked)
    assert not orders_ended(tmp_path, lambda: _ends(9, 5)), "it is open"
    _say(tmp_path, "router", "execution.orders", 5, open=0)
    assert not orders_ended(tmp_path, lambda: _ends(10, 5)), "risk has its report to read"
    _say(tmp_path, "risk", "risk.inbox", 10)
    assert not orders_ended(tmp_path, lambda: _ends(10, 6)), "and made another order of it"
    assert orders_ended(tmp_path, lambda: _ends(10, 5))
